"""Metrics of a performance, as every built-in tracker works them out."""

from datetime import UTC, datetime

from engine.metrics import measure
from engine.trades import RoundTrip, round_trips
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
        shorts=performance.shorts,
        round_trips=_round_trips(performance),
        fills=performance.fills,
        multipliers=performance.multipliers,
    )
    return PerformanceMetrics(
        performance.owner,
        performance.calculation_time,
        _instant(int(performance.closes[0])),
        _instant(int(performance.closes[-1])),
        values,
    )


def _round_trips(performance: Performance) -> tuple[RoundTrip, ...]:
    if performance.round_trips is not None:
        return performance.round_trips
    return round_trips(performance.fills, performance.splits, multipliers=performance.multipliers)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
