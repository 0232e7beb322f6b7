"""The one loop: the life of a bar, in its order.

Plain functions over arrays, without objects, so that they can be compiled as they stand.
"""

from engine.actions import book_actions
from engine.booking import book_buy, book_sell, new_event, refuse
from engine.fills import market_price
from engine.market import Prices
from engine.orders import TARGET
from engine.sizes import holdings_value, plan_increases, too_small, wished_change
from engine.state import (
    CANCEL,
    CASH,
    EQUITY,
    NEW_TARGET,
    NOT_HELD,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
    Rules,
    State,
)


def advance(state: State, prices: Prices, rules: Rules, start: int, stop: int) -> int:
    """Play the rows from `start` to before `stop`; the state changes in place.

    Returns the row it stopped before: `stop`, or an earlier one when a table ran short of room
    (give it more, and go on there).
    """
    for row in range(start, stop):
        if not has_room(state, row):
            return row
        if prices.has_action[row]:
            book_actions(state, prices, rules, row)
        if state.waiting.used[0] > 0:
            fill_at_open(state, prices, rules, row)
        accept(state, row)
    return stop


def has_room(state: State, row: int) -> bool:
    """Whether the tables can take the most that one row may bring."""
    waiting, asked = int(state.waiting.used[0]), asked_at(state, row)
    events = 3 * len(state.quantity) + 2 * (waiting + asked)
    return int(state.events.used[0]) + events <= len(state.events.row) and waiting + asked <= len(
        state.waiting.order
    )


def asked_at(state: State, row: int) -> int:
    """How many orders not yet accepted were asked for by the close of a row."""
    at = first = int(state.next_order[0])
    while at < state.orders.used[0] and state.orders.row[at] <= row:
        at += 1
    return at - first


def fill_at_open(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Fill what waits for this open: reductions, then increases, each in symbol order."""
    held = holdings_value(state.quantity, prices.open[row])
    state.money[EQUITY] = state.money[CASH] + held
    for i in range(int(state.waiting.used[0])):
        if prices.listed[row, state.waiting.symbol[i]]:
            _reduce(state, rules, row, i, int(prices.open[row, state.waiting.symbol[i]]))
    plan_increases(state, prices, rules, row)
    for i in range(int(state.waiting.used[0])):
        if state.waiting.lots[i] > 0:
            open_price = int(prices.open[row, state.waiting.symbol[i]])
            units = int(state.waiting.lots[i]) * rules.lot
            book_buy(state, rules, row, i, (units, open_price))
    _drop_done(state)


def _reduce(state: State, rules: Rules, row: int, i: int, open_price: int) -> None:
    price = market_price(open_price, -1, rules.slippage_bps)
    wish = wished_change(state, rules, i, price)
    if wish >= 0:
        return
    held = int(state.quantity[state.waiting.symbol[i]])
    units = held if wish == -held else int(-wish / rules.lot) * rules.lot
    if units == 0:
        refuse(state, row, i, UNDER_ONE_LOT, int(-wish))
    elif units > held:
        refuse(state, row, i, NOT_HELD, units)
    elif too_small(state, rules, i, (wish, price)):
        refuse(state, row, i, UNDER_MIN_TRADE, units)
    else:
        book_sell(state, rules, row, i, (units, open_price))


def accept(state: State, row: int) -> None:
    """Let the orders asked for by the close of a row wait for their next open."""
    for _ in range(asked_at(state, row)):
        order = int(state.next_order[0])
        state.next_order[0] = order + 1
        if state.orders.side[order] == TARGET:
            _cancel(state, row, int(state.orders.symbol[order]))
        _wait(state, order)


def _cancel(state: State, row: int, symbol: int) -> None:
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.symbol[i] == symbol:
            at = new_event(state.events, row, CANCEL, symbol, int(waiting.order[i]))
            state.events.reason[at] = NEW_TARGET
            waiting.order[i] = -1
    _drop_done(state)


def _wait(state: State, order: int) -> None:
    waiting, symbol = state.waiting, int(state.orders.symbol[order])
    at = int(waiting.used[0])
    while at > 0 and waiting.symbol[at - 1] > symbol:
        _move(state, at - 1, at)
        at -= 1
    waiting.order[at], waiting.symbol[at] = order, symbol
    waiting.amount[at] = state.orders.amount[order]
    waiting.used[0] += 1


def _drop_done(state: State) -> None:
    kept = 0
    for i in range(int(state.waiting.used[0])):
        if state.waiting.order[i] >= 0:
            _move(state, i, kept)
            kept += 1
    state.waiting.used[0] = kept


def _move(state: State, source: int, to: int) -> None:
    waiting = state.waiting
    waiting.order[to], waiting.symbol[to] = waiting.order[source], waiting.symbol[source]
    waiting.amount[to] = waiting.amount[source]
