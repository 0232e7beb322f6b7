"""What a fill brings with it: a position's exits, the end of an order and of its group."""

from engine.booking import book_exit, book_order, new_event
from engine.orders import NO_ORDER
from engine.prices import Prices
from engine.sizes import moved, slipped
from engine.state import (
    CANCEL,
    CLOSED,
    GROUP_FILLED,
    NO_REASON,
    PROTECTED,
    TAKE_PROFIT,
    TRAIL,
    Rules,
    State,
)
from engine.waiting import end


def fill_order(
    state: State, prices: Prices, rules: Rules, row: int, i: int, fill: tuple[int, int]
) -> None:
    """Fill units of a waiting order at the price it has now.

    fill: units, signed, and the row from which the take-profit it brings is live.
    """
    units, since = fill
    symbol, order = int(state.waiting.symbol[i]), int(state.waiting.order[i])
    before, held = int(state.waiting.price[i]), int(state.quantity[symbol])
    first = held == 0 or state.waiting.filled[i] == 0
    price = slipped(state, prices, rules, row, i, (float(units), float(units)))
    book_order(state, rules, row, i, (units, price, before))
    if first and (held == 0 or (held > 0) == (units > 0)):
        _protect_entry(state, row, (symbol, order, price, since))
    if state.waiting.left[i] == 0:
        state.waiting.order[i], state.waiting.price[i] = NO_ORDER, 0
    settle(state, row, symbol)
    _end_group(state, row, order)


def fill_exit(
    state: State, prices: Prices, rules: Rules, at: tuple[int, int], fill: tuple[int, int, int]
) -> None:
    """Close units of a position without an order; at: row, symbol.

    fill: units, signed; price before slippage; reason. A take-profit is not moved by slippage.
    """
    (row, symbol), (units, before, reason) = at, fill
    price = before
    if reason != TAKE_PROFIT:
        price = moved(prices, rules, at, before, (float(units), float(units)))
    order = int(state.brackets.order[symbol])
    book_exit(state, rules, row, symbol, (units, price, before, reason, order))
    settle(state, row, symbol)


def _protect_entry(state: State, row: int, entry: tuple[int, int, int, int]) -> None:
    """Give a position the exits of the order that entered it; entry: symbol, order, price, since.

    Its first fill brings them; what was changed since stays. An order without any changes nothing.
    """
    symbol, order, price, since = entry
    orders = state.orders
    some = orders.stop_loss[order] + orders.take_profit[order] + orders.trailing[order]
    if some > 0:
        protect(state, row, (symbol, order, price, since))


def protect(state: State, row: int, exits: tuple[int, int, int, int]) -> None:
    """Attach an order's exits to a position; exits: symbol, order, best price, row they begin."""
    symbol, order, best, since = exits
    orders, brackets = state.orders, state.brackets
    brackets.order[symbol] = order
    brackets.stop_loss[symbol] = orders.stop_loss[order]
    brackets.take_profit[symbol] = orders.take_profit[order]
    brackets.trailing[symbol] = orders.trailing[order]
    brackets.since[symbol], brackets.exiting[symbol] = since, NO_REASON
    brackets.best[symbol] = best if orders.trailing[order] > 0 else 0
    at = new_event(state, row, PROTECTED, symbol, order)
    state.events.asked[at] = brackets.best[symbol]


def follow_position(state: State, row: int, symbol: int, best: int) -> None:
    """Let a position's trailing stop follow a new best price."""
    if state.brackets.best[symbol] != best:
        state.brackets.best[symbol] = best
        at = new_event(state, row, TRAIL, symbol, NO_ORDER)
        state.events.asked[at] = best


def settle(state: State, row: int, symbol: int) -> None:
    """Once nothing is held, forget the position's exits and end what could only reduce it."""
    if state.quantity[symbol] != 0:
        return
    forget_exits(state, symbol)
    for i in range(int(state.waiting.used[0])):
        order = int(state.waiting.order[i])
        if order >= 0 and state.waiting.symbol[i] == symbol and state.orders.reduce[order]:
            end(state, row, i, CANCEL, CLOSED)


def forget_exits(state: State, symbol: int) -> None:
    """Leave a symbol without exits of its own."""
    brackets = state.brackets
    brackets.order[symbol] = NO_ORDER
    brackets.stop_loss[symbol] = brackets.take_profit[symbol] = brackets.trailing[symbol] = 0
    brackets.best[symbol] = brackets.since[symbol] = 0
    brackets.exiting[symbol] = NO_REASON


def _end_group(state: State, row: int, filled: int) -> None:
    """End the others of a group of which one was filled."""
    group = int(state.orders.group[filled])
    if group == NO_ORDER:
        return
    for i in range(int(state.waiting.used[0])):
        order = int(state.waiting.order[i])
        if order >= 0 and order != filled and state.orders.group[order] == group:
            end(state, row, i, CANCEL, GROUP_FILLED)
