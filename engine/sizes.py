"""What becomes of a wish: whole lots, at the price of its first possible fill."""

from engine.booking import is_listed, new_event
from engine.costs import slipped_price
from engine.money import LARGEST, UNIT, countable
from engine.orders import BUY, LIMIT, QUANTITY, SELL, STOP_LIMIT, TARGET, VALUE, WEIGHT_UNIT
from engine.prices import Prices
from engine.state import (
    CLOSED,
    EQUITY,
    NONE,
    NOT_ENOUGH_CASH,
    REJECT,
    SIZED,
    SKIP,
    UNDER_MIN_TRADE,
    UNDER_ONE_LOT,
    Rules,
    State,
)
from engine.waiting import end


def wished_change(state: State, rules: Rules, i: int, price: int) -> float:
    """By how many units a waiting order would change the holding, before whole lots; signed."""
    waiting, order = state.waiting, int(state.waiting.order[i])
    if waiting.left[i] != NONE:
        return float(waiting.left[i])
    change = _asked_change(state, rules, i, price)
    if state.orders.reduce[order]:
        return _reducing(change, float(state.quantity[waiting.symbol[i]]))
    return min(max(change, -float(LARGEST)), float(LARGEST))


def direction_at(state: State, rules: Rules, i: int, price: int) -> int:
    """Whether an order buys (1) or sells (-1) at a price, could it do so now or not."""
    waiting, side = state.waiting, int(state.orders.side[state.waiting.order[i]])
    if side != TARGET:
        return 1 if side == BUY else -1
    if waiting.left[i] != NONE:
        return 1 if waiting.left[i] > 0 else -1
    return 1 if _asked_change(state, rules, i, price) > 0 else -1


def _asked_change(state: State, rules: Rules, i: int, price: int) -> float:
    symbol, order = int(state.waiting.symbol[i]), int(state.waiting.order[i])
    side, units = int(state.orders.side[order]), _units(state, rules, i, price)
    if side == TARGET:
        return units - float(state.quantity[symbol])
    return -units if side == SELL else units


def _units(state: State, rules: Rules, i: int, price: int) -> float:
    order, amount = int(state.waiting.order[i]), float(state.waiting.amount[i])
    sizing = int(state.orders.sizing[order])
    if sizing == QUANTITY:
        return amount
    equity = float(state.money[EQUITY]) * (1 - rules.cash_buffer)
    value = amount if sizing == VALUE else amount / WEIGHT_UNIT * equity
    units = value / (price * rules.multiplier[state.waiting.symbol[i]]) * UNIT
    return float(round(min(max(units, -float(LARGEST)), float(LARGEST))))


def _reducing(change: float, held: float) -> float:
    """What of a change only reduces."""
    if held > 0:
        return min(max(change, -held), 0.0)
    return max(min(change, -held), 0.0)


def whole_lots(change: float, held: int, lot: int) -> int:
    """Truncate a change toward zero to whole lots; what closes a holding closes fractions too."""
    if change * held < 0 and abs(change) >= abs(float(held)):
        return int((change + float(held)) / lot) * lot - held
    return int(change / lot) * lot


def size(state: State, prices: Prices, rules: Rules, row: int, i: int) -> bool:
    """Fix how many units an order is for, at the price it has now, or end it.

    Returns whether it still waits.
    """
    waiting = state.waiting
    if waiting.left[i] != NONE:
        return _size_rest(state, rules, row, i)
    symbol = int(waiting.symbol[i])
    change, price = _change_at(state, prices, rules, row, i)
    held = int(state.quantity[symbol])
    units = whole_lots(change, held, int(rules.lot[symbol]))
    if units == 0:
        nothing = state.orders.reduce[waiting.order[i]] and change == 0.0
        refuse(state, row, i, CLOSED if nothing else UNDER_ONE_LOT, int(abs(change)))
    elif _too_small(state, rules, i, (change, price)):
        refuse(state, row, i, UNDER_MIN_TRADE, abs(units))
    elif not countable(units, price, rules.multiplier[symbol]):
        refuse(state, row, i, NOT_ENOUGH_CASH, LARGEST)
    else:
        waiting.left[i], waiting.wish[i] = units, change
        return True
    return False


def _size_rest(state: State, rules: Rules, row: int, i: int) -> bool:
    """Keep what is left of an order, in whole lots: a split may have made fractions of them."""
    waiting, symbol = state.waiting, int(state.waiting.symbol[i])
    left = int(waiting.left[i])
    units = whole_lots(float(left), int(state.quantity[symbol]), int(rules.lot[symbol]))
    if units == 0:
        refuse(state, row, i, UNDER_ONE_LOT, abs(left))
        return False
    if units != left:
        at = new_event(state, row, SIZED, symbol, int(waiting.order[i]))
        state.events.asked[at] = units
    waiting.left[i], waiting.wish[i] = units, units
    return True


def _change_at(state: State, prices: Prices, rules: Rules, row: int, i: int) -> tuple[float, int]:
    """The change at the slipped price, which may itself depend on the size; and that price."""
    before = int(state.waiting.price[i])
    wish = wished_change(state, rules, i, before)
    price = slipped(state, prices, rules, row, i, (wish, 0.0))
    change = wished_change(state, rules, i, price)
    if rules.slippage.volume_impact > 0 or rules.slippage.volatility_impact > 0:
        price = slipped(state, prices, rules, row, i, (wish, change))
        change = wished_change(state, rules, i, price)
    return (change, price) if change * wish > 0 else (0.0, price)


def slipped(
    state: State, prices: Prices, rules: Rules, row: int, i: int, wish: tuple[float, float]
) -> int:
    """Return the price of an order's fill; wish: what has its direction, and units for its share.

    What rests at a limit is never moved, and a quoted spread takes the place of slippage.
    """
    before, symbol = int(state.waiting.price[i]), int(state.waiting.symbol[i])
    if rests(state, i):
        return before
    return moved(prices, rules, (row, symbol), before, wish)


def moved(
    prices: Prices, rules: Rules, at: tuple[int, int], before: int, wish: tuple[float, float]
) -> int:
    """Return a price moved against you, to a whole tick; at: row, symbol; wish: as in `slipped`."""
    row, symbol = at
    if prices.quoted[row, symbol]:
        return before
    volume, direction = prices.volume[row, symbol], 1 if wish[0] > 0 else -1
    share = min(abs(wish[1]) / UNIT / volume, 1.0) if volume > 0 else 0.0
    volatility = float(prices.volatility[row, symbol])
    price = slipped_price(rules.slippage, before, direction, share, volatility)
    tick = int(rules.tick[symbol])
    if tick == 0 or price == before:
        return price
    return -(-price // tick) * tick if direction > 0 else max(price // tick, 1) * tick


def rests(state: State, i: int) -> bool:
    """Whether an order fills at its limit or better."""
    return bool(state.orders.type[state.waiting.order[i]] in (LIMIT, STOP_LIMIT))


def room(state: State, prices: Prices, rules: Rules, row: int, symbol: int) -> int:
    """How many units of a symbol may still be filled in this bar, in whole lots."""
    volume = prices.volume[row, symbol]
    if not is_listed(prices, row, symbol):
        return 0
    if not volume > 0:  # unknown
        return LARGEST
    lot = int(rules.lot[symbol])
    most = int(min(volume * rules.participation * UNIT, float(LARGEST)) / lot) * lot
    return max(0, most - int(state.traded[symbol]))


def refuse(state: State, row: int, i: int, reason: int, asked: int) -> None:
    """End a waiting order unfilled.

    An explicit quantity is rejected; a target already reached and a share of cash that comes to
    nothing are skipped.
    """
    orders, order = state.orders, int(state.waiting.order[i])
    reached = orders.side[order] == TARGET and reason == UNDER_ONE_LOT
    skipped = reached or orders.sizing[order] != QUANTITY
    at = end(state, row, i, SKIP if skipped else REJECT, reason)
    state.events.asked[at] = asked


def _too_small(state: State, rules: Rules, i: int, change: tuple[float, int]) -> bool:
    """Whether a weight or value asks for less than `min_trade` of equity; closing never does."""
    order = int(state.waiting.order[i])
    closes = state.orders.side[order] == TARGET and state.orders.amount[order] == 0
    if closes or state.orders.sizing[order] == QUANTITY:
        return False
    value = abs(change[0]) / UNIT * change[1] * rules.multiplier[state.waiting.symbol[i]]
    return bool(value < rules.min_trade * float(state.money[EQUITY]))
