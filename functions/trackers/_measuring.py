"""Metrics of a performance, as every built-in tracker works them out."""

from datetime import UTC, datetime

from engine.metrics import measure
from engine.trades import round_trips
from functions.store.performance import Performance, PerformanceMetrics


def measured(performance: Performance) -> PerformanceMetrics:
    """Compute every metric of the catalogue."""
    values = measure(
        equity=performance.equity,
        start_equity=performance.start_equity,
        sessions=performance.sessions,
        periods_per_year=performance.periods_per_year,
        since=performance.since.date(),
        benchmark=performance.benchmark,
        cash=performance.cash,
        round_trips=round_trips(performance.fills, performance.splits),
        fills=performance.fills,
    )
    return PerformanceMetrics(
        performance.owner,
        performance.calculation_time,
        _instant(int(performance.closes[0])),
        _instant(int(performance.closes[-1])),
        values,
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
