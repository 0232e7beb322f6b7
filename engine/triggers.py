"""The price an order meets at the open, inside and at the close of a bar; 0 where it meets none."""

from engine.booking import new_event
from engine.orders import (
    AT_CLOSE,
    AT_OPEN,
    LIMIT,
    MARKET,
    STOP,
    STOP_LIMIT,
    TRAILING,
    WEIGHT_UNIT,
)
from engine.prices import Prices, Quotes
from engine.sizes import direction_at
from engine.state import NEXT_OPEN, SAME_CLOSE, TRIGGER, Rules, State


def side_of(prices: Prices, direction: int) -> Quotes:
    """Return what buys (1) and sales (-1) are filled at."""
    return prices.ask if direction > 0 else prices.bid


def reaches_limit(direction: int, limit: int, price: int, touch: bool) -> bool:
    """Whether a price is beyond a limit, or with `touch` at it."""
    if price == limit:
        return touch
    return price < limit if direction > 0 else price > limit


def reaches_stop(direction: int, stop: int, price: int) -> bool:
    """Whether a price is at a stop or beyond it."""
    return price >= stop if direction > 0 else price <= stop


def price_at_open(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """Return what an order would be filled at when the bar opens."""
    waiting, orders, order = state.waiting, state.orders, int(state.waiting.order[i])
    symbol, kind, tif = int(waiting.symbol[i]), int(orders.type[order]), int(orders.tif[order])
    if tif == AT_CLOSE or (tif == AT_OPEN and prices.session[row] <= waiting.session[i]):
        return 0
    if kind == MARKET and rules.fill != NEXT_OPEN and tif != AT_OPEN:
        return 0
    if _follows_nothing(state, i):
        return 0
    direction = direction_of(state, prices, rules, row, i)
    price = int(side_of(prices, direction).open[row, symbol])
    if kind == MARKET or (waiting.triggered[i] and kind != STOP_LIMIT):
        return price
    if kind == STOP_LIMIT and not waiting.triggered[i]:
        if not reaches_stop(direction, int(waiting.stop[i]), price):
            return 0
        trigger(state, row, i, (price, 1))
    if kind in (LIMIT, STOP_LIMIT):
        beyond = reaches_limit(direction, int(waiting.limit[i]), price, touch=rules.limit_touch)
        return price if beyond else 0
    return price if reaches_stop(direction, stop_level(state, rules, i, direction), price) else 0


def stop_inside(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """Return at what an order's stop is filled inside the bar; a stop-limit is only triggered."""
    waiting, order = state.waiting, int(state.waiting.order[i])
    kind, symbol = int(state.orders.type[order]), int(waiting.symbol[i])
    timed = state.orders.tif[order] in (AT_OPEN, AT_CLOSE)
    if kind not in (STOP, STOP_LIMIT, TRAILING) or waiting.triggered[i] or timed:
        return 0
    if _follows_nothing(state, i):
        return 0
    direction = direction_of(state, prices, rules, row, i)
    side = side_of(prices, direction)
    stop = stop_level(state, rules, i, direction)
    worst = int(side.high[row, symbol] if direction > 0 else side.low[row, symbol])
    if not reaches_stop(direction, stop, worst):
        return 0
    opened = int(side.open[row, symbol])
    price = max(opened, stop) if direction > 0 else min(opened, stop)
    if kind == STOP_LIMIT:
        trigger(state, row, i, (price, 2))
        return 0
    return price


def limit_inside(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """Return at what an order's limit is filled inside the bar.

    A stop-limit that this bar triggered inside waits for the next one.
    """
    waiting, order = state.waiting, int(state.waiting.order[i])
    kind, symbol = int(state.orders.type[order]), int(waiting.symbol[i])
    live = kind == LIMIT or (kind == STOP_LIMIT and waiting.triggered[i] == 1)
    if not live or state.orders.tif[order] in (AT_OPEN, AT_CLOSE):
        return 0
    direction = direction_of(state, prices, rules, row, i)
    side, limit = side_of(prices, direction), int(waiting.limit[i])
    best = int(side.low[row, symbol] if direction > 0 else side.high[row, symbol])
    if not reaches_limit(direction, limit, best, touch=rules.limit_touch):
        return 0
    opened = int(side.open[row, symbol])
    return min(opened, limit) if direction > 0 else max(opened, limit)


def price_at_close(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """Return what an order would be filled at when the bar closes."""
    waiting, orders, order = state.waiting, state.orders, int(state.waiting.order[i])
    symbol, kind, tif = int(waiting.symbol[i]), int(orders.type[order]), int(orders.tif[order])
    direction = direction_of(state, prices, rules, row, i)
    price = int(side_of(prices, direction).close[row, symbol])
    if tif == AT_CLOSE:
        last = prices.closes_session[row] and prices.session[row] == waiting.session[i]
        if not last or orders.row[order] == row:
            return 0
        return price if _passes(state, rules, i, (kind, direction, price)) else 0
    if kind != MARKET or tif == AT_OPEN or rules.fill == NEXT_OPEN:
        return 0
    return price if rules.fill == SAME_CLOSE or orders.row[order] < row else 0


def _passes(state: State, rules: Rules, i: int, at: tuple[int, int, int]) -> bool:
    """Whether what is due at the close is filled there; at: type, direction, price."""
    kind, direction, price = at
    passes = True
    if kind in (STOP, STOP_LIMIT, TRAILING) and not state.waiting.triggered[i]:
        passes = reaches_stop(direction, stop_level(state, rules, i, direction), price)
    if kind in (LIMIT, STOP_LIMIT):
        limit = int(state.waiting.limit[i])
        passes = passes and reaches_limit(direction, limit, price, rules.limit_touch)
    return passes


def _follows_nothing(state: State, i: int) -> bool:
    """Whether a trailing stop waits for its symbol's first bar."""
    trails = state.orders.type[state.waiting.order[i]] == TRAILING
    return bool(trails and state.waiting.best[i] == 0)


def direction_of(state: State, prices: Prices, rules: Rules, row: int, i: int) -> int:
    """Whether an order buys (1) or sells (-1), at the price that decides on it."""
    waiting = state.waiting
    price = int(waiting.limit[i]) or int(waiting.stop[i])
    price = price or int(prices.open[row, waiting.symbol[i]])
    return direction_at(state, rules, i, price)


def stop_level(state: State, rules: Rules, i: int, direction: int) -> int:
    """Return the price at which an order's stop is reached."""
    waiting, order = state.waiting, int(state.waiting.order[i])
    if state.orders.type[order] != TRAILING:
        return int(waiting.stop[i])
    best, share = int(waiting.best[i]), int(state.orders.trail_share[order])
    distance = round(best * (share / WEIGHT_UNIT)) if share > 0 else int(waiting.trail[i])
    return to_tick(max(1, best + direction * distance), int(rules.tick[waiting.symbol[i]]))


def to_tick(price: int, tick: int) -> int:
    """Round a price to the nearest tick; a tick of 0 leaves it."""
    return price if tick == 0 else max(tick, round(float(price) / float(tick)) * tick)


def trigger(state: State, row: int, i: int, reached: tuple[int, int]) -> None:
    """Note that an order's stop was reached.

    reached: price, and 1, or 2 where it counts from the next bar on.
    """
    state.waiting.triggered[i] = reached[1]
    symbol, order = int(state.waiting.symbol[i]), int(state.waiting.order[i])
    at = new_event(state, row, TRIGGER, symbol, order)
    state.events.asked[at] = reached[0]


def go_on_at_market(state: State, row: int, i: int, price: int) -> None:
    """Let what is left of a stop that was reached be filled at the next opens."""
    order = int(state.waiting.order[i])
    stops = order >= 0 and state.orders.type[order] in (STOP, TRAILING)
    if stops and state.waiting.triggered[i] == 0:
        trigger(state, row, i, (price, 1))


def settle_triggers(state: State) -> None:
    """Let the stop-limits that were triggered inside this bar be limits from the next one."""
    for i in range(int(state.waiting.used[0])):
        state.waiting.triggered[i] = min(state.waiting.triggered[i], 1)
