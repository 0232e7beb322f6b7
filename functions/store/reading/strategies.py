"""Robots: the list, and one with its configuration."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.sql import SQL

from functions.store.reading.executions import STATUS
from functions.store.reading.rows import MissingError, Reading, Row, Values, every, one
from functions.store.reading.subjects import key

# Each with its record, where it has one
_ROBOTS = SQL(
    "strategies AS s LEFT JOIN executions AS e ON e.strategy_id = s.id AND e.kind = 'paper'"
)

_COLUMNS = SQL("""
s.id, s.slug, s.name, s.description, s.user_id, s.visibility, {status} AS status,
s.registered_at, s.created_at, s.updated_at
""").format(status=STATUS)

_FILTER = SQL("""
(%(user_id)s::uuid IS NULL OR s.user_id = %(user_id)s)
AND (%(status)s::text IS NULL OR {status} = %(status)s)
""").format(status=STATUS)

_LIST = SQL("""
SELECT {columns} FROM {robots}
WHERE {filter}
  AND (%(after_time)s::timestamptz IS NULL
       OR (s.created_at, s.id) < (%(after_time)s, %(after_id)s::uuid))
ORDER BY s.created_at DESC, s.id DESC
LIMIT %(limit)s OFFSET %(offset)s
""").format(columns=_COLUMNS, robots=_ROBOTS, filter=_FILTER)

_COUNT = SQL("""
SELECT count(*) AS total
FROM (SELECT FROM {robots} WHERE {filter} LIMIT %(most)s) AS counted
""").format(robots=_ROBOTS, filter=_FILTER)

# A reference to a built-in strategy is no secret; source is one unless it was made public.
_DETAIL = SQL("""
SELECT {columns}, s.config, s.source_public,
    CASE WHEN s.source_public OR s.strategy_code ~ '^builtin:[a-z0-9_]+$'
         THEN s.strategy_code END AS strategy_code
FROM {robots}
WHERE s.id = %(id)s::uuid OR s.slug = %(slug)s::text
""").format(columns=_COLUMNS, robots=_ROBOTS)


def page(connection: Reading, filters: Values, after: Sequence[str], window: Values) -> list[Row]:
    """Return robots, the newest first.

    filters: user_id, status; None lets everything through.
    after: (created_at, id) of the row before, or nothing.
    window: limit, offset.
    """
    time, id_ = after or (None, None)
    return every(connection, _LIST, {**filters, **window, "after_time": time, "after_id": id_})


def count(connection: Reading, filters: Values, most: int) -> int:
    """Count the robots that pass the filters, but no further than most."""
    row = one(connection, _COUNT, {**filters, "most": most})
    return int(row["total"]) if row else 0


def detail(connection: Reading, reference: str | UUID) -> Row:
    """Return one robot with its configuration; MissingError when it can't be seen."""
    row = one(connection, _DETAIL, key(str(reference)))
    if row is None:
        raise MissingError("strategy", reference)
    return row
