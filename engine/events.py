"""What the arrays of a run tell: its orders, its fills and everything else that happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.account import Account
from engine.fills import Fill
from engine.market import Market
from engine.money import UNIT
from engine.orders import SIDES, SIZINGS, Order
from engine.state import (
    CASH_IN_LIEU,
    DELISTED,
    DELISTING,
    FILL,
    KINDS,
    LATE,
    NEW_TARGET,
    NONE,
    NOT_ENOUGH_CASH,
    NOT_HELD,
    SPLIT,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
    State,
)

REASONS = {
    NOT_ENOUGH_CASH: "not enough cash",
    NOT_HELD: "more than is held",
    UNDER_ONE_LOT: "less than one lot to trade",
    UNDER_MIN_TRADE: "less than the smallest trade",
    NEW_TARGET: "a new target replaces it",
    LATE: "late",
    DELISTED: "delisted",
}
ALL = range(len(KINDS))
TRADES = (FILL, DELISTING)
SCALE_CHANGES = (SPLIT, CASH_IN_LIEU)
DELISTING_ID = KINDS[DELISTING]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the account or to an order; amounts in units.

    kind: one of `engine.state.KINDS`. quantity, cash: by how much it changed them.
    price: of a fill, raw; a split's new shares for one old; the cash for each share of a dividend
        or a delisting.
    reason: why an order was not filled; "late" where an action was seen after its ex-date.
    asked: what an unfilled order would have needed; its amount once a split adjusted it.
    """

    row: int
    session: date
    time: int
    kind: str
    symbol: str
    order_id: str | None
    quantity: int
    price: float
    cash: int
    reason: str | None
    asked: int


def told_orders(state: State, market: Market, opening: Account) -> tuple[Order, ...]:
    """Return every order asked for, those that came with the opening account first."""
    table, came, symbols = state.orders, len(opening.waiting), market.symbols
    columns = (table.row, table.symbol, table.number, table.side, table.sizing, table.amount)
    rows = zip(*(column[came : int(table.used[0])].tolist() for column in columns), strict=True)
    asked = (
        Order(
            id=f"{market.name_of(row)}-{symbols[symbol]}-{number}",
            symbol=symbols[symbol],
            side=SIDES[side],
            sizing=SIZINGS[sizing],
            amount=amount,
        )
        for row, symbol, number, side, sizing, amount in rows
    )
    return (*opening.waiting, *asked)


def told_fills(state: State, market: Market, orders: tuple[Order, ...]) -> tuple[Fill, ...]:
    """Return every simulated trade in order, delistings of what was held among them."""
    events, at = state.events, events_of(state, *TRADES)
    columns = (
        *(events.row, events.symbol, events.order, events.quantity, events.price),
        *(events.commission, events.slippage, events.pnl),
    )
    rows = zip(*(column[at].tolist() for column in columns), strict=True)
    sessions, opens = (
        market.sessions[events.row[at]].tolist(),
        market.opens[events.row[at]].tolist(),
    )
    return tuple(
        Fill(
            row=row,
            session=session,
            time=time,
            symbol=market.symbols[symbol],
            side="buy" if change > 0 else "sell",
            quantity=abs(change),
            price=price / UNIT,
            commission=commission,
            slippage=slippage,
            pnl=None if pnl == NONE else pnl,
            order_id=orders[order].id if order >= 0 else DELISTING_ID,
        )
        for (row, symbol, order, change, price, commission, slippage, pnl), session, time in zip(
            rows, sessions, opens, strict=True
        )
    )


def told_events(
    state: State, market: Market, orders: tuple[Order, ...], kinds: Sequence[int] = ALL
) -> tuple[Event, ...]:
    """Return everything that happened of these kinds, in order."""
    return tuple(_event(state, market, orders, at) for at in events_of(state, *kinds))


def events_of(state: State, *kinds: int) -> list[int]:
    """Return the places of the events of these kinds."""
    found = np.isin(state.events.kind[: int(state.events.used[0])], kinds)
    return [int(at) for at in np.flatnonzero(found)]


def _event(state: State, market: Market, orders: tuple[Order, ...], at: int) -> Event:
    events, row = state.events, int(state.events.row[at])
    order = int(events.order[at])
    return Event(
        row=row,
        session=market.sessions[row].item(),
        time=int(market.opens[row]),
        kind=KINDS[events.kind[at]],
        symbol=market.symbols[events.symbol[at]],
        order_id=orders[order].id if order >= 0 else None,
        quantity=int(events.quantity[at]),
        price=int(events.price[at]) / UNIT,
        cash=int(events.cash[at]),
        reason=REASONS.get(int(events.reason[at])),
        asked=int(events.asked[at]),
    )
