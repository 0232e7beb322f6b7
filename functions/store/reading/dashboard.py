"""All robots at a glance."""

from collections.abc import Sequence

from psycopg.sql import SQL

from functions.store import latest
from functions.store.reading.executions import COLUMNS, SHOWN, STATUS
from functions.store.reading.rows import Reading, Row, every, one

_HEADLINE = SQL("""
SELECT count(*) AS strategies,
    count(*) FILTER (WHERE {status} = 'active') AS active,
    count(*) FILTER (WHERE {status} = 'drifted') AS drifted,
    count(*) FILTER (WHERE e.kind = 'paper') AS with_record,
    COALESCE(sum(e.trade_count) FILTER (WHERE e.kind = 'paper'), 0)::bigint AS recorded_trades,
    max(e.period_end) FILTER (WHERE e.kind = 'paper') AS as_of
FROM strategies AS s LEFT JOIN executions AS e ON e.strategy_id = s.id AND {shown}
""").format(shown=SHOWN, status=STATUS)

_AT_WORK = SQL("""
SELECT s.slug AS subject_slug, s.name AS subject_name, s.id AS subject_id,
    {status} AS subject_status, {columns}, {latest},
    (SELECT round(p.equity, 8)::text FROM equity_points AS p
     WHERE p.execution_id = e.id ORDER BY p.sequence DESC LIMIT 1) AS equity
FROM strategies AS s LEFT JOIN executions AS e ON e.strategy_id = s.id AND {shown}
WHERE s.status = ANY (%(statuses)s)
ORDER BY s.slug
LIMIT %(limit)s
""").format(columns=COLUMNS, latest=latest.COLUMNS, shown=SHOWN, status=STATUS)


def headline(connection: Reading) -> Row:
    """Return the counts over all robots that can be seen."""
    return one(connection, _HEADLINE, {}) or {}


def at_work(connection: Reading, statuses: Sequence[str], limit: int) -> list[Row]:
    """Return robots by slug, each with its shown run, latest metrics and last equity."""
    rows = every(connection, _AT_WORK, {"statuses": list(statuses), "limit": limit})
    return [latest.told(row) for row in rows]
