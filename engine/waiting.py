"""The orders that wait, kept by symbol and then by asking."""

from engine.booking import new_event
from engine.orders import AT_CLOSE, AT_OPEN, DAY, GTC, NO_ORDER, TRAILING
from engine.prices import Prices
from engine.state import CANCEL, CLOSING, EXPIRED, INSIDE, NONE, TRAIL, State


def wait(state: State, prices: Prices, row: int, order: int) -> int:
    """Let an order wait from a row's close on, and return its place. There must be room."""
    waiting, orders = state.waiting, state.orders
    at, symbol = int(waiting.used[0]), int(orders.symbol[order])
    while at > 0 and waiting.symbol[at - 1] > symbol:
        _move(state, at - 1, at)
        at -= 1
    waiting.used[0] += 1
    waiting.order[at], waiting.symbol[at] = order, symbol
    waiting.amount[at], waiting.left[at] = orders.amount[order], NONE
    waiting.filled[at] = waiting.value[at] = waiting.maker[at] = waiting.fee[at] = 0
    waiting.limit[at], waiting.stop[at] = orders.limit[order], orders.stop[order]
    waiting.trail[at], waiting.best[at] = orders.trail[order], 0
    waiting.triggered[at] = waiting.price[at] = waiting.lots[at] = 0
    waiting.wish[at] = 0.0
    next_session = orders.tif[order] in (DAY, AT_CLOSE) and prices.closes_session[row]
    waiting.session[at] = prices.session[row] + (1 if next_session else 0)
    if orders.type[order] == TRAILING:
        follow(state, row, at, int(prices.close[row, symbol]))
    return at


def follow(state: State, row: int, i: int, best: int) -> None:
    """Let a trailing stop follow a new best price."""
    waiting = state.waiting
    waiting.best[i] = best
    at = new_event(state, row, TRAIL, int(waiting.symbol[i]), int(waiting.order[i]))
    state.events.asked[at] = best


def end(state: State, row: int, i: int, kind: int, reason: int) -> int:
    """End a waiting order, and return its event; it is dropped by `drop_done`."""
    waiting = state.waiting
    at = new_event(state, row, kind, int(waiting.symbol[i]), int(waiting.order[i]))
    state.events.reason[at] = reason
    waiting.order[i], waiting.price[i], waiting.wish[i] = NO_ORDER, 0, 0.0
    return at


def cancel(state: State, row: int, symbol: int, reason: int) -> None:
    """End every order that waits for a symbol, or with symbol -1 all of them."""
    for i in range(int(state.waiting.used[0])):
        if state.waiting.order[i] >= 0 and symbol in (-1, int(state.waiting.symbol[i])):
            end(state, row, i, CANCEL, reason)
    drop_done(state)


def cancel_replaced(state: State, row: int, symbol: int, reason: int) -> None:
    """End what a new target takes the place of: all that may also increase."""
    for i in range(int(state.waiting.used[0])):
        order = int(state.waiting.order[i])
        if order >= 0 and state.waiting.symbol[i] == symbol and not state.orders.reduce[order]:
            end(state, row, i, CANCEL, reason)
    drop_done(state)


def cancel_order(state: State, row: int, order: int, reason: int) -> None:
    """End one order if it still waits."""
    end_order(state, row, order, reason)
    drop_done(state)


def end_order(state: State, row: int, order: int, reason: int) -> None:
    """End one order if it still waits, and leave its place: whoever goes through them goes on."""
    for i in range(int(state.waiting.used[0])):
        if order >= 0 and state.waiting.order[i] == order:
            end(state, row, i, CANCEL, reason)


def expire(state: State, prices: Prices, row: int, phase: int) -> None:
    """End the orders whose time is over: before the open, after it, or at the close of a bar.

    A missing bar is no excuse: what could only fill there expires with it.
    """
    for i in range(int(state.waiting.used[0])):
        order = int(state.waiting.order[i])
        if order >= 0 and _is_over(state, prices, row, (i, phase)):
            end(state, row, i, CANCEL, EXPIRED)
    drop_done(state)


def _is_over(state: State, prices: Prices, row: int, at: tuple[int, int]) -> bool:
    i, phase = at
    tif = int(state.orders.tif[state.waiting.order[i]])
    session, last = int(prices.session[row]), int(state.waiting.session[i])
    if tif == AT_OPEN:
        return phase == INSIDE and session > last
    if tif == GTC or phase == INSIDE:
        return False
    closed = phase == CLOSING and bool(prices.closes_session[row])
    return session > last or (closed and session == last)


def any_timed(state: State) -> bool:
    """Whether an order waits that does not wait for good."""
    found = False
    for i in range(int(state.waiting.used[0])):
        order = int(state.waiting.order[i])
        found = found or bool(order >= 0 and state.orders.tif[order] != GTC)
    return found


def drop_done(state: State) -> None:
    """Forget the orders that ended."""
    kept = 0
    for i in range(int(state.waiting.used[0])):
        if state.waiting.order[i] >= 0:
            if kept != i:
                _move(state, i, kept)
            kept += 1
    state.waiting.used[0] = kept


def _move(state: State, source: int, to: int) -> None:
    waiting = state.waiting
    waiting.order[to], waiting.symbol[to] = waiting.order[source], waiting.symbol[source]
    waiting.amount[to], waiting.left[to] = waiting.amount[source], waiting.left[source]
    waiting.filled[to], waiting.value[to] = waiting.filled[source], waiting.value[source]
    waiting.maker[to], waiting.fee[to] = waiting.maker[source], waiting.fee[source]
    waiting.limit[to], waiting.stop[to] = waiting.limit[source], waiting.stop[source]
    waiting.trail[to], waiting.best[to] = waiting.trail[source], waiting.best[source]
    waiting.triggered[to], waiting.session[to] = waiting.triggered[source], waiting.session[source]
    waiting.price[to], waiting.wish[to] = waiting.price[source], waiting.wish[source]
    waiting.lots[to] = waiting.lots[source]
