"""A position's own exits: stop-loss, take-profit and trailing stop."""

from engine.booking import is_listed, new_event
from engine.filling import fill_exit, follow_position
from engine.money import UNIT, whole
from engine.orders import NO_ORDER, TARGET, WEIGHT_UNIT
from engine.prices import Prices
from engine.sizes import room
from engine.state import (
    AMBIGUOUS,
    CANCEL,
    CLOSED,
    NO_REASON,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAILING_STOP,
    TRIGGER,
    Rules,
    State,
)
from engine.triggers import reaches_limit, reaches_stop, side_of, to_tick
from engine.waiting import end, end_order


def has_exits(state: State, symbol: int) -> bool:
    """Whether a position of the symbol is held that has exits of its own."""
    return bool(state.quantity[symbol] != 0 and state.brackets.order[symbol] != NO_ORDER)


def exit_at_open(state: State, prices: Prices, rules: Rules, row: int, symbol: int) -> None:
    """Close at the open what is being closed, or what the open gapped beyond an exit of."""
    if not has_exits(state, symbol) or room(state, prices, rules, row, symbol) == 0:
        return
    direction = exit_direction(state, symbol)
    price = int(side_of(prices, direction).open[row, symbol])
    reason = int(state.brackets.exiting[symbol])
    if reason == NO_REASON:
        reason = _gapped(state, rules, symbol, (direction, price))
    if reason != NO_REASON:
        _exit(state, prices, rules, (row, symbol), (price, reason))


def _gapped(state: State, rules: Rules, symbol: int, at: tuple[int, int]) -> int:
    """The exit that a price is beyond; at: direction, price."""
    direction, price = at
    level, reason = stop_of(state, rules, symbol)
    if level > 0 and reaches_stop(direction, level, price):
        return reason
    target = target_of(state, rules, symbol)
    beyond = target > 0 and reaches_limit(direction, target, price, touch=rules.limit_touch)
    return TAKE_PROFIT if beyond else NO_REASON


def stop_inside_bar(
    state: State, prices: Prices, rules: Rules, at: tuple[int, int], entered: int
) -> None:
    """Close at the stop-loss or trailing stop that the bar reached, or worse.

    at: row, symbol. entered: the price inside the bar at which it was entered, before slippage,
    and the fill is no better than that; 0 where it was held at the open, which counts then. Where
    it reached the take-profit too, or was entered inside, the order of things is not known: the
    bar is noted as ambiguous.
    """
    row, symbol = at
    level, reason = stop_of(state, rules, symbol)
    if level == 0 or not _open_for_exit(state, prices, row, symbol):
        return
    direction = exit_direction(state, symbol)
    side = side_of(prices, direction)
    worst = int(side.high[row, symbol] if direction > 0 else side.low[row, symbol])
    if not reaches_stop(direction, level, worst):
        return
    both = entered == 0 and target_inside(state, prices, rules, row, symbol) > 0
    if both or entered > 0:
        new_event(state, row, AMBIGUOUS, symbol, int(state.brackets.order[symbol]))
        if rules.take_profit_first:
            return
    known = entered if entered > 0 else int(side.open[row, symbol])
    price = max(known, level) if direction > 0 else min(known, level)
    _exit(state, prices, rules, at, (price, reason))


def target_inside(state: State, prices: Prices, rules: Rules, row: int, symbol: int) -> int:
    """Return the price of the take-profit that the bar reached, or 0."""
    target, direction = target_of(state, rules, symbol), exit_direction(state, symbol)
    if target == 0 or state.brackets.since[symbol] > row:
        return 0
    side = side_of(prices, direction)
    best = int(side.low[row, symbol] if direction > 0 else side.high[row, symbol])
    if not reaches_limit(direction, target, best, touch=rules.limit_touch):
        return 0
    opened = int(side.open[row, symbol])
    return min(opened, target) if direction > 0 else max(opened, target)


def take_profit_inside(state: State, prices: Prices, rules: Rules, row: int, symbol: int) -> None:
    """Close at the take-profit that the bar traded through."""
    if _open_for_exit(state, prices, row, symbol) and room(state, prices, rules, row, symbol) > 0:
        price = target_inside(state, prices, rules, row, symbol)
        if price > 0:
            _exit(state, prices, rules, (row, symbol), (price, TAKE_PROFIT))


def _open_for_exit(state: State, prices: Prices, row: int, symbol: int) -> bool:
    free = has_exits(state, symbol) and state.brackets.exiting[symbol] == NO_REASON
    return free and is_listed(prices, row, symbol)


def raise_trailing(state: State, prices: Prices, row: int, symbol: int) -> None:
    """Let a trailing stop follow this bar's best price; not into the bar it was entered inside."""
    brackets = state.brackets
    follows = has_exits(state, symbol) and brackets.trailing[symbol] > 0
    if follows and brackets.since[symbol] <= row and prices.listed[row, symbol]:
        best = int(brackets.best[symbol])
        if state.quantity[symbol] > 0:
            follow_position(state, row, symbol, max(best, int(prices.high[row, symbol])))
        else:
            follow_position(state, row, symbol, min(best, int(prices.low[row, symbol])))


def exit_direction(state: State, symbol: int) -> int:
    """Whether closing the position sells (-1) or buys (1)."""
    return -1 if state.quantity[symbol] > 0 else 1


def stop_of(state: State, rules: Rules, symbol: int) -> tuple[int, int]:
    """Return the nearer of stop-loss and trailing stop with its reason; a level of 0 for none."""
    brackets, out = state.brackets, exit_direction(state, symbol)
    tick = int(rules.tick[symbol])
    level, reason = 0, NO_REASON
    if brackets.stop_loss[symbol] > 0:
        entry = entry_price(state, rules, symbol)
        level, reason = distant(entry, out, int(brackets.stop_loss[symbol]), tick), STOP_LOSS
    if brackets.trailing[symbol] > 0:
        share = int(brackets.trailing[symbol])
        distance = whole(entry_price(state, rules, symbol) * (share / WEIGHT_UNIT))
        trail = to_tick(max(1, int(brackets.best[symbol]) + out * distance), tick)
        if level == 0 or (trail - level) * out < 0:
            level, reason = trail, TRAILING_STOP
    return level, reason


def target_of(state: State, rules: Rules, symbol: int) -> int:
    """Return the price of the take-profit, 0 for none."""
    share = int(state.brackets.take_profit[symbol])
    if share == 0:
        return 0
    entry, out = entry_price(state, rules, symbol), exit_direction(state, symbol)
    return distant(entry, -out, share, int(rules.tick[symbol]))


def distant(price: int, direction: int, share: int, tick: int) -> int:
    """Return the price that lies a share of it above (direction 1) or below (-1), to a tick."""
    return to_tick(max(1, whole(price * (1 + direction * (share / WEIGHT_UNIT)))), tick)


def entry_price(state: State, rules: Rules, symbol: int) -> int:
    """Return the average booked price at which the position was entered, in units."""
    units = float(state.quantity[symbol]) * float(rules.multiplier[symbol])
    return max(1, whole(float(state.basis[symbol]) / units * UNIT))


def _exit(
    state: State, prices: Prices, rules: Rules, at: tuple[int, int], level: tuple[int, int]
) -> None:
    """Close as much as the bar's volume lets; what is left of a stop goes on at the next opens.

    at: row, symbol; level: price, reason.
    """
    (row, symbol), (price, reason) = at, level
    held, most = int(state.quantity[symbol]), room(state, prices, rules, row, symbol)
    units = min(abs(held), most)
    _end_rests(state, rules, row, symbol)
    if units > 0:
        fill = (-units if held > 0 else units, price, reason)
        fill_exit(state, prices, rules, at, fill)
    if state.quantity[symbol] != 0 and reason != TAKE_PROFIT:
        state.brackets.exiting[symbol] = reason
        if units == 0:
            event = new_event(state, row, TRIGGER, symbol, NO_ORDER)
            state.events.reason[event], state.events.asked[event] = reason, price


def _end_rests(state: State, rules: Rules, row: int, symbol: int) -> None:
    """End what is left of orders that count on the position as it was before its exit."""
    waiting, entered = state.waiting, int(state.brackets.order[symbol])
    end_order(state, row, entered, CLOSED)
    for i in range(int(waiting.used[0])):
        order = int(waiting.order[i])
        if order >= 0 and waiting.symbol[i] == symbol:
            sized = rules.size_at_decision and state.orders.side[order] == TARGET
            if waiting.filled[i] > 0 or sized:
                end(state, row, i, CANCEL, CLOSED)
