"""One bar, part by part: what is filled at its open, inside it and at its close."""

from engine.booking import is_listed
from engine.brackets import (
    exit_at_open,
    has_exits,
    raise_trailing,
    stop_inside_bar,
    take_profit_inside,
)
from engine.buying import increase
from engine.filling import fill_order
from engine.marks import marked, set_budget
from engine.money import Ints
from engine.orders import TRAILING
from engine.prices import Prices
from engine.sizes import room, size
from engine.state import CLOSING, EQUITY, FREED, INSIDE, NONE, OPENING, PHASE, Rules, State
from engine.triggers import (
    direction_of,
    go_on_at_market,
    limit_inside,
    price_at_close,
    price_at_open,
    settle_triggers,
    stop_inside,
)
from engine.waiting import drop_done, follow


def play_open(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Fill what the open fills: reductions, then increases, each in symbol order."""
    state.flags[PHASE], state.money[FREED] = OPENING, 0
    marks, waiting = prices.open[row], state.waiting
    state.money[EQUITY] = marked(state, rules, marks)[0]
    for i in range(int(waiting.used[0])):
        waiting.price[i] = 0
        if room(state, prices, rules, row, int(waiting.symbol[i])) > 0:
            waiting.price[i] = price_at_open(state, prices, rules, row, i)
    _size_and_reduce(state, prices, rules, row)
    for symbol in range(len(state.quantity)):
        exit_at_open(state, prices, rules, row, symbol)
    set_budget(state, rules, marks, 0)
    _increase(state, prices, rules, row, (marks, row))


def play_inside(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Fill what the bar's range fills: stop-losses, other stops, then limits."""
    state.flags[PHASE] = INSIDE
    for symbol in range(len(state.quantity)):
        if has_exits(state, symbol):
            stop_inside_bar(state, prices, rules, (row, symbol), 0)
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.order[i] >= 0 and is_listed(prices, row, int(waiting.symbol[i])):
            _stop_inside(state, prices, rules, row, i)
    for symbol in range(len(state.quantity)):
        if has_exits(state, symbol):
            take_profit_inside(state, prices, rules, row, symbol)
    for i in range(int(waiting.used[0])):
        if _may_fill(state, prices, rules, row, i):
            _fill_inside(state, prices, rules, row, (i, limit_inside(state, prices, rules, row, i)))
    _follow(state, prices, rules, row)
    settle_triggers(state)
    drop_done(state)


def play_close(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Fill what the close fills; cash freed inside the bar is not spent."""
    state.flags[PHASE] = CLOSING
    marks, waiting, some = prices.close[row], state.waiting, False
    state.money[EQUITY] = marked(state, rules, marks)[0]
    for i in range(int(waiting.used[0])):
        waiting.price[i] = 0
        if room(state, prices, rules, row, int(waiting.symbol[i])) > 0:
            waiting.price[i] = price_at_close(state, prices, rules, row, i)
            some = some or waiting.price[i] > 0
    if some:
        _size_and_reduce(state, prices, rules, row)
        set_budget(state, rules, marks, int(state.money[FREED]))
        _increase(state, prices, rules, row, (marks, row + 1))


def _size_and_reduce(state: State, prices: Prices, rules: Rules, row: int) -> None:
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.price[i] > 0:
            size(state, prices, rules, row, i)
    for i in range(int(waiting.used[0])):
        if waiting.price[i] > 0:
            _reduce(state, prices, rules, row, i)


def _reduce(state: State, prices: Prices, rules: Rules, row: int, i: int) -> None:
    """Fill the part of an order that reduces the holding."""
    symbol, left = int(state.waiting.symbol[i]), int(state.waiting.left[i])
    held = int(state.quantity[symbol])
    if left == 0 or held == 0 or (left > 0) == (held > 0):
        return
    units = min(abs(left), abs(held), room(state, prices, rules, row, symbol))
    if units > 0:
        price = int(state.waiting.price[i])
        fill_order(state, prices, rules, row, i, (units if left > 0 else -units, row))
        go_on_at_market(state, row, i, price)


def _increase(state: State, prices: Prices, rules: Rules, row: int, at: tuple[Ints, int]) -> None:
    """Fill what increases, as far as the budget goes; at: marks, row its take-profit is live."""
    marks, since = at
    increase(state, prices, rules, row, marks)
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.order[i] >= 0 and waiting.lots[i] > 0:
            _fill_given(state, prices, rules, row, i, since)
    for i in range(int(waiting.used[0])):
        _pass(state, rules, i)
    drop_done(state)


def _fill_given(state: State, prices: Prices, rules: Rules, row: int, i: int, since: int) -> None:
    """Fill what an order was given; first what reduces, where another order came in between."""
    waiting, price = state.waiting, int(state.waiting.price[i])
    given, sign = int(waiting.lots[i]), 1 if waiting.left[i] > 0 else -1
    held = int(state.quantity[waiting.symbol[i]])
    waiting.lots[i] = 0
    reduced = min(given, abs(held)) if (held > 0) != (sign > 0) else 0
    for units in (reduced, given - reduced):
        if units > 0 and waiting.order[i] >= 0:
            fill_order(state, prices, rules, row, i, (sign * units, since))
    go_on_at_market(state, row, i, price)


def _pass(state: State, rules: Rules, i: int) -> None:
    """Leave an order without a price; what nothing was filled of is sized anew where it may be."""
    waiting = state.waiting
    waiting.price[i], waiting.wish[i] = 0, 0.0
    if waiting.filled[i] == 0 and not rules.size_at_decision:
        waiting.left[i] = NONE


def _stop_inside(state: State, prices: Prices, rules: Rules, row: int, i: int) -> None:
    """Fill an order at its stop; where the bar's volume is spent it goes on at the next opens."""
    state.waiting.price[i] = 0
    price = stop_inside(state, prices, rules, row, i)
    if price > 0 and room(state, prices, rules, row, int(state.waiting.symbol[i])) == 0:
        go_on_at_market(state, row, i, price)
    else:
        _fill_inside(state, prices, rules, row, (i, price))


def _may_fill(state: State, prices: Prices, rules: Rules, row: int, i: int) -> bool:
    state.waiting.price[i] = 0
    waits = state.waiting.order[i] >= 0
    return waits and room(state, prices, rules, row, int(state.waiting.symbol[i])) > 0


def _fill_inside(state: State, prices: Prices, rules: Rules, row: int, at: tuple[int, int]) -> None:
    """Fill one order inside the bar; its stop-loss is tested at once, against the whole range."""
    i, price = at
    if price == 0:
        return
    waiting, symbol = state.waiting, int(state.waiting.symbol[i])
    waiting.price[i] = price
    if size(state, prices, rules, row, i):
        _reduce(state, prices, rules, row, i)
        if waiting.order[i] >= 0:
            _increase_inside(state, prices, rules, row, i)
    _pass(state, rules, i)
    if has_exits(state, symbol) and state.brackets.since[symbol] > row:
        stop_inside_bar(state, prices, rules, (row, symbol), price)


def _increase_inside(state: State, prices: Prices, rules: Rules, row: int, i: int) -> None:
    """Fill what is left of one order that increases; nothing else has a price now."""
    waiting, marks = state.waiting, prices.open[row].copy()
    marks[waiting.symbol[i]] = waiting.price[i]
    increase(state, prices, rules, row, marks)
    if waiting.order[i] >= 0 and waiting.lots[i] > 0:
        _fill_given(state, prices, rules, row, i, row + 1)


def _follow(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Let trailing stops follow the best price of this bar."""
    for symbol in range(len(state.quantity)):
        raise_trailing(state, prices, row, symbol)
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        order, symbol = int(waiting.order[i]), int(waiting.symbol[i])
        if order >= 0 and state.orders.type[order] == TRAILING and prices.listed[row, symbol]:
            best = int(waiting.best[i])
            if best == 0:
                reached = int(prices.close[row, symbol])
            elif direction_of(state, prices, rules, row, i) < 0:
                reached = max(best, int(prices.high[row, symbol]))
            else:
                reached = min(best, int(prices.low[row, symbol]))
            if reached != best:
                follow(state, row, i, reached)
