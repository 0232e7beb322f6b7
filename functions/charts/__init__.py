"""Every chart of a robot, drawn once from its published documents for site, API and tear sheet.

Each comes twice, with the same data and height: as Plotly's JSON (see functions.charts.plots for
its form and its themes) and as an SVG that needs no script (see functions.charts.svg).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.charts import drawdown, equity, monthly, rolling, rolling_figure
from functions.charts.subject import Subject

FIGURES = ("equity", "drawdown", "monthly", "rolling")
Document = Mapping[str, Any]


class Chart(NamedTuple):
    """One chart: `figure` for Plotly, `svg` for a page without scripts."""

    figure: dict[str, Any]
    svg: str


def charts(summary: Document, curves: Document, trades: Document) -> dict[str, Chart]:
    """Draw all charts of a robot, by the names in FIGURES.

    summary, curves, trades: the contents of its summary.json, equity.json and trades.json.
    """
    robot, items = Subject.of(summary), trades["items"]
    ratios = rolling.rollings(robot, curves)
    return {
        "equity": Chart(equity.figure(robot, curves, items), equity.svg(robot, curves, items)),
        "drawdown": Chart(drawdown.figure(robot, curves), drawdown.svg(robot, curves)),
        "monthly": Chart(monthly.figure(curves), monthly.svg(robot, curves)),
        "rolling": Chart(rolling_figure.figure(robot, ratios), rolling.svg(robot, ratios)),
    }
