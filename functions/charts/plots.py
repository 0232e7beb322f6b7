r"""Figures for Plotly, as plain dicts; what all of them share.

A figure's JSON is {"data", "layout", "config", "light", "dark"}. Data and layout hold the light
colours. `light` and `dark` each hold {"layout": {...}, "data": [{...}, ...]}: only what differs
between the two, with attribute paths as keys ("font.color", "shapes[0].fillcolor"), one object
for each trace. To draw in a theme, set the paths and let Plotly draw:

    const put = (target, changes) => {
      for (const [path, value] of Object.entries(changes)) {
        const keys = path.split(/[.[\]]+/).filter(Boolean);
        const last = keys.pop();
        keys.reduce((part, key) => part[key], target)[last] = value;
      }
    };
    const { data, layout, config } = figure;
    put(layout, figure[theme].layout);
    data.forEach((trace, at) => put(trace, figure[theme].data[at]));
    Plotly.react(element, data, layout, config);

`layout.meta` says in `note` what a reader should know of how the figure was drawn, if anything.

A phone shows less, as the drawing does: `layout.meta.narrow` has what its axes name, of a trace
with `meta.on_phone` only so many newest marks are shown, and of annotations named "wide" and
"narrow" the narrow one.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from functions.charts.palette import DARK, LIGHT, Palette

Json = dict[str, Any]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
CONFIG: Json = {
    "displaylogo": False,
    "responsive": True,
    "displayModeBar": False,
}


def themed(build: Callable[[Palette], Json]) -> Json:
    """Build a figure in both themes: the light one, with what to change for either."""
    light, dark = build(LIGHT), build(DARK)
    return {
        **light,
        "config": dict(CONFIG),
        "light": _changes(dark, light),
        "dark": _changes(light, dark),
    }


def _changes(old: Json, new: Json) -> Json:
    traces = zip(old["data"], new["data"], strict=True)
    return {
        "layout": dict(_differences(old["layout"], new["layout"], "")),
        "data": [dict(_differences(before, after, "")) for before, after in traces],
    }


def _differences(old: object, new: object, path: str) -> Iterator[tuple[str, object]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in new:
            yield from _differences(old[key], new[key], f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and isinstance(old[0], dict):
        for at, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differences(before, after, f"{path}[{at}]")
    else:
        yield path, new


def plain(words: str) -> str:
    """Escape text for Plotly, which reads tags in names, labels and hover text.

    >>> plain("<b>R&D</b>")
    '&lt;b&gt;R&amp;D&lt;/b&gt;'
    """
    return escape(words, quote=False)


def layout(colours: Palette, height: int, **others: object) -> Json:
    """Return what every figure's layout has in common, and what is its own."""
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": 4, "r": 4, "t": 52, "b": 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": colours.muted},
        "hoverlabel": {
            "bgcolor": colours.surface,
            "bordercolor": colours.line,
            "font": {"family": FONT, "size": 12, "color": colours.ink},
        },
        "hovermode": "x unified",
        "dragmode": "zoom",
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "top",
            "yref": "container",
            "font": {"color": colours.ink, "size": 12},
            "bgcolor": "rgba(0,0,0,0)",
        },
        **others,
    }
