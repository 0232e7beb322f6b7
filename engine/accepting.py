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
from engine.waiting import cancel_order, cancel_replaced, drop_done, wait


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
    elif side == CANCEL:
        cancel_order(state, row, replaced, ASKED_TO)
    elif side == PROTECT:
        _protect(state, prices, row, order)
    else:
        if replaced != NO_ORDER:
            cancel_order(state, row, replaced, REPLACED)
        if side == TARGET and not orders.reduce[order]:
            cancel_replaced(state, row, symbol, NEW_TARGET)
        at = wait(state, prices, row, order)
        if rules.size_at_decision:
            _size_now(state, prices, rules, row, at)


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
    if prices.close[row, symbol] == 0:
        return
    if size(state, prices, rules, row, i):
        at = new_event(state, row, SIZED, symbol, order)
        state.events.asked[at] = state.waiting.left[i]
        state.waiting.price[i] = 0
    drop_done(state)
