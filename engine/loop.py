"""The one loop: the life of a bar, in its order.

Plain functions over arrays, without objects, so that they can be compiled as they stand.
"""

from engine.accepting import accept, asked_at
from engine.actions import book_actions
from engine.bar import play_close, play_inside, play_open
from engine.brackets import has_exits
from engine.margin import accrued, book_accrued, check_margin, liquidate
from engine.marks import is_watched
from engine.prices import Prices
from engine.state import (
    CASH,
    CLOSING,
    FREED,
    INSIDE,
    LIQUIDATING,
    OPENING,
    OVERFLOWN,
    PHASE,
    SAME_CLOSE,
    TRADED_ROW,
    Rules,
    State,
)
from engine.waiting import any_timed, expire

TOO_LARGE = -1


def advance(state: State, prices: Prices, rules: Rules, start: int, stop: int) -> int:
    """Play the rows from `start` to before `stop`; the state changes in place.

    Returns the row it stopped before: `stop`, or an earlier one when a table ran short of room
    (give it more, and go on there); TOO_LARGE when an amount grew beyond what can be counted.
    """
    row = next_busy(state, prices, start, stop)
    while row < stop:
        if not has_room(state, prices, row):
            return row
        play(state, prices, rules, row)
        decide(state, prices, rules, row)
        if state.flags[OVERFLOWN]:
            return TOO_LARGE
        row = next_busy(state, prices, row + 1, stop)
    return stop


def play(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Play one bar up to its close: actions, open, inside, close, interest and margin."""
    state.flags[PHASE], state.flags[TRADED_ROW], state.money[FREED] = OPENING, row, 0
    for symbol in range(len(state.quantity)):
        state.traded[symbol] = 0
    watched, carried = is_watched(state), int(state.money[CASH])
    if prices.has_action[row]:
        book_actions(state, prices, rules, row)
    owed = accrued(state, prices, rules, row, carried)
    if state.flags[LIQUIDATING]:
        liquidate(state, prices, rules, row)
    if state.waiting.used[0] > 0 or _any_exits(state):
        _trade(state, prices, rules, row)
    state.flags[PHASE] = CLOSING
    book_accrued(state, row, owed)
    if watched or is_watched(state) or prices.has_action[row]:
        check_margin(state, prices, rules, row)


def _trade(state: State, prices: Prices, rules: Rules, row: int) -> None:
    expire(state, prices, row, OPENING)
    play_open(state, prices, rules, row)
    if state.waiting.used[0] == 0 and not _any_exits(state):
        return  # all was filled at the open, as on most bars
    expire(state, prices, row, INSIDE)
    play_inside(state, prices, rules, row)
    play_close(state, prices, rules, row)
    expire(state, prices, row, CLOSING)


def decide(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Take in what was decided at a bar's close, and fill what is filled at that close."""
    asked = asked_at(state, row)
    accept(state, prices, rules, row)
    if asked > 0 and rules.fill == SAME_CLOSE:
        if state.flags[TRADED_ROW] != row:
            state.flags[TRADED_ROW], state.money[FREED] = row, 0
            for symbol in range(len(state.quantity)):
                state.traded[symbol] = 0
        play_close(state, prices, rules, row)


def next_busy(state: State, prices: Prices, start: int, stop: int) -> int:
    """The first row from `start` on at which anything can happen; `stop` when there is none.

    That is an action, a bar of a symbol for which an order waits or whose position has exits of
    its own, an order asked for, and every row while margin or an order's time is at stake.
    """
    if start >= stop:
        return stop
    if is_watched(state) or state.flags[LIQUIDATING] or any_timed(state):
        return start
    row, waiting, at = int(prices.next_action[start]), state.waiting, int(state.next_order[0])
    for i in range(int(waiting.used[0])):
        row = min(row, int(prices.next_listed[start, waiting.symbol[i]]))
    for symbol in range(len(state.quantity)):
        if has_exits(state, symbol):
            row = min(row, int(prices.next_listed[start, symbol]))
    if at < state.orders.used[0]:
        row = min(row, int(state.orders.row[at]))
    return min(max(row, start), stop)


def _any_exits(state: State) -> bool:
    found = False
    for symbol in range(len(state.quantity)):
        found = found or has_exits(state, symbol)
    return found


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
    return 16 * len(state.quantity) + 10 * orders + late * (1 + orders) + 8, asked
