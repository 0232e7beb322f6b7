"""Metrics of a performance, as every built-in tracker works them out."""

from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from engine.metrics import Kept, measure
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
        kept=_kept(performance.owner.execution_id),
    )
    return PerformanceMetrics(
        performance.owner,
        performance.calculation_time,
        _instant(int(performance.closes[0])),
        _instant(int(performance.closes[-1])),
        values,
    )


@lru_cache(maxsize=1024)
def _kept(_execution_id: UUID) -> Kept:
    """What the last measuring of a run left; some kilobytes."""
    return Kept()


def _round_trips(performance: Performance) -> tuple[RoundTrip, ...]:
    if performance.round_trips is not None:
        return performance.round_trips
    return round_trips(performance.fills, performance.splits, multipliers=performance.multipliers)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
