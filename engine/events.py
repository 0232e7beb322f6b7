"""What the arrays of a run tell: its fills and everything else that happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.account import Account
from engine.fills import Fill
from engine.market import Market
from engine.money import UNIT
from engine.order_values import Order
from engine.orders import NO_ORDER
from engine.reasons import OWN_FILLS, REASONS
from engine.state import (
    ASKED_TO,
    CASH_IN_LIEU,
    CLOSING,
    DELISTING,
    FILL,
    KINDS,
    NEW_TARGET,
    NONE,
    REPLACED,
    SPLIT,
    State,
)

ALL = range(len(KINDS))
TRADES = (FILL, DELISTING)
SCALE_CHANGES = (SPLIT, CASH_IN_LIEU)
DELISTING_ID = KINDS[DELISTING]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the account or to an order; amounts in units.

    time: of the row's open, or of its close for what happens there; seconds since 1970 UTC.
    kind: one of `engine.state.KINDS`. symbol: empty where it is of the whole account.
    quantity, cash: by how much it changed them.
    price: of a fill, raw; a split's new shares for one old; the cash for each share of a dividend
        or a delisting.
    reason: why an order was filled or not; "late" where an action was seen after its ex-date.
    asked: what an unfilled order would have needed; its amount once a split adjusted it; what is
        left of it after a fill; the price of a trigger, and the best one that is trailed.
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


def told_fills(
    state: State, market: Market, orders: tuple[Order, ...], opening: Account
) -> tuple[Fill, ...]:
    """Return every simulated trade in order, delistings of what was held among them."""
    events, at = state.events, events_of(state, *TRADES)
    told = (
        *(events.row, events.symbol, events.order, events.quantity, events.price),
        *(events.commission, events.slippage, events.pnl, events.kind, events.reason),
    )
    columns = [column[at].tolist() for column in told]
    sessions = market.sessions[events.row[at]].tolist()
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
            order_id=(
                DELISTING_ID
                if kind == DELISTING
                else _behind((order, reason), market, orders, opening) or ""
            ),
            reason=None if kind == DELISTING else REASONS.get(reason),
        )
        for (
            row,
            symbol,
            order,
            change,
            price,
            commission,
            slippage,
            pnl,
            kind,
            reason,
            session,
            time,
        ) in zip(*columns, sessions, _times(state, market, at), strict=True)
    )


def told_events(
    state: State,
    market: Market,
    orders: tuple[Order, ...],
    opening: Account,
    kinds: Sequence[int] = ALL,
    first: int = 0,
) -> tuple[Event, ...]:
    """Return everything that happened of these kinds, in order; first: the event to begin with."""
    at = [one for one in events_of(state, *kinds) if one >= first]
    times = _times(state, market, at)
    return tuple(
        _event(state, market, _behind(_source(state, one), market, orders, opening), (one, time))
        for one, time in zip(at, times, strict=True)
    )


def events_of(state: State, *kinds: int) -> list[int]:
    """Return the places of the events of these kinds."""
    found = np.isin(state.events.kind[: int(state.events.used[0])], kinds)
    return [int(at) for at in np.flatnonzero(found)]


def after_asking(state: State) -> list[bool]:
    """Say of each event whether it came of what was asked for at that row's close."""
    events, used = state.events, int(state.events.used[0])
    rows, orders, asked = events.row[:used], events.order[:used], np.append(state.orders.row, -1)
    own = (orders >= 0) & (asked[orders.clip(0)] == rows)
    caused = own | np.isin(events.reason[:used], (NEW_TARGET, ASKED_TO, REPLACED))
    since: dict[int, int] = {}
    for at in np.flatnonzero(caused).tolist():
        since.setdefault(int(rows[at]), at)
    return [at >= since.get(row, used) for at, row in enumerate(rows.tolist())]


def _times(state: State, market: Market, at: list[int]) -> list[int]:
    rows, closing = state.events.row[at], state.events.phase[at] == CLOSING
    return list(np.where(closing, market.closes[rows], market.opens[rows]).tolist())


def _source(state: State, at: int) -> tuple[int, int]:
    return int(state.events.order[at]), int(state.events.reason[at])


def _behind(
    source: tuple[int, int], market: Market, orders: tuple[Order, ...], opening: Account
) -> str | None:
    """The id of what stands behind an event; source: its order and its reason."""
    order, reason = source
    if order >= 0:
        return orders[order].id
    if order == NO_ORDER:
        return OWN_FILLS.get(reason)
    bracket = opening.positions[market.symbols[-2 - order]].bracket
    return None if bracket is None else bracket.order


def _event(state: State, market: Market, order_id: str | None, at: tuple[int, int]) -> Event:
    events, (place, time) = state.events, at
    row, symbol = int(events.row[place]), int(events.symbol[place])
    return Event(
        row=row,
        session=market.sessions[row].item(),
        time=time,
        kind=KINDS[events.kind[place]],
        symbol=market.symbols[symbol] if symbol >= 0 else "",
        order_id=order_id,
        quantity=int(events.quantity[place]),
        price=int(events.price[place]) / UNIT,
        cash=int(events.cash[place]),
        reason=REASONS.get(int(events.reason[place])),
        asked=int(events.asked[place]),
    )
