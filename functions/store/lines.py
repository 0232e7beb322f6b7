"""One line of text for each row of a record, as Python writes it.

PostgreSQL writes the same lines from what is stored (`functions.store.proof`).
"""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from functions.store.records import Segment
from functions.store.trades import Trade


def segment_line(segment: Segment) -> str:
    """Return the line of the segment that goes on."""
    return f"segment|{segment.number}|{segment.id}|{segment.reason}"


def decision_line(place: tuple[int, str, UUID], seconds: int, told: tuple[str, str, bool]) -> str:
    """Return the line of a decision whose stored hash is its text's own.

    place: seq, slot and segment. told: tape, leaf, and whether it was backfilled.
    """
    seq, slot, segment = place
    tape, leaf, backfilled = told
    late = "backfilled" if backfilled else "live"
    return f"decision|{seq}|{slot}|{segment}|{seconds}|{tape}|{leaf}|{leaf}|{late}"


def trade_line(trade: Trade) -> str:
    """Return the line of a trade."""
    values: list[object] = [
        *("trade", trade.sequence, trade.id, trade.order_id, trade.symbol, trade.side),
        *(trade.quantity, trade.price, trade.commission, trade.slippage, trade.pnl),
        *(int(trade.execution_time.timestamp()), trade.trade_type),
        None if trade.market_data_snapshot is None else _jsonb(trade.market_data_snapshot),
    ]
    return "|".join(_text(value) for value in values)


def equity_line(sequence: int, seconds: int, equity: str, cash: str) -> str:
    """Return the line of an equity point; amounts with their eight places."""
    return f"equity|{sequence}|{seconds}|{equity}|{cash}"


def _jsonb(content: dict[str, Any]) -> str:
    """Write an object of plain values as PostgreSQL does: shorter keys first."""
    names = sorted(content, key=lambda name: (len(name.encode()), name.encode()))
    members = (f"{json.dumps(name)}: {_member(content[name])}" for name in names)
    return f"{{{', '.join(members)}}}"


def _member(value: object) -> str:
    return _text(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    """Write a value as PostgreSQL does: never with an exponent."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "-" if value is None else str(value)
