"""Where an account changes: every leg is booked here, and leaves one event."""

from engine.costs import order_fee
from engine.money import added, value_of, whole
from engine.prices import Prices
from engine.state import (
    AT_LIMIT,
    CASH,
    FILL,
    FREED,
    INSIDE,
    NO_REASON,
    NONE,
    PHASE,
    TAKE_PROFIT,
    Rules,
    State,
)


def new_event(state: State, row: int, kind: int, symbol: int, order: int) -> int:
    """Begin an event that changes nothing, and return its place. There must be room."""
    events, at = state.events, int(state.events.used[0])
    events.used[0] = at + 1
    events.row[at], events.kind[at], events.symbol[at], events.order[at] = row, kind, symbol, order
    events.pnl[at], events.reason[at] = NONE, NO_REASON
    events.phase[at], events.ratio[at] = state.flags[PHASE], 0.0
    return at


def book_order(state: State, rules: Rules, row: int, i: int, fill: tuple[int, int, int]) -> None:
    """Fill a part of a waiting order.

    fill: units, signed, that do not pass through zero; price; price before slippage.
    """
    waiting, (units, price, _) = state.waiting, fill
    symbol = int(waiting.symbol[i])
    rested = state.flags[PHASE] == INSIDE and waiting.limit[i] > 0
    value = value_of(abs(units), price, rules.multiplier[symbol])
    waiting.filled[i] += abs(units)
    waiting.value[i] = added(int(waiting.value[i]), value)
    waiting.maker[i] += value if rested else 0
    owed = order_fee(
        rules.fees, int(waiting.filled[i]), int(waiting.value[i]), int(waiting.maker[i])
    )
    fee = max(0, owed - int(waiting.fee[i]))
    waiting.fee[i] += fee
    waiting.left[i] -= units
    waiting.wish[i] -= units
    at = new_event(state, row, FILL, symbol, int(waiting.order[i]))
    state.events.reason[at] = AT_LIMIT if rested else NO_REASON
    state.events.asked[at] = waiting.left[i]
    _book_fill(state, rules, at, fill, fee)


def book_exit(
    state: State, rules: Rules, row: int, symbol: int, fill: tuple[int, int, int, int, int]
) -> None:
    """Fill what no order asks for: an exit of the position's own, or a forced one.

    fill: units, price, price before slippage, reason, order it belongs to or NO_ORDER.
    """
    units, price, before, reason, order = fill
    value = value_of(abs(units), price, rules.multiplier[symbol])
    rested = reason == TAKE_PROFIT and state.flags[PHASE] == INSIDE
    fee = order_fee(rules.fees, abs(units), value, value if rested else 0)
    at = new_event(state, row, FILL, symbol, order)
    state.events.reason[at] = reason
    _book_fill(state, rules, at, (units, price, before), fee)


def _book_fill(state: State, rules: Rules, at: int, fill: tuple[int, int, int], fee: int) -> None:
    units, price, before = fill
    events, symbol = state.events, int(state.events.symbol[at])
    multiplier = rules.multiplier[symbol]
    value = value_of(units, price, multiplier)
    events.price[at], events.commission[at] = price, fee
    events.slippage[at] = abs(value - value_of(units, before, multiplier))
    state.traded[symbol] += abs(units)
    held = int(state.quantity[symbol])
    if held != 0 and (held > 0) != (units > 0):
        realise(state, at, units, -added(value, fee))
        if state.flags[PHASE] == INSIDE:
            state.money[FREED] = added(int(state.money[FREED]), abs(value))
    else:
        cost = added(value, fee)
        _change(state, at, (units, -cost), (cost, value))


def realise(state: State, at: int, units: int, cash: int) -> None:
    """Book an event's reduction: cash against the share of the cost that leaves with it."""
    symbol = int(state.events.symbol[at])
    held = int(state.quantity[symbol])
    cost = share(int(state.cost[symbol]), units, held)
    basis = share(int(state.basis[symbol]), units, held)
    state.events.pnl[at] = added(cash, -cost)
    _change(state, at, (units, cash), (-cost, -basis))


def share(amount: int, units: int, held: int) -> int:
    """The part of an amount that leaves with units of a holding; all of it once all is gone."""
    return amount if units == -held else whole(amount * (float(-units) / float(held)))


def book_cash(state: State, at: int, quantity: int, cash: int) -> None:
    """Book an event that leaves the holding's cost as it is."""
    _change(state, at, (quantity, cash), (0, 0))


def _change(state: State, at: int, leg: tuple[int, int], cost: tuple[int, int]) -> None:
    """Book units and cash, and by how much cost and basis of the holding change."""
    events, symbol = state.events, int(state.events.symbol[at])
    events.quantity[at], events.cash[at] = leg
    events.cost[at], events.basis[at] = cost
    state.money[CASH] = added(int(state.money[CASH]), leg[1])
    if symbol >= 0:
        state.quantity[symbol] = added(int(state.quantity[symbol]), leg[0])
        state.cost[symbol] = added(int(state.cost[symbol]), cost[0])
        state.basis[symbol] = added(int(state.basis[symbol]), cost[1])


def is_listed(prices: Prices, row: int, symbol: int) -> bool:
    """Whether a symbol has a bar that can fill something."""
    return bool(prices.listed[row, symbol]) and prices.volume[row, symbol] != 0.0
