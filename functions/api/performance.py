"""What was measured: GET /strategies/{id}/performance, /performance/{id}/metrics and /history."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api.fields import Reads, StrategyPath
from functions.api.models.performance import (
    HistoryAnswer,
    HistoryQuestion,
    MetricsAnswer,
    MetricsQuestion,
    PerformanceAnswer,
)
from functions.services.answers.views import history, metrics, performance

router = APIRouter(tags=["performance"])
Measuring = Annotated[MetricsQuestion, Query()]


@router.get(
    "/strategies/{strategy_id}/performance",
    operation_id="getStrategyPerformance",
    summary="How one robot did",
)
async def get_performance(
    strategy_id: StrategyPath, query: Measuring, reads: Reads
) -> PerformanceAnswer:
    """Return a run's metrics, and what its account was worth.

    Metrics are shown as they were recorded; nothing is computed for a request. Without a range
    they are the latest, over the whole run so far. With start_date or end_date they are each
    metric's newest recorded measurement whose whole period lies within those days (a record is
    measured at each month's last session, a backtest when it ends); a metric that was asked for
    by name and has none there is null, with the reason.
    """
    with reads.reading() as connection:
        return PerformanceAnswer.model_validate(performance(connection, strategy_id, query.asked))


@router.get(
    "/performance/{strategy_id}/metrics",
    operation_id="getMetrics",
    summary="The metrics of one robot",
)
async def get_metrics(strategy_id: StrategyPath, query: Measuring, reads: Reads) -> MetricsAnswer:
    """Return a run's metrics: P&L, win rate, Sharpe ratio and the others.

    They are chosen as for /strategies/{strategy_id}/performance, which says what its account was
    worth as well.
    """
    with reads.reading() as connection:
        return MetricsAnswer.model_validate(metrics(connection, strategy_id, query.asked))


@router.get(
    "/performance/{strategy_id}/history",
    operation_id="getHistory",
    summary="The equity of one robot over time",
)
async def get_history(
    strategy_id: StrategyPath, query: Annotated[HistoryQuestion, Query()], reads: Reads
) -> HistoryAnswer:
    """Return a run's equity, one point a day, week or month, in order."""
    with reads.reading() as connection:
        found = history(connection, strategy_id, query.asked, query.granularity)
    return HistoryAnswer.model_validate(found)
