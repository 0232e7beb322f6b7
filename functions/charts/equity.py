"""What the account was worth, against its benchmark, with the fills marked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from functions.charts.fills import Trade, legend_of, marks, rug, triangles
from functions.charts.fills_figure import fills
from functions.charts.palette import Palette
from functions.charts.panels import Panel, panels
from functions.charts.plots import Json, themed
from functions.charts.scale import Scale, money, percent, spanning, whole_money
from functions.charts.series import Phase, phases
from functions.charts.subject import Subject
from functions.charts.svg import drawing

HEIGHT = 420
PLOT = HEIGHT - TOP - BOTTOM
STEEP = 4.0  # a highest equity so many times the lowest is shown on a logarithmic scale


def _curves(subject: Subject) -> Curves:
    return Curves(subject, lambda values, _start: values, money, "%{y:$,.2f}")


def _scale(phase: Phase, curves: Curves, steep: float = STEEP) -> Scale:
    values = [value for value in curves.all(phase) if value is not None]
    log = min(values) > 0 and max(values) > steep * min(values)
    return spanning(values, log=log)


def _panels(equity: Mapping[str, Any], curves: Curves, steep: float = STEEP) -> list[Panel]:
    return [
        replace(panel, remark="log scale" if _scale(panel.phase, curves, steep).log else "")
        for panel in panels(phases(equity))
    ]


def svg(
    subject: Subject,
    equity: Mapping[str, Any],
    trades: Sequence[Trade],
    *,
    steep: float = STEEP,
) -> str:
    """Draw it; backtest fills are ticks along the base, record fills triangles on the curve.

    steep: a highest equity so many times the lowest gets a logarithmic scale; 0 for always, as far
    as all of it is above zero.
    """
    curves = _curves(subject)
    shown = _panels(equity, curves, steep)
    inner = [legends.drawn(_legend(subject, shown, trades))]
    for panel in shown:
        box = panel.box(TOP, PLOT)
        scale = _scale(panel.phase, curves, steep)
        inner += panel_drawing(panel, box, scale, curves)
        draw = triangles if panel.phase.name == "record" else rug
        inner += draw(panel, box, scale, marks(trades, panel.phase))
    return drawing(f"{subject.slug}-equity", HEIGHT, _words(subject, equity), inner)


def _legend(subject: Subject, shown: Sequence[Panel], trades: Sequence[Trade]) -> legends.Legend:
    return legends.Legend(legends.of_curves(subject), *legend_of(shown, trades))


def _words(subject: Subject, equity: Mapping[str, Any]) -> tuple[str, str]:
    against = f" against {subject.benchmark}" if subject.benchmark else ""
    told = [_told_phase(phase) for phase in phases(equity)]
    return f"Simulated equity of {subject.name}{against}", " ".join(told) or "No session yet."


def _told_phase(phase: Phase) -> str:
    first, last = phase.start or phase.equity[0], phase.equity[-1]
    growth = f", {percent(last / first - 1.0, 1)}" if first else ""
    return (
        f"In the {phase.name} from {whole_money(first)} on {phase.sessions[0]} to "
        f"{whole_money(last)} on {phase.sessions[-1]}{growth}."
    )


def figure(subject: Subject, equity: Mapping[str, Any], trades: Sequence[Trade]) -> Json:
    """Return it for Plotly; a curve of over a thousand sessions is given by weeks."""
    shown = _panels(equity, _curves(subject))
    return themed(lambda colours: _figure(subject, shown, trades, colours))


def _figure(
    subject: Subject, shown: Sequence[Panel], trades: Sequence[Trade], colours: Palette
) -> Json:
    curves = _curves(subject)
    data: list[Json] = []
    points: list[Json] = []
    axes: Json = {}
    narrow: Json = {}
    for panel in shown:
        scale = _scale(panel.phase, curves)
        named = labels(scale, PLOT, money)
        data += traces(panel, curves, colours)
        data += fills(panel, marks(trades, panel.phase), scale, PLOT, colours)
        points += now(panel, curves, colours)
        axes |= {
            f"xaxis{panel.axis}": date_axis(colours, panel),
            f"yaxis{panel.axis}": value_axis(colours, panel, scale, named),
        }
        narrow |= on_phone(panel, named)
    told = _legend(subject, shown, trades)
    words = panels_layout(shown, told, colours, HEIGHT, axes)
    words["meta"] = {"note": note(shown), "narrow": narrow}
    return {"data": [*data, *points], "layout": words}
