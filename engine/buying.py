"""Increases and what pays for them: explicit quantities whole or not at all, the rest shared."""

import math

from engine.costs import order_fee
from engine.money import LARGEST, Ints, added, value_of
from engine.orders import QUANTITY
from engine.prices import Prices
from engine.sizes import refuse, room, slipped
from engine.state import BUDGET, NOT_ENOUGH_CASH, Rules, State

HALVINGS = 60


def increase(state: State, prices: Prices, rules: Rules, row: int, marks: Ints) -> None:
    """Give every increase that has a price now its units.

    marks: what positions are marked at, shape (symbols,), in units. Explicit quantities are
    served first; what is left is shared by one common factor.
    """
    waiting, some = state.waiting, False
    for i in range(int(waiting.used[0])):
        waiting.lots[i] = 0
        shares = waiting.price[i] > 0 and _increases(state, i)
        if shares and state.orders.sizing[waiting.order[i]] == QUANTITY:
            _serve(state, prices, rules, row, i, marks)
            shares = False
        shares = shares and _free(state, prices, rules, row, i) > 0
        waiting.wish[i] = abs(waiting.wish[i]) if shares else 0.0
        some = some or shares
    if some:
        _share(state, prices, rules, row, marks)


def _increases(state: State, i: int) -> bool:
    left, held = int(state.waiting.left[i]), int(state.quantity[state.waiting.symbol[i]])
    reduces = bool(state.orders.reduce[state.waiting.order[i]])
    return left != 0 and not reduces and (held == 0 or (held > 0) == (left > 0))


def _serve(state: State, prices: Prices, rules: Rules, row: int, i: int, marks: Ints) -> None:
    """Give an explicit quantity its units, or reject what is left of it."""
    symbol = int(state.waiting.symbol[i])
    units = min(abs(int(state.waiting.left[i])), _free(state, prices, rules, row, i))
    if units == 0:
        return
    cost = takes(state, prices, rules, row, i, (units, int(marks[symbol])))
    if cost > state.money[BUDGET]:
        refuse(state, row, i, NOT_ENOUGH_CASH, cost)
    else:
        state.money[BUDGET] -= cost
        state.waiting.lots[i] = units


def takes(
    state: State, prices: Prices, rules: Rules, row: int, i: int, asked: tuple[int, int]
) -> int:
    """Return what an increase takes of the buying power, all its costs included.

    asked: units, and the price that positions of the symbol are marked at. It is the position's
    value, and `leverage` times what equity loses by it; unlevered that is the cash it takes.
    """
    units, mark = asked
    waiting, symbol = state.waiting, int(state.waiting.symbol[i])
    multiplier = rules.multiplier[symbol]
    sign = 1 if waiting.left[i] > 0 else -1
    price = slipped(state, prices, rules, row, i, (float(sign), float(units)))
    value, at_mark = value_of(units, price, multiplier), value_of(units, mark, multiplier)
    owed = order_fee(
        rules.fees,
        added(int(waiting.filled[i]), units),
        added(int(waiting.value[i]), value),
        int(waiting.maker[i]),
    )
    most = float(owed) + abs(float(value) - float(at_mark))
    if at_mark + most * rules.leverage > LARGEST:
        return LARGEST
    lost = max(0, owed - int(waiting.fee[i])) + sign * (value - at_mark)
    return at_mark + (lost if rules.leverage == 1.0 else math.ceil(lost * rules.leverage))


def _share(state: State, prices: Prices, rules: Rules, row: int, marks: Ints) -> None:
    """Scale the wishes by the largest common factor that the budget can pay for."""
    waiting, factor = state.waiting, _largest_factor(state, prices, rules, row, marks)
    _hand_back(state)
    for i in range(int(waiting.used[0])):
        if waiting.wish[i] > 0:
            symbol = int(waiting.symbol[i])
            units = _units_at(state, prices, rules, row, i, factor)
            if factor < 1.0:
                lot = int(rules.lot[symbol])
                whole = int(waiting.wish[i] * factor / lot) * lot
                waiting.left[i] = whole if waiting.left[i] > 0 else -whole
            if units == 0:
                refuse(state, row, i, NOT_ENOUGH_CASH, int(waiting.wish[i]))
            else:
                cost = takes(state, prices, rules, row, i, (units, int(marks[symbol])))
                state.money[BUDGET] -= cost
                waiting.lots[i] = units


def _units_at(state: State, prices: Prices, rules: Rules, row: int, i: int, factor: float) -> int:
    """What of a wish at a factor this bar can fill, in whole lots."""
    symbol = int(state.waiting.symbol[i])
    lot = int(rules.lot[symbol])
    units = int(state.waiting.wish[i] * factor / lot) * lot
    return min(units, _free(state, prices, rules, row, i))


def _free(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """How many units this bar may still fill for an order, beside those of its symbol's others."""
    waiting, symbol = state.waiting, int(state.waiting.symbol[i])
    free = room(state, prices, rules, row, symbol)
    for step in (-1, 1):  # the table is sorted by symbol
        other = i + step
        while 0 <= other < waiting.used[0] and waiting.symbol[other] == symbol:
            free -= int(waiting.lots[other]) if waiting.order[other] >= 0 else 0
            other += step
    return max(0, free)


def _hand_back(state: State) -> None:
    """Take what the wishes were given, so that it can be given anew."""
    for i in range(int(state.waiting.used[0])):
        if state.waiting.wish[i] > 0:
            state.waiting.lots[i] = 0


def _largest_factor(state: State, prices: Prices, rules: Rules, row: int, marks: Ints) -> float:
    budget = int(state.money[BUDGET])
    cost, most = _cost_at(state, prices, rules, row, (1.0, marks))
    if cost <= budget:
        return 1.0
    low, high, fewest = 0.0, 1.0, 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        cost, lots = _cost_at(state, prices, rules, row, (middle, marks))
        if cost <= budget:
            low, fewest = middle, lots
        else:
            high, most = middle, lots
        if most - fewest <= 1:  # no size lies between
            break
    return low


def _cost_at(
    state: State, prices: Prices, rules: Rules, row: int, at: tuple[float, Ints]
) -> tuple[int, int]:
    """Return what the wishes take at a factor, and how many lots they are; at: factor, marks."""
    factor, marks = at
    cost, total, waiting = 0, 0, state.waiting
    _hand_back(state)
    for i in range(int(waiting.used[0])):
        if waiting.wish[i] > 0:
            symbol = int(waiting.symbol[i])
            units = _units_at(state, prices, rules, row, i, factor)
            waiting.lots[i] = units
            if units > 0:
                taken = takes(state, prices, rules, row, i, (units, int(marks[symbol])))
                cost = LARGEST if float(cost) + taken > LARGEST else cost + taken
            total += units // int(rules.lot[symbol])
    return cost, total
