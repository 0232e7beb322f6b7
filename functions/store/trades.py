"""Trades as they are stored: each one fill of one run."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import class_row

from functions.store.appending import Database, append


class Trade(NamedTuple):
    """One fill. Amounts in whole currency and shares, exact.

    user_id, visibility: its robot's, for the row-level policies.
    trade_type: "simulated" in a backtest, "paper" in a record. pnl: None where nothing is closed.
    market_data_snapshot: the raw bar the fill happened in, and the decision behind it.
    """

    id: UUID
    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    sequence: int
    order_id: str | None
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal
    pnl: Decimal | None
    execution_time: datetime
    trade_type: str
    market_data_snapshot: dict[str, Any] | None


_COLUMNS = ", ".join(Trade._fields)


def append_trades(database: Database, trades: Sequence[Trade]) -> None:
    """Store trades that are not there yet."""
    append(database, "trades", trades)


def read_trades(database: Database, execution_id: UUID, before: int | None = None) -> list[Trade]:
    """Return a run's trades in sequence; before: only those of a lower sequence."""
    query = f"SELECT {_COLUMNS} FROM trades WHERE execution_id = %s"  # noqa: S608 - own names
    limits = "" if before is None else " AND sequence < %s"
    values = [execution_id] if before is None else [execution_id, before]
    with database.cursor(row_factory=class_row(Trade)) as cursor:
        return cursor.execute((query + limits + " ORDER BY sequence").encode(), values).fetchall()


def read_trade(database: Database, trade_id: UUID) -> Trade:
    """Return one trade; LookupError where there is none."""
    query = f"SELECT {_COLUMNS} FROM trades WHERE id = %s"  # noqa: S608 - own names
    with database.cursor(row_factory=class_row(Trade)) as cursor:
        found = cursor.execute(query.encode(), [trade_id]).fetchone()
    if found is None:
        raise LookupError(f"no trade {trade_id}")
    return found


def count_trades(database: Database, execution_id: UUID) -> int:
    """Return how many trades a run has in the table."""
    query = "SELECT count(*) FROM trades WHERE execution_id = %s"
    row = database.execute(query, [execution_id]).fetchone()
    return int(row[0]) if row else 0
