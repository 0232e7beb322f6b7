"""What is stored of a segment as lines of text, so that a replay can be laid beside it.

Each line is worked out twice: by PostgreSQL from the rows, by Python from the replayed values.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from psycopg.sql import SQL

from functions.store.appending import Database
from functions.store.trades import Trade


class Stretch(NamedTuple):
    """A segment's rows up to its head: decisions and equity by seq, trades by sequence."""

    execution_id: UUID
    first_seq: int
    last_seq: int
    first_trade: int
    last_trade: int


_SNAPSHOT = ("session", "open", "high", "low", "close", "volume", "decided_in", "decision")
_TOLD = SQL(", ").join(
    SQL("COALESCE(market_data_snapshot ->> {}, '-')").format(name) for name in _SNAPSHOT
)
_LINES = SQL(r"""
    SELECT 1 AS part, seq AS place, concat_ws('|', 'decision', seq, slot, segment_id,
        EXTRACT(epoch FROM closes_at)::bigint, tape,
        encode(sha256('\x00'::bytea || convert_to(leaf, 'UTF8')), 'hex'), hash) AS line
    FROM decisions
    WHERE execution_id = %(execution_id)s AND seq BETWEEN %(first_seq)s AND %(last_seq)s
    UNION ALL
    SELECT 2, sequence, concat_ws('|', 'trade', sequence, id, COALESCE(order_id, '-'), symbol,
        side, quantity, price, commission, slippage, COALESCE(pnl::text, '-'),
        EXTRACT(epoch FROM execution_time)::bigint, trade_type, {told})
    FROM trades
    WHERE execution_id = %(execution_id)s
        AND sequence BETWEEN %(first_trade)s AND %(last_trade)s
    UNION ALL
    SELECT 3, sequence, concat_ws('|', 'equity', sequence, EXTRACT(epoch FROM time)::bigint,
        equity, cash)
    FROM equity_points
    WHERE execution_id = %(execution_id)s AND sequence BETWEEN %(first_seq)s AND %(last_seq)s
""").format(told=_TOLD)
_DIGEST = SQL(r"""
SELECT encode(sha256(convert_to(COALESCE(string_agg(line, E'\n' ORDER BY part, place), ''),
    'UTF8')), 'hex') FROM ({lines}) found
""").format(lines=_LINES)
_LISTED = SQL("SELECT line FROM ({lines}) found ORDER BY part, place").format(lines=_LINES)


def stored_digest(database: Database, stretch: Stretch) -> str:
    """Return one hash over all lines of the stretch, worked out by PostgreSQL."""
    row = database.execute(_DIGEST, stretch._asdict()).fetchone()
    return str(row[0]) if row else ""


def stored_lines(database: Database, stretch: Stretch) -> list[str]:
    """Return the lines themselves."""
    return [row[0] for row in database.execute(_LISTED, stretch._asdict())]


def digest_of(lines: Iterable[str]) -> str:
    """Return the hash that the same lines have in PostgreSQL."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def decision_line(seq: int, slot: str, segment: UUID, seconds: int, told: tuple[str, str]) -> str:
    """Return the line of a decision whose stored hash is its text's own; told: tape and leaf."""
    tape, leaf = told
    return f"decision|{seq}|{slot}|{segment}|{seconds}|{tape}|{leaf}|{leaf}"


def trade_line(trade: Trade) -> str:
    """Return the line of a trade."""
    snapshot = trade.market_data_snapshot or {}
    values: list[object] = [
        *("trade", trade.sequence, trade.id, trade.order_id, trade.symbol, trade.side),
        *(trade.quantity, trade.price, trade.commission, trade.slippage, trade.pnl),
        *(int(trade.execution_time.timestamp()), trade.trade_type),
        *(snapshot.get(name) for name in _SNAPSHOT),
    ]
    return "|".join(_text(value) for value in values)


def equity_line(sequence: int, seconds: int, equity: str, cash: str) -> str:
    """Return the line of an equity point; amounts with their eight places."""
    return f"equity|{sequence}|{seconds}|{equity}|{cash}"


def _text(value: object) -> str:
    """Write a value as PostgreSQL does: never with an exponent."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "-" if value is None else str(value)
