"""Charts of a backtest as figures of Plotly, which takes a second to load."""

from collections.abc import Callable
from typing import Any

from plotly.graph_objects import Figure

from engine import Run
from engine.errors import unknown
from engine.money import to_text
from functions.charts import drawdown, equity, monthly
from functions.charts.palette import LIGHT
from functions.charts.plots import Json
from functions.charts.subject import LONGEST, Subject
from functions.services.reporting.daily import equity_of, measured
from functions.services.reporting.drawings import benchmark_name
from functions.services.reporting.finished import Finished

SIMULATED = ", simulated"
Fills = list[dict[str, Any]]
CHARTS: dict[str, Callable[[Subject, Json, Fills], Json]] = {
    "equity": equity.figure,
    "drawdown": lambda subject, curves, _fills: drawdown.figure(subject, curves),
    "monthly": lambda _subject, curves, _fills: monthly.figure(curves),
}


def plotted(finished: Finished, chart: str) -> Figure:
    """Draw one of CHARTS in light colours, on a light ground wherever it stands."""
    if chart not in CHARTS:
        raise unknown("chart", chart, CHARTS)
    name = finished.run.strategy[: LONGEST - len(SIMULATED)] + SIMULATED
    subject = Subject("run", name, benchmark_name(finished))
    drawn = CHARTS[chart](subject, equity_of(finished, measured(finished)), _fills(finished.run))
    return Figure(drawn["data"], drawn["layout"] | {"paper_bgcolor": LIGHT.surface})


def _fills(run: Run) -> Fills:
    """The fills as robots publish theirs: amounts as decimal text."""
    return [
        {
            "phase": "backtest",
            "session": fill.session.isoformat(),
            "side": fill.side,
            "symbol": fill.symbol,
            "quantity": to_text(fill.quantity),
            "price": f"{fill.price:.8f}",
            "reason": fill.reason,
        }
        for fill in run.fills
    ]
