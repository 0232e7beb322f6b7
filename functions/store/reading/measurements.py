"""Metrics as they were recorded; nothing is computed here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.sql import SQL

from functions.store.latest import COLUMNS, told
from functions.store.reading.rows import Reading, Row, every, one

_LATEST = SQL("SELECT {columns} FROM executions AS e WHERE e.id = %(execution_id)s").format(
    columns=COLUMNS
)

# numeric has NaN and the infinities, JSON has neither
_NOT_FINITE = SQL("('NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric)")

_WITHIN = SQL("""
SELECT DISTINCT ON (m.metric_name) m.metric_name AS name,
    CASE WHEN m.metric_value NOT IN {not_finite} THEN m.metric_value::float8 END AS value,
    CASE WHEN m.low NOT IN {not_finite} THEN m.low::float8 END AS low,
    CASE WHEN m.high NOT IN {not_finite} THEN m.high::float8 END AS high,
    m.sample_size, m.method, m.calculation_time, m.period_start, m.period_end
FROM performance_metrics AS m
WHERE m.execution_id = %(execution_id)s
  AND (%(names)s::text[] IS NULL OR m.metric_name = ANY (%(names)s))
  AND (%(since)s::timestamptz IS NULL OR m.period_start >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR m.period_end < %(before)s)
ORDER BY m.metric_name, m.calculation_time DESC
""").format(not_finite=_NOT_FINITE)


def latest(connection: Reading, execution_id: UUID) -> dict[str, Row]:
    """Return what was measured over the whole run so far, by metric; {} before the first time."""
    row = one(connection, _LATEST, {"execution_id": execution_id})
    return (told(row)["latest_metrics"] if row else None) or {}


def within(
    connection: Reading,
    execution_id: UUID,
    names: Sequence[str] | None,
    since: datetime | None,
    before: datetime | None,
) -> dict[str, Row]:
    """Return each metric's newest recorded row whose whole period lies in [since, before)."""
    values = {"execution_id": execution_id, "since": since, "before": before}
    rows = every(connection, _WITHIN, {**values, "names": None if names is None else list(names)})
    return {row.pop("name"): row for row in rows}
