"""Where an account changes: every leg is booked here, and leaves one event."""

from engine.costs import commission
from engine.fills import market_price, slippage_paid
from engine.money import worth
from engine.orders import QUANTITY, TARGET
from engine.state import (
    CASH,
    FILL,
    NO_REASON,
    NONE,
    REJECT,
    SKIP,
    UNDER_ONE_LOT,
    Events,
    Rules,
    State,
)


def new_event(events: Events, row: int, kind: int, symbol: int, order: int) -> int:
    """Begin an event that changes nothing, and return its place. There must be room."""
    at = int(events.used[0])
    events.used[0] = at + 1
    events.row[at], events.kind[at], events.symbol[at], events.order[at] = row, kind, symbol, order
    events.pnl[at], events.reason[at] = NONE, NO_REASON
    return at


def total_cost(units: int, price: int, rules: Rules) -> int:
    """What buying so much takes from cash, commission included."""
    value = worth(units, price)
    return value + commission(value, rules.commission_bps)


def book_buy(state: State, rules: Rules, row: int, i: int, fill: tuple[int, int]) -> None:
    """Fill a waiting order by raising the holding; fill: units above 0, open price."""
    units, open_price = fill
    price = market_price(open_price, 1, rules.slippage_bps)
    paid = total_cost(units, price, rules)
    at = _new_fill(state, row, i)
    events = state.events
    events.commission[at] = paid - worth(units, price)
    events.price[at], events.slippage[at] = price, slippage_paid(units, open_price, price)
    _change(state, at, units, -paid, paid)


def book_sell(state: State, rules: Rules, row: int, i: int, fill: tuple[int, int]) -> None:
    """Fill a waiting order by reducing the holding; fill: units above 0, open price."""
    units, open_price = fill
    price = market_price(open_price, -1, rules.slippage_bps)
    value = worth(units, price)
    fee = commission(value, rules.commission_bps)
    at = _new_fill(state, row, i)
    events = state.events
    events.commission[at] = fee
    events.price[at], events.slippage[at] = price, slippage_paid(units, open_price, price)
    realise(state, at, units, value - fee)


def realise(state: State, at: int, units: int, cash: int) -> None:
    """Book an event's reduction: cash against the share of the cost that leaves with it."""
    symbol = int(state.events.symbol[at])
    share = cost_share(int(state.cost[symbol]), units, int(state.quantity[symbol]))
    state.events.pnl[at] = cash - share
    _change(state, at, -units, cash, -share)


def cost_share(cost: int, units: int, held: int) -> int:
    """The cost of a part at average cost; all of it once all is gone."""
    return cost if units == held else round(cost * (units / held))


def book_cash(state: State, at: int, quantity: int, cash: int) -> None:
    """Book an event that leaves the holding's cost as it is."""
    _change(state, at, quantity, cash, 0)


def refuse(state: State, row: int, i: int, reason: int, asked: int) -> None:
    """End a waiting order unfilled.

    An explicit quantity is rejected; a target already reached and a share of cash that comes to
    nothing are skipped.
    """
    waiting, orders = state.waiting, state.orders
    order = int(waiting.order[i])
    reached = orders.side[order] == TARGET and reason == UNDER_ONE_LOT
    kind = SKIP if reached or orders.sizing[order] != QUANTITY else REJECT
    at = new_event(state.events, row, kind, int(waiting.symbol[i]), order)
    state.events.reason[at], state.events.asked[at] = reason, asked
    waiting.order[i] = -1


def _new_fill(state: State, row: int, i: int) -> int:
    waiting = state.waiting
    at = new_event(state.events, row, FILL, int(waiting.symbol[i]), int(waiting.order[i]))
    waiting.order[i] = -1
    return at


def _change(state: State, at: int, quantity: int, cash: int, cost: int) -> None:
    events = state.events
    events.quantity[at], events.cash[at], events.cost[at] = quantity, cash, cost
    symbol = int(events.symbol[at])
    state.quantity[symbol] += quantity
    state.money[CASH] += cash
    state.cost[symbol] += cost
