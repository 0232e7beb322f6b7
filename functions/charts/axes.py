"""The axes of a panel for Plotly, the same as the drawing's."""

import math
from collections.abc import Callable, Sequence

from functions.charts.palette import Palette
from functions.charts.panels import Panel
from functions.charts.plots import Json
from functions.charts.scale import Scale, ticks

APART = 44  # pixels


def labels(
    scale: Scale, height: float, write: Callable[[float], str]
) -> Sequence[tuple[float, str]]:
    """Return the values to name on an axis so high, with their words."""
    return [(each, write(each)) for each in ticks(scale, max(int(height / APART), 2))]


def date_axis(colours: Palette, panel: Panel) -> Json:
    """Return a panel's axis of days; it can be zoomed."""
    return {
        "type": "date",
        "domain": list(panel.domain),
        "anchor": f"y{panel.axis}",
        "range": panel.range,
        "showgrid": False,
        "zeroline": False,
        "nticks": 5 if panel.phase.name == "record" else 4,
        "linecolor": colours.muted,
        # Plotly leaves out a name that would be cut off; its tick would stay behind.
        "ticks": "",
        "hoverformat": "%-d %b %Y",
    }


def value_axis(
    colours: Palette, panel: Panel, scale: Scale, named: Sequence[tuple[float, str]]
) -> Json:
    """Return a panel's axis of values; their names stand inside, above their lines."""
    ends = scale.low, scale.high
    return {
        "type": "log" if scale.log else "linear",
        "anchor": f"x{panel.axis}",
        "range": [math.log10(end) if scale.log else end for end in ends],
        "fixedrange": True,
        "tickvals": [value for value, _ in named],
        "ticktext": [words for _, words in named],
        "ticklabelposition": "inside top",
        "tickfont": {"color": colours.muted, "size": 11},
        "gridcolor": colours.line,
        "zeroline": False,
        "showline": False,
    }
