"""The rolling Sharpe ratio for Plotly, with its interval as a band."""

from collections.abc import Sequence

from functions.charts.axes import date_axis, labels, value_axis
from functions.charts.curves import BOTTOM, INK, PENCIL, TOP, note
from functions.charts.palette import Palette
from functions.charts.panels import Panel, annotations, shapes
from functions.charts.plots import Json, layout, plain, themed
from functions.charts.rolling import HEIGHT, Rolling, scale_of, written
from functions.charts.series import Values
from functions.charts.subject import Subject


def figure(subject: Subject, shown: Sequence[Rolling]) -> Json:
    """Return it; a curve of over a thousand sessions is given by weeks."""
    return themed(lambda colours: _figure(subject, shown, colours))


def _figure(subject: Subject, shown: Sequence[Rolling], colours: Palette) -> Json:
    scale, drawn = scale_of(shown), [one.panel for one in shown]
    data: list[Json] = []
    axes: Json = {}
    for one in shown:
        data += _traces(subject, one, colours, named=one is shown[-1])
        named = labels(scale, HEIGHT - TOP - BOTTOM, written)
        axes |= {
            f"xaxis{one.panel.axis}": date_axis(colours, one.panel),
            f"yaxis{one.panel.axis}": value_axis(colours, one.panel, scale, named),
        }
    words = layout(
        colours,
        HEIGHT,
        **axes,
        shapes=[*shapes(drawn, colours), *(_zero(panel, colours) for panel in drawn)],
        annotations=[*annotations(drawn, colours), *_untold(shown, colours)],
        meta={"note": note(drawn)},
    )
    words["legend"] |= {"traceorder": "normal"}  # a band would turn it round
    return {"data": data, "layout": words}


def _untold(shown: Sequence[Rolling], colours: Palette) -> list[Json]:
    return [
        {
            "text": one.untold,
            "showarrow": False,
            "xref": f"x{one.panel.axis} domain",
            "yref": f"y{one.panel.axis} domain",
            "x": 0.5,
            "y": 0.75,
            "font": {"size": 12, "color": colours.muted},
        }
        for one in shown
        if not one.places
    ]


def _traces(subject: Subject, one: Rolling, colours: Palette, *, named: bool) -> list[Json]:
    wash = {"line": {"width": 0, "color": colours.accent}, "hoverinfo": "skip"}
    band = wash | {"fillcolor": f"{colours.accent}22"}
    ink = {"color": colours.accent, "width": INK if one.panel.phase.name == "record" else PENCIL}
    found = [
        _trace(one, one.low) | wash | {"showlegend": False},
        _trace(one, one.high) | band | {"fill": "tonexty", "showlegend": False},
    ]
    if one.benchmark is not None:
        pencil = {"line": {"color": colours.benchmark, "width": PENCIL}, "legendrank": 2}
        told = {"name": plain(subject.benchmark or ""), "showlegend": named}
        found.append(_trace(one, one.benchmark) | pencil | told)
    own = {"name": plain(subject.name), "line": ink, "legendrank": 1, "showlegend": named}
    return [*found, _trace(one, one.own) | own]


def _trace(one: Rolling, values: Values) -> Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": one.sessions,
        "y": [None if value is None else round(value, 2) for value in values],
        "xaxis": f"x{one.panel.axis}",
        "yaxis": f"y{one.panel.axis}",
        "hovertemplate": "%{y:.2f}",
    }


def _zero(panel: Panel, colours: Palette) -> Json:
    return {
        "type": "line",
        "xref": f"x{panel.axis} domain",
        "yref": f"y{panel.axis}",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 0,
        "line": {"color": colours.muted, "width": 1},
    }
