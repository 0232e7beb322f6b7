"""Splits, dividends and delistings, booked before the open on what was held before the ex-date.

One that was seen after its ex-date is booked when it was seen. A dividend then pays on what was
held when its ex-date opened, sold since or not; a split multiplies what was held without
interruption since, and the orders by quantity that were asked for before it. Of a time before the
run's first row the account it opened with is all that is known.
"""

from engine.booking import book_cash, new_event, realise
from engine.filling import settle
from engine.late import held_at, held_since
from engine.money import LARGEST, UNIT, split_price, split_units, value_of, whole
from engine.orders import QUANTITY
from engine.prices import NOT_DELISTED, Prices
from engine.state import (
    ADJUST,
    CASH_IN_LIEU,
    DELISTED,
    DELISTING,
    DIVIDEND,
    LATE,
    NO_REASON,
    NONE,
    OVERFLOWN,
    SPLIT,
    Rules,
    State,
)
from engine.waiting import cancel, drop_done


def book_actions(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Book a row's actions: splits, then dividends, then cash for the fractions splits left.

    A delisting comes last. Each kind begins with what was seen late.
    """
    for symbol in range(len(state.quantity)):
        late = _book_late_splits(state, prices, row, symbol)
        ratio = float(prices.split[row, symbol])
        if ratio != 1.0:
            _split(state, row, symbol, ratio)
        _book_late_dividends(state, prices, rules, row, symbol)
        if prices.dividend[row, symbol] != 0 and state.quantity[symbol] != 0:
            held, amount = int(state.quantity[symbol]), int(prices.dividend[row, symbol])
            _pay_dividend(state, rules, row, symbol, (held, amount, NO_REASON))
        if late or ratio != 1.0:
            _pay_fraction(state, rules, row, symbol, int(prices.open[row, symbol]))
        if prices.delisting[row, symbol] != NOT_DELISTED:
            reason = LATE if _seen_late(prices, row, symbol) else NO_REASON
            _delist(state, rules, row, symbol, (int(prices.delisting[row, symbol]), reason))


def _book_late_splits(state: State, prices: Prices, row: int, symbol: int) -> bool:
    """Multiply what was held without interruption since; returns whether there was any split."""
    late, found = prices.late, False
    for at in range(len(late.row)):
        if late.row[at] == row and late.symbol[at] == symbol and late.ratio[at] != 1.0:
            ex_row, ratio = int(late.ex_row[at]), float(late.ratio[at])
            _adjust_orders(state, row, symbol, (ratio, ex_row))
            part = held_since(state, symbol, ex_row, row)
            if part != 0:
                _multiply(state, row, symbol, (part, ratio, LATE))
            found = True
    return found


def _book_late_dividends(state: State, prices: Prices, rules: Rules, row: int, symbol: int) -> None:
    late = prices.late
    for at in range(len(late.row)):
        if late.row[at] == row and late.symbol[at] == symbol and late.dividend[at] != 0:
            held = held_at(state, prices, symbol, int(late.ex_row[at]), row)
            if held != 0:
                amount = int(late.dividend[at])
                _pay_dividend(state, rules, row, symbol, (held, amount, LATE))


def _split(state: State, row: int, symbol: int, ratio: float) -> None:
    _adjust_orders(state, row, symbol, (ratio, row))
    held = int(state.quantity[symbol])
    if held != 0:
        _multiply(state, row, symbol, (held, ratio, NO_REASON))


def _adjust_orders(state: State, row: int, symbol: int, split: tuple[float, int]) -> None:
    """Count what waits in new shares; split: ratio, and the row before which it was asked for."""
    waiting, (ratio, ex_row) = state.waiting, split
    for i in range(int(waiting.used[0])):
        order = int(waiting.order[i])
        if waiting.symbol[i] == symbol and state.orders.row[order] < ex_row and _counts(state, i):
            if state.orders.sizing[order] == QUANTITY:
                waiting.amount[i] = split_units(int(waiting.amount[i]), ratio)
            if waiting.left[i] != NONE:
                waiting.left[i] = split_units(int(waiting.left[i]), ratio)
            waiting.filled[i] = split_units(int(waiting.filled[i]), ratio)
            waiting.limit[i] = split_price(int(waiting.limit[i]), ratio)
            waiting.stop[i] = split_price(int(waiting.stop[i]), ratio)
            waiting.trail[i] = split_price(int(waiting.trail[i]), ratio)
            waiting.best[i] = split_price(int(waiting.best[i]), ratio)
            at = new_event(state, row, ADJUST, symbol, order)
            state.events.price[at], state.events.ratio[at] = whole(ratio * UNIT), ratio
            state.events.asked[at] = waiting.amount[i]
            state.events.reason[at] = LATE if ex_row < row else NO_REASON


def _counts(state: State, i: int) -> bool:
    """Whether an order says anything in shares or in their price."""
    waiting = state.waiting
    explicit = state.orders.sizing[waiting.order[i]] == QUANTITY or waiting.left[i] != NONE
    priced = waiting.limit[i] + waiting.stop[i] + waiting.trail[i] + waiting.best[i]
    return bool(explicit or priced > 0)


def _multiply(state: State, row: int, symbol: int, split: tuple[int, float, int]) -> None:
    held, ratio, reason = split
    if abs(held) * ratio > LARGEST:
        state.flags[OVERFLOWN] = 1
        return
    at = new_event(state, row, SPLIT, symbol, -1)
    state.events.price[at], state.events.reason[at] = round(ratio * UNIT), reason
    state.events.ratio[at] = ratio
    left = split_units(held, ratio)
    if left == 0:
        realise(state, at, -held, 0)
    else:
        book_cash(state, at, left - held, 0)
    state.brackets.best[symbol] = split_price(int(state.brackets.best[symbol]), ratio)


def _pay_dividend(
    state: State, rules: Rules, row: int, symbol: int, paid: tuple[int, int, int]
) -> None:
    """Pay a dividend on what is held; what is short pays it."""
    held, amount, reason = paid
    at = new_event(state, row, DIVIDEND, symbol, -1)
    state.events.price[at], state.events.reason[at] = amount, reason
    book_cash(state, at, 0, value_of(held, amount, rules.multiplier[symbol]))


def _pay_fraction(state: State, rules: Rules, row: int, symbol: int, price: int) -> None:
    """Settle in cash what a split left of a lot."""
    held, lot = int(state.quantity[symbol]), int(rules.lot[symbol])
    units = abs(held) % lot * (-1 if held > 0 else 1)
    if units != 0:
        at = new_event(state, row, CASH_IN_LIEU, symbol, -1)
        state.events.price[at] = price
        realise(state, at, units, -value_of(units, price, rules.multiplier[symbol]))
        settle(state, row, symbol)
        drop_done(state)


def _seen_late(prices: Prices, row: int, symbol: int) -> bool:
    """Whether the delisting of this row is one of the late actions."""
    late, found = prices.late, False
    for at in range(len(late.row)):
        delists = late.ratio[at] == 1.0 and late.dividend[at] == 0
        found = found or bool(delists and late.row[at] == row and late.symbol[at] == symbol)
    return found


def _delist(state: State, rules: Rules, row: int, symbol: int, paid: tuple[int, int]) -> None:
    """Close the position without costs, and end the orders that wait; paid: a share, reason."""
    payment, reason = paid
    cancel(state, row, symbol, DELISTED)
    held = int(state.quantity[symbol])
    if held != 0:
        at = new_event(state, row, DELISTING, symbol, -1)
        state.events.price[at], state.events.reason[at] = payment, reason
        realise(state, at, -held, value_of(held, payment, rules.multiplier[symbol]))
        settle(state, row, symbol)
