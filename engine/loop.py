"""The one loop: the life of a bar, in its order.

Plain functions over arrays, without objects, so that they can be compiled as they stand.
"""

from engine.actions import book_actions
from engine.booking import book_buy, book_sell, refuse
from engine.fills import market_price
from engine.orders import TARGET
from engine.prices import Prices
from engine.sizes import holdings_value, plan_increases, too_small, wished_change
from engine.state import (
    CASH,
    EQUITY,
    NEW_TARGET,
    NOT_HELD,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
    Rules,
    State,
)
from engine.waiting import cancel, drop_done, wait


def advance(state: State, prices: Prices, rules: Rules, start: int, stop: int) -> int:
    """Play the rows from `start` to before `stop`; the state changes in place.

    Returns the row it stopped before: `stop`, or an earlier one when a table ran short of room
    (give it more, and go on there).
    """
    row = next_busy(state, prices, start, stop)
    while row < stop:
        if not has_room(state, prices, row):
            return row
        if prices.has_action[row]:
            book_actions(state, prices, rules, row)
        if state.waiting.used[0] > 0:
            fill_at_open(state, prices, rules, row)
        accept(state, row)
        row = next_busy(state, prices, row + 1, stop)
    return stop


def next_busy(state: State, prices: Prices, start: int, stop: int) -> int:
    """The first row from `start` on at which anything can happen; `stop` when there is none.

    That is an action, a bar of a symbol for which an order waits, or an order asked for.
    """
    if start >= stop:
        return stop
    row, waiting, at = int(prices.next_action[start]), state.waiting, int(state.next_order[0])
    for i in range(int(waiting.used[0])):
        row = min(row, int(prices.next_listed[start, waiting.symbol[i]]))
    if at < state.orders.used[0]:
        row = min(row, int(state.orders.row[at]))
    return min(max(row, start), stop)


def has_room(state: State, prices: Prices, row: int) -> bool:
    """Whether the tables can take the most that one row may bring."""
    events, waiting = room_for(state, prices, row)
    free = len(state.events.row) - int(state.events.used[0])
    return events <= free and int(state.waiting.used[0]) + waiting <= len(state.waiting.order)


def room_for(state: State, prices: Prices, row: int) -> tuple[int, int]:
    """The most that one row may bring: events, and orders that wait."""
    asked, late = asked_at(state, row), 0
    for at in range(len(prices.late.row)):
        late += prices.late.row[at] == row
    orders = int(state.waiting.used[0]) + asked
    return 4 * len(state.quantity) + 2 * orders + late * (1 + orders), asked


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
    drop_done(state)


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
    order = int(state.next_order[0])
    while order < state.orders.used[0] and state.orders.row[order] <= row:
        if state.orders.side[order] == TARGET and state.waiting.used[0] > 0:
            cancel(state, row, int(state.orders.symbol[order]), NEW_TARGET)
        wait(state, order)
        order += 1
    state.next_order[0] = order
