"""What robots did, slot by slot: equity, fills and the chain of decisions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from functions.store.closes import SESSION
from functions.store.publication import AnyConnection, Row, rows_of


class CurveRow(NamedTuple):
    """What a run was worth at the end of each session, "YYYY-MM-DD", oldest first."""

    execution_id: UUID
    sessions: list[str]
    equity: list[float]
    cash: Sequence[Decimal] = ()


class TradeRow(NamedTuple):
    """One fill.

    reason: what filled it, where that was not the order at its price. volume_known: whether its
    bar told a volume, which caps what fills.
    """

    execution_id: UUID
    id: UUID
    execution_time: datetime
    session: str | None
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal
    pnl: Decimal | None
    order_id: str | None = None
    reason: str | None = None
    volume_known: bool = True


class LeafRow(NamedTuple):
    """Where one decision stands in its chain."""

    execution_id: UUID
    seq: int
    slot: str
    hash: str


def curves(connection: AnyConnection, execution_ids: Iterable[UUID]) -> dict[UUID, CurveRow]:
    """Return the equity of each execution that has any."""
    found = rows_of(
        connection,
        CurveRow,
        f"""
        SELECT execution_id, array_agg(session::text ORDER BY sequence) AS sessions,
            array_agg(equity::float8 ORDER BY sequence) AS equity,
            array_agg(cash ORDER BY sequence) AS cash
        FROM (
            SELECT DISTINCT ON (execution_id, session) execution_id, {SESSION} AS session,
                sequence, equity, cash
            FROM equity_points WHERE execution_id = ANY(%s)
            ORDER BY execution_id, session, sequence DESC
        ) ends GROUP BY execution_id
        """,  # noqa: S608 - own words
        list(execution_ids),
    )
    return {curve.execution_id: curve for curve in found}


def trades(connection: AnyConnection, execution_ids: Iterable[UUID]) -> dict[UUID, list[TradeRow]]:
    """Return the fills of each execution, oldest first."""
    return _grouped(
        connection,
        TradeRow,
        """
        SELECT execution_id, id, execution_time,
            market_data_snapshot ->> 'session' AS session, symbol, side, quantity, price,
            commission, slippage, pnl, order_id, market_data_snapshot ->> 'reason' AS reason,
            (market_data_snapshot -> 'volume') IS DISTINCT FROM 'null'::jsonb AS volume_known
        FROM trades WHERE execution_id = ANY(%s) ORDER BY execution_id, sequence
        """,
        execution_ids,
    )


def leaves(connection: AnyConnection, execution_ids: Iterable[UUID]) -> dict[UUID, list[LeafRow]]:
    """Return the chain of each record, oldest first, without the leaves' texts."""
    return _grouped(
        connection,
        LeafRow,
        """
        SELECT execution_id, seq, slot, hash FROM decisions
        WHERE execution_id = ANY(%s) ORDER BY execution_id, seq
        """,
        execution_ids,
    )


def leaf_texts(
    connection: AnyConnection, after: str = "", limit: int = 1000
) -> list[tuple[str, str]]:
    """Return hash and exact text of public robots' leaves, by hash, from the first one after."""
    return connection.execute(
        """
        SELECT decisions.hash, decisions.leaf
        FROM decisions JOIN strategies ON strategies.id = decisions.strategy_id
        WHERE strategies.visibility = 'public' AND decisions.hash > %s
        ORDER BY decisions.hash LIMIT %s
        """,
        (after, limit),
    ).fetchall()


def _grouped(
    connection: AnyConnection, kind: type[Row], query: str, execution_ids: Iterable[UUID]
) -> dict[UUID, list[Row]]:
    groups: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows_of(connection, kind, query, list(execution_ids)):
        groups[row[0]].append(row)  # type: ignore[index]  # every such row names its run first
    return groups
