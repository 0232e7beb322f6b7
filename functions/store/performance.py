"""What a run is measured by, and where its metrics are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.types.json import Jsonb

from engine.estimates import Estimate
from functions.store.appending import Database
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


_KEEP = """
INSERT INTO performance_metrics (strategy_id, execution_id, user_id, visibility, metric_name,
    metric_value, low, high, sample_size, method, calculation_time, period_start, period_end)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (strategy_id, metric_name, calculation_time) DO NOTHING
"""
_LATEST = "UPDATE executions SET latest_metrics = %s WHERE id = %s"


def keep_metrics(database: Database, *kept: PerformanceMetrics) -> None:
    """Add a row for each metric; those of a moment already kept stay as they are."""
    rows = [row for metrics in kept for row in _rows(metrics)]
    with database.cursor() as cursor:
        cursor.executemany(_KEEP, rows)


def _rows(metrics: PerformanceMetrics) -> list[tuple[object, ...]]:
    period = (metrics.calculation_time, metrics.period_start, metrics.period_end)
    return [(*metrics.owner, name, *_columns(one), *period) for name, one in metrics.values.items()]


def _columns(one: Estimate) -> tuple[object, ...]:
    return one.value, one.low, one.high, one.sample_size, one.method


def replace_latest(database: Database, metrics: PerformanceMetrics) -> None:
    """Put the metrics in the place of the execution's latest ones."""
    database.execute(_LATEST, (Jsonb(latest_of(metrics)), metrics.owner.execution_id))


def latest_of(metrics: PerformanceMetrics) -> dict[str, Any]:
    """Return metrics as an execution keeps its latest ones."""
    period = {
        "calculation_time": _text(metrics.calculation_time),
        "period_start": _text(metrics.period_start),
        "period_end": _text(metrics.period_end),
    }
    return {name: {**_told(one), **period} for name, one in metrics.values.items()}


def _told(one: Estimate) -> dict[str, Any]:
    told = dict(zip(_FIELDS, _VALUES(one), strict=True))
    return told if one.dates is None else {**told, "dates": one.dates}


_FIELDS = tuple(field.name for field in fields(Estimate) if field.name != "dates")
_VALUES = attrgetter(*_FIELDS)


def _text(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
