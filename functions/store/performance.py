"""What a run is measured by, and where its metrics are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from engine.estimates import Estimate
from functions.store.appending import Database, append
from functions.store.records import Owner

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine import Fill
    from engine.metrics import Floats
    from engine.trades import RoundTrip, SplitEvent


@dataclass(frozen=True, eq=False)
class Performance:
    """A run so far, as the metrics take it; money in whole currency.

    sessions, equity, cash, benchmark: shape (rows,), after each close. fills, splits: their rows
    count from the run's first. since: when start_equity was what it was worth.
    calculation_time: the last slot's close, or when a backtest was made.
    lasting: whether this moment is kept for ever, or replaced by the next.
    round_trips: flat to flat, by exit; None where they follow from fills and splits alone.
    multipliers: money for a price of one, by symbol; 1 where not named.
    shorts: shape (rows,), what was held short is worth after each close, at or above zero; None
        where that is not known.
    """

    owner: Owner
    start_equity: float
    since: datetime
    closes: NDArray[np.int64]
    sessions: NDArray[np.datetime64]
    equity: Floats
    cash: Floats
    benchmark: Floats | None
    fills: tuple[Fill, ...]
    splits: tuple[SplitEvent, ...]
    periods_per_year: float
    calculation_time: datetime
    lasting: bool
    round_trips: tuple[RoundTrip, ...] | None = None
    multipliers: Mapping[str, float] | None = None
    shorts: Floats | None = None


@dataclass(frozen=True)
class PerformanceMetrics:
    """Every metric of the catalogue over one stretch of one run."""

    owner: Owner
    calculation_time: datetime
    period_start: datetime
    period_end: datetime
    values: Mapping[str, Estimate]

    @property
    def strategy_id(self) -> UUID:
        """The robot that was measured."""
        return self.owner.strategy_id

    @property
    def period(self) -> tuple[datetime, datetime, datetime]:
        """When it was measured, and from when to when."""
        return self.calculation_time, self.period_start, self.period_end


class MetricRow(NamedTuple):
    """A row of `performance_metrics`: one metric of one stretch of a run."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    metric_name: str
    metric_value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    sample_size: int | None
    method: str | None
    calculation_time: datetime
    period_start: datetime
    period_end: datetime


_KEY = ("strategy_id", "metric_name", "calculation_time")
_LATEST = """
UPDATE executions SET latest_metrics = %s, metrics_time = %s, metrics_start = %s, metrics_end = %s
WHERE id = %s
"""


def keep_metrics(database: Database, *kept: PerformanceMetrics) -> None:
    """Add a row for each metric; those of a moment already kept stay as they are."""
    rows = [row for metrics in kept for row in _rows(metrics)]
    append(database, "performance_metrics", rows, once=_KEY)


def _rows(metrics: PerformanceMetrics) -> list[MetricRow]:
    return [
        MetricRow(
            *metrics.owner,
            metric_name=name,
            metric_value=_number(one.value),
            low=_number(one.low),
            high=_number(one.high),
            sample_size=one.sample_size,
            method=one.method,
            calculation_time=metrics.calculation_time,
            period_start=metrics.period_start,
            period_end=metrics.period_end,
        )
        for name, one in metrics.values.items()
    ]


def _number(value: float | None) -> Decimal | None:
    """Return a float as PostgreSQL takes one to a numeric: in fifteen digits."""
    return None if value is None else Decimal(f"{value:.15g}")


def replace_latest(database: Database, metrics: PerformanceMetrics) -> None:
    """Put the metrics in the place of the execution's latest ones."""
    values = (Jsonb(latest_of(metrics)), *metrics.period, metrics.owner.execution_id)
    database.execute(_LATEST, values)


def latest_of(metrics: PerformanceMetrics) -> dict[str, dict[str, Any]]:
    """Return metrics as an execution keeps its latest ones: without what is nothing.

    Their period has columns of its own; `functions.store.latest` tells them in full.
    """
    return {
        name: {field: told for field, told in vars(one).items() if told is not None}
        for name, one in metrics.values.items()
    }
