"""The rolling Sharpe ratio for Plotly, with its interval as a band."""

from collections.abc import Sequence

from functions.charts.axes import date_axis, labels, on_phone, value_axis
from functions.charts.curves import INK, PENCIL, note, panels_layout
from functions.charts.palette import Palette
from functions.charts.panels import Panel
from functions.charts.plots import Json, plain, themed
from functions.charts.rolling import HEIGHT, PLOT, Rolling, legend_of, scale_of, written
from functions.charts.series import Values
from functions.charts.subject import Subject


def figure(subject: Subject, shown: Sequence[Rolling]) -> Json:
    """Return it; a curve of over a thousand sessions is given by weeks."""
    return themed(lambda colours: _figure(subject, shown, colours))


def _figure(subject: Subject, shown: Sequence[Rolling], colours: Palette) -> Json:
    scale, drawn = scale_of(shown), [one.panel for one in shown]
    named = labels(scale, PLOT, written)
    data: list[Json] = []
    axes: Json = {}
    narrow: Json = {}
    for one in shown:
        data += _traces(subject, one, colours)
        axes |= {
            f"xaxis{one.panel.axis}": date_axis(colours, one.panel),
            f"yaxis{one.panel.axis}": value_axis(colours, one.panel, scale, named),
        }
        narrow |= on_phone(one.panel, named)
    words = panels_layout(drawn, legend_of(subject), colours, HEIGHT, axes)
    words["shapes"] += [_zero(panel, colours) for panel in drawn]
    words["annotations"] += _untold(shown, colours)
    words["meta"] = {"note": note(drawn), "narrow": narrow}
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


def _traces(subject: Subject, one: Rolling, colours: Palette) -> list[Json]:
    wash = {"line": {"width": 0, "color": colours.accent}, "hoverinfo": "skip"}
    band = wash | {"fillcolor": f"{colours.accent}22"}
    ink = {"color": colours.accent, "width": INK if one.panel.phase.name == "record" else PENCIL}
    found = [
        _trace(one, one.low) | wash,
        _trace(one, one.high) | band | {"fill": "tonexty"},
    ]
    if one.benchmark is not None:
        pencil = {"line": {"color": colours.benchmark, "width": PENCIL}}
        told = {"name": plain(subject.benchmark or "")}
        found.append(_trace(one, one.benchmark) | pencil | told)
    own = {"name": plain(subject.name), "line": ink}
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
