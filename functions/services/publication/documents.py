"""What is published about one robot: rows in, the documents' content out; nothing is read here.

Amounts, quantities and prices of fills are decimal strings; curves and weights are floats.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from functions.store.closes import session_closed_at
from functions.store.parity import ParityRows
from functions.store.publication import HeadRow, RobotRow, RunRow
from functions.store.series import CurveRow, LeafRow, TradeRow
from functions.store.told import ToldRow

VERSION = 1
WITHOUT_ORDER = ("delisting", "liquidation", "ruin", "end")
"""What stands in the place of an order's id where none was asked for."""
Document = dict[str, Any]
Phase = str


class Standing(NamedTuple):
    """Where a robot stands: enough for its line in the league table.

    runs: by phase, "backtest" and "record"; a phase that the robot lacks is not there.
    marks: raw closes of what it holds.
    """

    robot: RobotRow
    runs: Mapping[Phase, RunRow]
    head: HeadRow | None
    marks: Mapping[str, Decimal]


class History(NamedTuple):
    """What a robot's own pages need beyond its standing, by phase where it has the phase."""

    curves: Mapping[Phase, CurveRow]
    benchmark: Mapping[Phase, CurveRow]
    trades: Mapping[Phase, Sequence[TradeRow]]
    leaves: Sequence[LeafRow]
    parity: ParityRows | None = None
    told: Sequence[ToldRow] = ()


def encode(document: Document) -> bytes:
    """Return the one text of a document: sorted keys, nothing spare, UTF-8; NaN is refused.

    >>> encode({"b": 1, "a": [None, 0.5]})
    b'{"a":[null,0.5],"b":1}'
    """
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def headed(standing: Standing) -> Document:
    """Return what every document of a robot begins with."""
    return {"v": VERSION, "slug": standing.robot.slug, "seq": seq_of(standing)}


def seq_of(standing: Standing) -> int:
    """Return the newest decision's seq, 0 before the first."""
    return standing.head.seq if standing.head else 0


def equity_of(history: History) -> Document:
    """Return both phases' curves, each with its benchmark's; empty for a phase not begun."""
    return {
        phase: _curve(history.curves.get(phase), history.benchmark.get(phase))
        for phase in ("backtest", "record")
    }


def _curve(own: CurveRow | None, benchmark: CurveRow | None) -> Document:
    if own is None:
        return {"sessions": [], "equity": [], "benchmark": None}
    return {
        "sessions": own.sessions,
        "equity": own.equity,
        "benchmark": None if benchmark is None else rebased(own, benchmark),
    }


def rebased(own: CurveRow, benchmark: CurveRow) -> list[float | None] | None:
    """Return the benchmark as if it had the robot's equity at the first session both have.

    Its own run on its own cash: close to what the figures are measured against, which is its
    rule begun anew on the robot's cash and first session, and not the same to the cent.
    None where they share no session; None at a session that the benchmark has not reached.
    """
    theirs = dict(zip(benchmark.sessions, benchmark.equity, strict=True))
    pairs = zip(own.sessions, own.equity, strict=True)
    scale = next((mine / theirs[day] for day, mine in pairs if theirs.get(day)), None)
    if scale is None:
        return None
    return [round(theirs[day] * scale, 8) if day in theirs else None for day in own.sessions]


def trades_of(history: History) -> list[Document]:
    """Return the fills of both phases, each saying which it is of, oldest first."""
    return [
        _trade(trade, phase)
        for phase in ("backtest", "record")
        for trade in history.trades.get(phase, ())
    ]


def _trade(trade: TradeRow, phase: Phase) -> Document:
    return {
        "id": str(trade.id),
        "time": instant(trade.execution_time),
        "session": trade.session or session_closed_at(trade.execution_time).isoformat(),
        "phase": phase,
        "kind": trade.order_id if trade.order_id in WITHOUT_ORDER else "fill",
        "symbol": trade.symbol,
        "side": trade.side,
        "action": action_of(trade.side, opens=trade.pnl is None),
        "reason": trade.reason,
        "quantity": money(trade.quantity),
        "price": money(trade.price),
        "commission": money(trade.commission),
        "slippage": money(trade.slippage),
        "pnl": None if trade.pnl is None else money(trade.pnl),
    }


def action_of(side: str, *, opens: bool) -> str:
    """Say what a fill does; one that reduces has a profit, one that opens or adds has none.

    >>> action_of("sell", opens=True), action_of("buy", opens=False)
    ('sell short', 'buy back')
    """
    if opens:
        return "sell short" if side == "sell" else "buy"
    return "buy back" if side == "buy" else "sell"


def record_of(standing: Standing, history: History) -> Document:
    """Return the chain of hashes that anyone can follow from leaf to leaf."""
    return {
        "head": standing.head.hash if standing.head else None,
        "leaves": [
            {"seq": leaf.seq, "slot": leaf.slot, "hash": leaf.hash} for leaf in history.leaves
        ],
    }


def money(amount: Decimal) -> str:
    """Return eight places, never an exponent.

    >>> money(Decimal("1E+2"))
    '100.00000000'
    """
    return f"{amount:.8f}"


def instant(time: datetime) -> str:
    """Return RFC 3339 in UTC, to the second.

    >>> instant(datetime(2013, 3, 1, 21, tzinfo=UTC))
    '2013-03-01T21:00:00Z'
    """
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
