"""What a strategy asks for, as the loop reads it: rows of arrays."""

from typing import NamedTuple

from engine.money import Ints
from engine.tables import empty_table

BUY, SELL, TARGET, CANCEL, PROTECT = range(5)
QUANTITY, VALUE, WEIGHT = range(3)
MARKET, LIMIT, STOP, STOP_LIMIT, TRAILING = range(5)
GTC, DAY, AT_OPEN, AT_CLOSE = range(4)
SIDES = ("buy", "sell", "target", "cancel", "protect")
SIZINGS = ("quantity", "value", "weight")
TYPES = ("market", "limit", "stop", "stop_limit", "trailing_stop")
TIMES_IN_FORCE = ("gtc", "day", "open", "close")
NO_ORDER = -1
WEIGHT_PLACES = 9
WEIGHT_UNIT = 10**WEIGHT_PLACES


def type_of(limit: float, stop: float, trail: float) -> int:
    """Say which type of order its prices make; 0 is none, trail a distance or a share."""
    if trail:
        return TRAILING
    if stop:
        return STOP_LIMIT if limit else STOP
    return LIMIT if limit else MARKET


class Orders(NamedTuple):
    """Every order of a run in the order of asking; columns of equal length, `used` of them filled.

    row: at whose close it was asked for; the row before the first for those that came with the
        opening account.
    amount: in the unit of its sizing; a target's may be negative, which is short.
    number: which one of its symbol at that close, from 1.
    limit, stop, trail: raw prices and a distance in units, 0 where it has none.
    trail_share, stop_loss, take_profit, trailing: fractions in units of 1e-9, 0 where none.
    reduce: 1 for an order that may only reduce.
    group: what one fill of cancels the others of, NO_ORDER where it stands alone.
    replaces: the order that it cancels or takes the place of, NO_ORDER where none.
    """

    used: Ints
    row: Ints
    symbol: Ints
    side: Ints
    sizing: Ints
    amount: Ints
    number: Ints
    type: Ints
    tif: Ints
    limit: Ints
    stop: Ints
    trail: Ints
    trail_share: Ints
    reduce: Ints
    group: Ints
    replaces: Ints
    stop_loss: Ints
    take_profit: Ints
    trailing: Ints


def order_table(row: Ints, symbol: Ints, side: int, sizing: int, amount: Ints) -> Orders:
    """Return a full table of market orders alike, one for each symbol and row at most."""
    table = empty_table(Orders, len(row))
    table.used[0] = len(row)
    table.row[:], table.symbol[:], table.amount[:] = row, symbol, amount
    table.side[:], table.sizing[:], table.number[:] = side, sizing, 1
    table.group[:] = table.replaces[:] = NO_ORDER
    return table


def add_order(orders: Orders, row: int, symbol: int, asked: tuple[int, int, int]) -> int:
    """Append a plain market order and return its place; asked: side, sizing, amount.

    There must be room. What else it has is written into its columns afterwards.
    """
    at = int(orders.used[0])
    number, before = 1, at - 1
    while before >= 0 and orders.row[before] == row:
        if orders.symbol[before] == symbol:
            number = int(orders.number[before]) + 1
            break
        before -= 1
    for column in orders[1:]:
        column[at] = 0
    orders.row[at], orders.symbol[at], orders.number[at] = row, symbol, number
    orders.side[at], orders.sizing[at], orders.amount[at] = asked
    orders.group[at] = orders.replaces[at] = NO_ORDER
    orders.used[0] = at + 1
    return at
