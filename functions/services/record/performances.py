"""A run so far, brought into the form that metrics take."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine import Action, Fill, Run
from engine.metrics import Floats, periods_per_year
from engine.money import UNIT, to_units
from engine.trades import SplitEvent
from functions.store.closes import session_closed_at
from functions.store.performance import Performance
from functions.store.records import EquityRow, Owner
from functions.store.trades import Trade


class Curve(NamedTuple):
    """A stretch of a run's life; arrays of shape (rows,), rows of fills and splits from its first.

    closes: seconds since 1970 UTC. equity, cash: whole currency.
    """

    closes: NDArray[np.int64]
    sessions: NDArray[np.datetime64]
    equity: Floats
    cash: Floats
    fills: tuple[Fill, ...]
    splits: tuple[SplitEvent, ...]

    def head(self, rows: int) -> "Curve":
        """Return the curve as it was after its first rows."""
        return Curve(
            self.closes[:rows],
            self.sessions[:rows],
            self.equity[:rows],
            self.cash[:rows],
            tuple(fill for fill in self.fills if fill.row < rows),
            tuple(split for split in self.splits if split.row < rows),
        )

    def then(self, later: "Curve") -> "Curve":
        """Return both stretches as one."""
        rows = len(self.closes)
        if rows == 0:
            return later
        return Curve(
            np.concatenate((self.closes, later.closes)),
            np.concatenate((self.sessions, later.sessions)),
            np.concatenate((self.equity, later.equity)),
            np.concatenate((self.cash, later.cash)),
            (*self.fills, *(_moved(fill, rows) for fill in later.fills)),
            (*self.splits, *(split._replace(row=split.row + rows) for split in later.splits)),
        )


class Account(NamedTuple):
    """What a run is measured against."""

    owner: Owner
    start_equity: float
    since: datetime
    calendar: str


def measurable(
    account: Account, curve: Curve, benchmark: Floats | None, at: datetime, *, lasting: bool
) -> Performance:
    """Return the whole curve as a performance."""
    return Performance(
        owner=account.owner,
        start_equity=account.start_equity,
        since=account.since,
        closes=curve.closes,
        sessions=curve.sessions,
        equity=curve.equity,
        cash=curve.cash,
        benchmark=None if benchmark is None else benchmark[: len(curve.closes)],
        fills=curve.fills,
        splits=curve.splits,
        periods_per_year=periods_per_year(account.calendar),
        calculation_time=at,
        lasting=lasting,
    )


def curve_of(run: Run) -> Curve:
    """Return what a simulation brought."""
    return Curve(
        run.market.closes[run.start_row :],
        run.sessions,
        run.equity,
        run.cash_units / UNIT,
        tuple(_moved(fill, -run.start_row) for fill in run.fills),
        tuple(_run_splits(run)),
    )


def _run_splits(run: Run) -> list[SplitEvent]:
    return [
        SplitEvent(
            event.row - run.start_row,
            event.session,
            int(run.market.opens[event.row]),
            event.symbol,
            event.quantity,
            event.cash,
        )
        for event in run.events
        if event.kind in ("split", "cash in lieu")
    ]


def _moved(fill: Fill, rows: int) -> Fill:
    if rows == 0:
        return fill
    return Fill(
        fill.row + rows,
        *(fill.session, fill.time, fill.symbol, fill.side, fill.quantity, fill.price),
        *(fill.commission, fill.slippage, fill.pnl, fill.order_id),
    )


def stored_curve(
    points: Sequence[EquityRow], trades: Sequence[Trade], actions: Sequence[Action]
) -> Curve:
    """Return what was recorded of a run; splits follow from the trades and the actions.

    Cash paid for a fraction of a lot is not told apart from the split it came with.
    """
    closes = np.array([int(point.time.timestamp()) for point in points], dtype=np.int64)
    sessions = np.array([session_closed_at(point.time) for point in points], dtype="datetime64[D]")
    fills = tuple(_fill(trade, sessions) for trade in trades)
    return Curve(
        closes,
        sessions,
        np.array([float(point.equity) for point in points]),
        np.array([float(point.cash) for point in points]),
        fills,
        tuple(_splits(fills, actions, sessions)),
    )


def _fill(trade: Trade, sessions: NDArray[np.datetime64]) -> Fill:
    time = int(trade.execution_time.timestamp())
    told = (trade.market_data_snapshot or {}).get("session")
    # Where one session's close is the next one's open, the instant alone does not tell which.
    session = date.fromisoformat(told) if told else trade.execution_time.date()
    return Fill(
        row=int(np.searchsorted(sessions, np.datetime64(session, "D"))),
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
    )


def _splits(
    fills: Sequence[Fill], actions: Sequence[Action], sessions: NDArray[np.datetime64]
) -> list[SplitEvent]:
    found: list[SplitEvent] = []
    for action in sorted(actions, key=lambda action: action.ex_date):
        row = int(np.searchsorted(sessions, np.datetime64(action.ex_date, "D")))
        if action.kind == "split" and 0 < row < len(sessions):
            held = _held(action.symbol, row, fills, found)
            change = round(held * action.value) - held
            if change:
                session: date = sessions[row].item()
                found.append(SplitEvent(row, session, 0, action.symbol, change, 0))
    return found


def _held(symbol: str, row: int, fills: Sequence[Fill], splits: Sequence[SplitEvent]) -> int:
    bought = sum(
        fill.quantity if fill.side == "buy" else -fill.quantity
        for fill in fills
        if fill.symbol == symbol and fill.row < row
    )
    return bought + sum(split.quantity for split in splits if split.symbol == symbol)
