"""What the arrays of a run tell: its orders, its fills and everything else that happened."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.account import Account
from engine.fills import Fill
from engine.market import Market
from engine.money import UNIT
from engine.orders import SIDES, SIZINGS, Order
from engine.state import (
    FILL,
    KINDS,
    NEW_TARGET,
    NONE,
    NOT_ENOUGH_CASH,
    NOT_HELD,
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
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the account or to an order; amounts in units.

    kind: one of `engine.state.KINDS`. quantity, cash: by how much it changed them.
    price: of a fill, raw; a split's new shares for one old; a dividend's cash for each share.
    reason: why an order was not filled.
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
    table, came = state.orders, len(opening.waiting)
    sessions, symbols = market.sessions, market.symbols
    asked = (
        Order(
            id=f"{sessions[table.row[at]]}-{symbols[table.symbol[at]]}-{table.number[at]}",
            symbol=symbols[table.symbol[at]],
            side=SIDES[table.side[at]],
            sizing=SIZINGS[table.sizing[at]],
            amount=int(table.amount[at]),
        )
        for at in range(came, int(table.used[0]))
    )
    return (*opening.waiting, *asked)


def told_fills(state: State, market: Market, orders: tuple[Order, ...]) -> tuple[Fill, ...]:
    """Return every simulated trade, in order."""
    return tuple(_fill(state, market, orders, at) for at in events_of(state, FILL))


def told_events(state: State, market: Market, orders: tuple[Order, ...]) -> tuple[Event, ...]:
    """Return everything that happened, in order."""
    used = int(state.events.used[0])
    return tuple(_event(state, market, orders, at) for at in range(used))


def events_of(state: State, *kinds: int) -> list[int]:
    """Return the places of the events of these kinds."""
    found = np.isin(state.events.kind[: int(state.events.used[0])], kinds)
    return [int(at) for at in np.flatnonzero(found)]


def _fill(state: State, market: Market, orders: tuple[Order, ...], at: int) -> Fill:
    events, row = state.events, int(state.events.row[at])
    change, pnl = int(events.quantity[at]), int(events.pnl[at])
    return Fill(
        row=row,
        session=market.sessions[row].item(),
        time=int(market.opens[row]),
        symbol=market.symbols[events.symbol[at]],
        side="buy" if change > 0 else "sell",
        quantity=abs(change),
        price=int(events.price[at]) / UNIT,
        commission=int(events.commission[at]),
        slippage=int(events.slippage[at]),
        pnl=None if pnl == NONE else pnl,
        order_id=orders[events.order[at]].id,
    )


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
