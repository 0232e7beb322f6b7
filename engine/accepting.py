"""What becomes of the orders asked for at a close: they wait, cancel, replace or protect."""

from engine.booking import new_event
from engine.filling import protect
from engine.marks import marked
from engine.orders import CANCEL, NO_ORDER, PROTECT, TARGET
from engine.prices import Prices
from engine.sizes import size
from engine.state import (
    ASKED_TO,
    CLOSED,
    CLOSING,
    DELISTED,
    EQUITY,
    IS_RUINED,
    NEW_TARGET,
    PHASE,
    REJECT,
    REPLACED,
    RUINED,
    SIZED,
    Rules,
    State,
)
from engine.triggers import trigger
from engine.waiting import cancel_order, cancel_replaced, drop_done, follow, wait


def accept(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Take in the orders asked for by the close of a row."""
    order = int(state.next_order[0])
    state.flags[PHASE] = CLOSING
    while order < state.orders.used[0] and state.orders.row[order] <= row:
        _take_in(state, prices, rules, row, order)
        order += 1
    state.next_order[0] = order


def asked_at(state: State, row: int) -> int:
    """How many orders not yet accepted were asked for by the close of a row."""
    at = first = int(state.next_order[0])
    while at < state.orders.used[0] and state.orders.row[at] <= row:
        at += 1
    return at - first


def _take_in(state: State, prices: Prices, rules: Rules, row: int, order: int) -> None:
    orders, symbol = state.orders, int(state.orders.symbol[order])
    side, replaced = int(orders.side[order]), int(orders.replaces[order])
    if state.flags[IS_RUINED]:
        _refuse(state, row, order, RUINED)
    elif prices.delisted[row, symbol] and side != CANCEL:
        _refuse(state, row, order, DELISTED)
    elif side == CANCEL:
        cancel_order(state, row, replaced, ASKED_TO)
    elif side == PROTECT:
        _protect(state, prices, row, order)
    else:
        best, triggered = _handed_on(state, order, replaced)
        if replaced != NO_ORDER:
            cancel_order(state, row, replaced, REPLACED)
        if side == TARGET and not orders.reduce[order]:
            cancel_replaced(state, row, symbol, NEW_TARGET)
        at = wait(state, prices, row, order)
        if best > 0 and best != state.waiting.best[at]:
            follow(state, row, at, best)
        if triggered:
            trigger(state, row, at, (int(state.waiting.stop[at]), 1))
        if rules.size_at_decision:
            _size_now(state, prices, rules, row, at)


def _handed_on(state: State, order: int, replaced: int) -> tuple[int, int]:
    """What an order takes over whose stop is the replaced one's: best price, whether triggered."""
    orders, waiting = state.orders, state.waiting
    for i in range(int(waiting.used[0])):
        if replaced != NO_ORDER and waiting.order[i] == replaced:
            trails = orders.trail[order], orders.trail_share[order]
            same = trails == (orders.trail[replaced], orders.trail_share[replaced])
            same = same and orders.stop[order] == orders.stop[replaced]
            if same and orders.type[order] == orders.type[replaced]:
                return int(waiting.best[i]), int(waiting.triggered[i])
    return 0, 0


def _refuse(state: State, row: int, order: int, reason: int) -> None:
    at = new_event(state, row, REJECT, int(state.orders.symbol[order]), order)
    state.events.reason[at] = reason


def _protect(state: State, prices: Prices, row: int, order: int) -> None:
    symbol = int(state.orders.symbol[order])
    if state.quantity[symbol] == 0:
        _refuse(state, row, order, CLOSED)
    else:
        protect(state, row, (symbol, order, int(prices.close[row, symbol]), row + 1))


def _size_now(state: State, prices: Prices, rules: Rules, row: int, i: int) -> None:
    """Fix an order's units at the close that decides on it."""
    symbol, order = int(state.waiting.symbol[i]), int(state.waiting.order[i])
    state.money[EQUITY] = marked(state, rules, prices.close[row])[0]
    state.waiting.price[i] = prices.close[row, symbol]
    if prices.close[row, symbol] == 0 or state.orders.reduce[order]:
        state.waiting.price[i] = 0
        return
    if size(state, prices, rules, row, i):
        at = new_event(state, row, SIZED, symbol, order)
        state.events.asked[at] = state.waiting.left[i]
        state.waiting.price[i] = 0
    drop_done(state)
