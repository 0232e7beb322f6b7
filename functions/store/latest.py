"""A run's latest metrics as they are read back: kept short, told in full."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from psycopg.sql import SQL

from engine.estimates import Estimate

FIELDS = tuple(field.name for field in fields(Estimate) if field.name != "dates")
_COLUMNS = {
    "calculation_time": "metrics_time",
    "period_start": "metrics_start",
    "period_end": "metrics_end",
}
COLUMNS = SQL("e.latest_metrics, e.metrics_time, e.metrics_start, e.metrics_end")
"""All that `told` needs, of an execution e."""


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its latest metrics in full, and without the columns of their period.

    All of them are of one period; what was kept before it had columns of its own names it itself.
    """
    latest = row["latest_metrics"]
    period = {name: _text(row[column]) for name, column in _COLUMNS.items()}
    rest = {name: value for name, value in row.items() if name not in _COLUMNS.values()}
    whole = in_full(latest, period) if isinstance(latest, dict) else latest
    return {**rest, "latest_metrics": whole}


def in_full(latest: Mapping[str, object], period: Mapping[str, str | None]) -> dict[str, Any]:
    """Give each metric its period and every field; what is no metric stays as it is."""
    usual = {**dict.fromkeys(FIELDS), **period}
    return {
        name: {**usual, **one} if isinstance(one, dict) else one for name, one in latest.items()
    }


def _text(time: datetime | None) -> str | None:
    return None if time is None else f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def period_of(times: tuple[datetime, datetime, datetime]) -> dict[str, str | None]:
    """Return the period of metrics as they name it: time of calculation, start and end."""
    return dict(zip(_COLUMNS, map(_text, times), strict=True))
