"""A run's curve as it was stored: its points, its trades, and the splits that follow from them."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engine import Action, Fill, Market
from engine.money import UNIT, Floats, Ints, to_units
from engine.trades import SplitEvent
from functions.services.record.performances import Curve
from functions.store.closes import session_closed_at
from functions.store.records import EquityRow
from functions.store.trades import Trade


def stored_curve(
    points: Sequence[EquityRow], trades: Sequence[Trade], actions: Sequence[Action]
) -> Curve:
    """Return what was recorded of a run; splits follow from the trades and the actions.

    Cash paid for a fraction of a lot is not told apart from the split it came with. What was held
    short is known where nothing was: its worth takes the closes of the bars.
    """
    closes = np.array([int(point.time.timestamp()) for point in points], dtype=np.int64)
    sessions = np.array([session_closed_at(point.time) for point in points], dtype="datetime64[D]")
    fills = tuple(_fill(trade, sessions, closes) for trade in trades)
    splits = tuple(_splits(fills, actions, sessions))
    short = any(held.min(initial=0) < 0 for held in _positions(fills, splits, len(closes)).values())
    return Curve(
        closes,
        sessions,
        np.array([float(point.equity) for point in points]),
        np.array([float(point.cash) for point in points]),
        fills,
        splits,
        shorts=None if short else np.zeros(len(closes)),
    )


def with_shorts(curve: Curve, market: Market, multipliers: Mapping[str, float]) -> Curve:
    """Return a stored curve with what was held short, by the closes of its rows in a market."""
    rows = np.searchsorted(market.closes, curve.closes)
    worth: Floats = np.zeros(len(rows))
    for symbol, held in _positions(curve.fills, curve.splits, len(rows)).items():
        close = market.prices.close[rows, market.symbols.index(symbol)] / UNIT
        worth += np.maximum(-held, 0) / UNIT * close * multipliers.get(symbol, 1.0)
    return curve._replace(shorts=worth)


def _positions(fills: Sequence[Fill], splits: Sequence[SplitEvent], rows: int) -> dict[str, Ints]:
    """Return what was held after each row by symbol, in units."""
    names = {fill.symbol for fill in fills} | {split.symbol for split in splits}
    # What fills at the close that ends these rows may belong to the session after them.
    held = {name: np.zeros(rows + 1, np.int64) for name in names}
    for fill in fills:
        held[fill.symbol][fill.row] += fill.quantity if fill.side == "buy" else -fill.quantity
    for split in splits:
        held[split.symbol][split.row] += split.quantity
    return {name: np.cumsum(changes)[:rows] for name, changes in held.items()}


def _fill(trade: Trade, sessions: NDArray[np.datetime64], closes: NDArray[np.int64]) -> Fill:
    time = int(trade.execution_time.timestamp())
    snapshot = trade.market_data_snapshot or {}
    told = snapshot.get("session")
    # Where one session's close is the next one's open, the instant alone does not tell which.
    session = date.fromisoformat(told) if told else trade.execution_time.date()
    return Fill(
        row=_row_in(sessions, closes, session, time),
        session=session,
        time=time,
        symbol=trade.symbol,
        side=trade.side,
        quantity=to_units(trade.quantity),
        price=float(trade.price),
        commission=to_units(trade.commission),
        slippage=to_units(trade.slippage),
        pnl=None if trade.pnl is None else to_units(trade.pnl),
        order_id=trade.order_id or "",
        reason=snapshot.get("reason"),
    )


def _row_in(
    sessions: NDArray[np.datetime64], closes: NDArray[np.int64], session: date, time: int
) -> int:
    """The row of a session that was not closed yet at a time; its last one where all were."""
    day = np.datetime64(session, "D")
    first = int(np.searchsorted(sessions, day))
    after = max(first + 1, int(np.searchsorted(sessions, day, side="right")))
    return min(first + int(np.searchsorted(closes[first:after], time, side="right")), after - 1)


def _splits(
    fills: Sequence[Fill], actions: Sequence[Action], sessions: NDArray[np.datetime64]
) -> list[SplitEvent]:
    found: list[SplitEvent] = []
    for action in sorted(actions, key=_booked_on):
        row = int(np.searchsorted(sessions, np.datetime64(_booked_on(action), "D")))
        if action.kind == "split" and 0 < row < len(sessions):
            held = _held(action.symbol, row, fills, found)
            change = round(held * action.value) - held
            if change:
                session: date = sessions[row].item()
                found.append(SplitEvent(row, session, 0, action.symbol, change, 0))
    return found


def _booked_on(action: Action) -> date:
    return action.seen or action.ex_date


def _held(symbol: str, row: int, fills: Sequence[Fill], splits: Sequence[SplitEvent]) -> int:
    bought = sum(
        fill.quantity if fill.side == "buy" else -fill.quantity
        for fill in fills
        if fill.symbol == symbol and fill.row < row
    )
    return bought + sum(split.quantity for split in splits if split.symbol == symbol)
