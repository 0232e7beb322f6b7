"""How much an order buys or sells, worked out at its first possible fill."""

from engine.booking import refuse, total_cost
from engine.fills import market_price
from engine.money import LARGEST, UNIT, Ints, worth
from engine.orders import BUY, QUANTITY, TARGET, VALUE, WEIGHT_UNIT
from engine.prices import Prices
from engine.state import (
    CASH,
    EQUITY,
    NOT_ENOUGH_CASH,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
    Rules,
    State,
)

HALVINGS = 60


def holdings_value(quantity: Ints, price: Ints) -> int:
    """What is held, at these prices; each symbol rounded once."""
    value = 0
    for symbol in range(len(quantity)):
        if quantity[symbol] != 0:
            value += worth(int(quantity[symbol]), int(price[symbol]))
    return value


def wished_change(state: State, rules: Rules, i: int, price: int) -> float:
    """By how many units a waiting order would change the holding, before whole lots."""
    symbol, order = int(state.waiting.symbol[i]), int(state.waiting.order[i])
    held, side = int(state.quantity[symbol]), int(state.orders.side[order])
    sizing = int(state.orders.sizing[order])
    equity = int(state.money[EQUITY]) * (1 - rules.cash_buffer)
    size = _units(sizing, int(state.waiting.amount[i]), equity, price)
    if side == TARGET:
        return size - held
    if side == BUY:
        return size
    return -size if sizing == QUANTITY else -min(size, float(held))


def _units(sizing: int, amount: int, equity: float, price: int) -> float:
    if sizing == QUANTITY:
        return float(amount)
    value = float(amount) if sizing == VALUE else amount / WEIGHT_UNIT * equity
    return min(value / price * UNIT, float(LARGEST))


def too_small(state: State, rules: Rules, i: int, change: tuple[float, int]) -> bool:
    """Whether a weight or value asks for less than `min_trade` of equity; closing never does.

    change: units, price.
    """
    order = int(state.waiting.order[i])
    closes = state.orders.side[order] == TARGET and state.orders.amount[order] == 0
    if closes or state.orders.sizing[order] == QUANTITY:
        return False
    return abs(change[0]) / UNIT * change[1] < rules.min_trade * int(state.money[EQUITY])


def plan_increases(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Give every increase that can fill at this open its lots, and end those that get none.

    Explicit quantities are served first, whole or not at all; what is left is shared.
    """
    waiting, budget = state.waiting, int(state.money[CASH])
    for i in range(int(waiting.used[0])):
        waiting.wish[i], waiting.lots[i] = 0.0, 0
        if waiting.order[i] >= 0 and prices.listed[row, waiting.symbol[i]]:
            budget -= _plan(state, rules, row, i, (_price(state, prices, rules, row, i), budget))
    _share(state, prices, rules, row, budget)


def _price(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    return market_price(int(prices.open[row, state.waiting.symbol[i]]), 1, rules.slippage_bps)


def _plan(state: State, rules: Rules, row: int, i: int, means: tuple[int, int]) -> int:
    """Note what one order wishes, or gives an explicit quantity; returns what that takes."""
    price, budget = means
    wish = wished_change(state, rules, i, price)
    lots = int(wish / rules.lot)
    if lots <= 0:
        refuse(state, row, i, UNDER_ONE_LOT, int(wish))
        return 0
    if too_small(state, rules, i, (wish, price)):
        refuse(state, row, i, UNDER_MIN_TRADE, int(wish))
        return 0
    if state.orders.sizing[state.waiting.order[i]] != QUANTITY:
        state.waiting.wish[i] = wish
        return 0
    if wish / UNIT * price > LARGEST:  # its cost would not fit
        refuse(state, row, i, NOT_ENOUGH_CASH, LARGEST)
        return 0
    cost = total_cost(lots * rules.lot, price, rules)
    if cost > budget:
        refuse(state, row, i, NOT_ENOUGH_CASH, cost)
        return 0
    state.waiting.lots[i] = lots
    return cost


def _share(state: State, prices: Prices, rules: Rules, row: int, budget: int) -> None:
    """Scale the wishes by the largest common factor that the budget can pay for."""
    waiting, used = state.waiting, int(state.waiting.used[0])
    if not waiting.wish[:used].any():
        return
    factor = _largest_factor(state, prices, rules, row, budget)
    for i in range(used):
        if waiting.wish[i] > 0:
            waiting.lots[i] = int(waiting.wish[i] * factor / rules.lot)
            if waiting.lots[i] == 0:
                refuse(state, row, i, NOT_ENOUGH_CASH, int(waiting.wish[i]))


def _largest_factor(state: State, prices: Prices, rules: Rules, row: int, budget: int) -> float:
    cost, most = _cost_at(state, prices, rules, row, 1.0)
    if cost <= budget:
        return 1.0
    low, high, fewest = 0.0, 1.0, 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        cost, lots = _cost_at(state, prices, rules, row, middle)
        if cost <= budget:
            low, fewest = middle, lots
        else:
            high, most = middle, lots
        if most - fewest <= 1:  # no size lies between
            break
    return low


def _cost_at(
    state: State, prices: Prices, rules: Rules, row: int, factor: float
) -> tuple[int, int]:
    """Return what the wishes cost at a factor, and how many lots they are."""
    cost, total, waiting = 0, 0, state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.wish[i] > 0:
            lots = int(waiting.wish[i] * factor / rules.lot)
            price = _price(state, prices, rules, row, i)
            cost += total_cost(lots * rules.lot, price, rules)
            total += lots
    return cost, total
