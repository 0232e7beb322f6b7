"""How far below its last peak the account was, against its benchmark."""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.charts import legends
from functions.charts.axes import date_axis, labels, on_phone, value_axis
from functions.charts.curves import (
    BOTTOM,
    TOP,
    Curves,
    note,
    now,
    panel_drawing,
    panels_layout,
    traces,
)
from functions.charts.palette import Palette, css
from functions.charts.panels import Panel, panels
from functions.charts.plots import Json, themed
from functions.charts.scale import Scale, percent
from functions.charts.series import drawdowns, outline, phases
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, element

HEIGHT = 260
PLOT = HEIGHT - TOP - BOTTOM
SHALLOWEST = -0.02


def _curves(subject: Subject) -> Curves:
    return Curves(subject, drawdowns, _write, "%{y:.1%}")


def _write(depth: float) -> str:
    """Write a depth for an axis, never rounded to another."""
    whole = abs(depth * 100 - round(depth * 100)) < 1e-6
    return percent(depth, 0 if whole else 1)


def _scale(panel: Panel, curves: Curves) -> Scale:
    """Each phase has its own: a young record would be a flat line below years of backtest."""
    depths = [value for value in curves.all(panel.phase) if value is not None]
    return Scale(min([*depths, SHALLOWEST]) * 1.06, 0.0)


def svg(subject: Subject, equity: Mapping[str, Any]) -> str:
    """Draw it."""
    curves, shown = _curves(subject), panels(phases(equity))
    inner = [legends.legend(subject)]
    for panel in shown:
        box = panel.box(TOP, PLOT)
        scale = _scale(panel, curves)
        inner += [
            *panel_drawing(panel, box, scale, curves),
            _area(panel, box, scale, curves.robot(panel.phase)),
        ]
    return drawing(f"{subject.slug}-drawdown", HEIGHT, _words(subject, shown, curves), inner)


def _area(panel: Panel, box: Box, scale: Scale, depths: Sequence[float | None]) -> str:
    points = [(panel.places[at], scale.share(depths[at] or 0.0)) for at in outline(depths, 150)]
    data = box.path([(points[0][0], 1.0), *points, (points[-1][0], 1.0)])
    return box.stretched(element("path", d=f"{data}Z", fill=css("accent"), fill_opacity=0.13))


def _words(subject: Subject, shown: Sequence[Panel], curves: Curves) -> tuple[str, str]:
    told = []
    for panel in shown:
        depths = [depth or 0.0 for depth in curves.robot(panel.phase)]
        day = panel.phase.sessions[depths.index(min(depths))]
        told.append(f"In the {panel.phase.name} at most {percent(min(depths), 1)}, on {day}.")
    return f"Simulated drawdowns of {subject.name}", " ".join(told) or "No session yet."


def figure(subject: Subject, equity: Mapping[str, Any]) -> Json:
    """Return it for Plotly; a curve of over a thousand sessions is given by weeks."""
    shown = panels(phases(equity))
    return themed(lambda colours: _figure(subject, shown, colours))


def _figure(subject: Subject, shown: Sequence[Panel], colours: Palette) -> Json:
    curves = _curves(subject)
    data: list[Json] = []
    points: list[Json] = []
    axes: Json = {}
    narrow: Json = {}
    for panel in shown:
        scale = _scale(panel, curves)
        named = labels(scale, PLOT, _write)
        data += traces(panel, curves, colours)
        data[-1] |= {"fill": "tozeroy", "fillcolor": f"{colours.accent}22"}
        points += now(panel, curves, colours)
        axes |= {
            f"xaxis{panel.axis}": date_axis(colours, panel),
            f"yaxis{panel.axis}": value_axis(colours, panel, scale, named),
        }
        narrow |= on_phone(panel, named)
    told = legends.Legend(legends.of_curves(subject))
    words = panels_layout(shown, told, colours, HEIGHT, axes)
    words["meta"] = {"note": note(shown), "narrow": narrow}
    return {"data": [*data, *points], "layout": words}
