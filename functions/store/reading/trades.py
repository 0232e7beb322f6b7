"""Fills, the newest first."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.sql import SQL

from functions.store.reading.executions import PHASE, SHOWN
from functions.store.reading.rows import MissingError, Reading, Row, Values, every, one

_COLUMNS = SQL("""
t.id, t.strategy_id, t.execution_id, {phase} AS phase, t.trade_type, t.sequence, t.order_id,
t.symbol, t.side, round(t.quantity, 8)::text AS quantity, round(t.price, 8)::text AS price,
round(t.commission, 8)::text AS commission, round(t.slippage, 8)::text AS slippage,
round(t.pnl, 8)::text AS pnl, t.execution_time, t.market_data_snapshot ->> 'reason' AS reason
""").format(phase=PHASE)

_FILTER = SQL("""
(%(strategy_id)s::uuid IS NULL OR t.strategy_id = %(strategy_id)s)
AND CASE WHEN %(execution_id)s::uuid IS NULL THEN {shown}
         ELSE t.execution_id = %(execution_id)s END
AND (%(symbol)s::text IS NULL OR t.symbol = %(symbol)s)
AND (%(since)s::timestamptz IS NULL OR t.execution_time >= %(since)s)
AND (%(before)s::timestamptz IS NULL OR t.execution_time < %(before)s)
""").format(shown=SHOWN)

_LIST = SQL("""
SELECT {columns} FROM trades AS t JOIN executions AS e ON e.id = t.execution_id
WHERE {filter}
  AND (%(after_time)s::timestamptz IS NULL OR (t.execution_time, t.sequence, t.id)
       < (%(after_time)s, %(after_sequence)s::integer, %(after_id)s::uuid))
ORDER BY t.execution_time DESC, t.sequence DESC, t.id DESC
LIMIT %(limit)s OFFSET %(offset)s
""").format(columns=_COLUMNS, filter=_FILTER)

_COUNT = SQL("""
SELECT count(*) AS total FROM (
    SELECT FROM trades AS t JOIN executions AS e ON e.id = t.execution_id
    WHERE {filter} LIMIT %(most)s) AS counted
""").format(filter=_FILTER)

_DETAIL = SQL("""
SELECT {columns}, t.market_data_snapshot, t.created_at
FROM trades AS t JOIN executions AS e ON e.id = t.execution_id
WHERE t.id = %(id)s
""").format(columns=_COLUMNS)

ANY: dict[str, object] = dict.fromkeys(("strategy_id", "execution_id", "symbol", "since", "before"))


def page(
    connection: Reading, filters: Values, after: Sequence[str | int], window: Values
) -> list[Row]:
    """Return fills of one run, or of the shown run of every robot.

    filters: strategy_id, execution_id, symbol, since, before (exclusive); None lets
        everything through.
    after: (execution_time, sequence, id) of the row before, or nothing.
    window: limit, offset.
    """
    names = ("after_time", "after_sequence", "after_id")
    place = dict(zip(names, after or (None, None, None), strict=True))
    return every(connection, _LIST, {**filters, **window, **place})


def count(connection: Reading, filters: Values, most: int) -> int:
    """Count the fills that pass the filters, but no further than most."""
    row = one(connection, _COUNT, {**filters, "most": most})
    return int(row["total"]) if row else 0


def detail(connection: Reading, trade_id: UUID) -> Row:
    """Return one fill with its market data snapshot; MissingError when it can't be seen."""
    row = one(connection, _DETAIL, {"id": trade_id})
    if row is None:
        raise MissingError("trade", trade_id)
    return row
