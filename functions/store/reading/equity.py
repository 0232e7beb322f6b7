"""The value of a robot's account over time."""

from datetime import datetime
from uuid import UUID

from psycopg.sql import SQL

from functions.store.reading.rows import Reading, Row, every, one

# The last point of each day, week or month; its change is against the one before in the run,
# which may lie before the range.
_HISTORY = SQL("""
SELECT h.time, round(h.equity, 8)::text AS equity, round(h.cash, 8)::text AS cash,
    h.change::float8 AS change
FROM (
    SELECT c.time, c.equity, c.cash,
        c.equity / NULLIF(lag(c.equity) OVER (ORDER BY c.time), 0) - 1 AS change
    FROM (
        SELECT DISTINCT ON (date_trunc(%(unit)s, p.time, 'UTC')) p.time, p.equity, p.cash
        FROM equity_points AS p
        WHERE p.execution_id = %(execution_id)s
        ORDER BY date_trunc(%(unit)s, p.time, 'UTC'), p.time DESC, p.sequence DESC
    ) AS c
) AS h
WHERE (%(since)s::timestamptz IS NULL OR h.time >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR h.time < %(before)s)
ORDER BY h.time
""")

_ENDS = SQL("""
SELECT count(*) AS points, min(p.time) AS start, max(p.time) AS "end",
    round((array_agg(p.equity ORDER BY p.sequence))[1], 8)::text AS first,
    round((array_agg(p.equity ORDER BY p.sequence DESC))[1], 8)::text AS last
FROM equity_points AS p
WHERE p.execution_id = %(execution_id)s
  AND (%(since)s::timestamptz IS NULL OR p.time >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR p.time < %(before)s)
HAVING count(*) > 0
""")

UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}


def history(
    connection: Reading,
    execution_id: UUID,
    granularity: str,
    since: datetime | None,
    before: datetime | None,
) -> list[Row]:
    """Return one point a day, week or month (UTC), in order; before is exclusive."""
    values = {"execution_id": execution_id, "since": since, "before": before}
    return every(connection, _HISTORY, {**values, "unit": UNITS[granularity]})


def ends(
    connection: Reading, execution_id: UUID, since: datetime | None, before: datetime | None
) -> Row | None:
    """Return the account's first and last value in [since, before); None without a point."""
    values = {"execution_id": execution_id, "since": since, "before": before}
    return one(connection, _ENDS, values)
