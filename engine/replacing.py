"""What an order that is replaced hands on to the one that takes its place."""

from collections.abc import Mapping

from engine.orders import BUY, QUANTITY, SELL, TARGET, Orders
from engine.state import NONE, State

NOT_COPIED = ("used", "row", "symbol", "side", "sizing", "amount", "number", "replaces")
TRAILS = ("trail", "trail_share")


def place_of(state: State, order: int) -> int | None:
    """Return where an order waits; None where it does not."""
    waiting = state.waiting
    there = (i for i in range(int(waiting.used[0])) if waiting.order[i] == order)
    return next(there, None)


def living(state: State) -> list[int]:
    """Return the orders that wait, and those asked for at this close."""
    orders, waiting = state.orders, state.waiting
    waits = waiting.order[: int(waiting.used[0])].tolist()
    new = range(int(state.next_order[0]), int(orders.used[0]))
    return [*waits, *(at for at in new if orders.side[at] in (BUY, SELL, TARGET))]


def size_left(state: State, order: int) -> tuple[int, int, int]:
    """Return side, sizing and amount of what an order has still to do."""
    table, i = state.orders, place_of(state, order)
    side, sizing = int(table.side[order]), int(table.sizing[order])
    if i is None:
        return side, sizing, int(table.amount[order])
    left = int(state.waiting.left[i])
    if side == TARGET or left == NONE:
        return side, sizing, int(state.waiting.amount[i])
    return side, QUANTITY, abs(left)


def merged(state: State, order: int, given: Mapping[str, int]) -> dict[str, int]:
    """Return what an order says beyond side and size, with given prices in the place of its own.

    Its own are as splits have left them.
    """
    table, i = state.orders, place_of(state, order)
    names = (name for name in Orders._fields if name not in NOT_COPIED)
    own = {name: int(getattr(table, name)[order]) for name in names}
    if i is not None:
        prices = ("limit", "stop", "trail")
        own |= {name: int(getattr(state.waiting, name)[i]) for name in prices}
    if given.keys() & set(TRAILS):
        own |= dict.fromkeys(TRAILS, 0)
    return own | dict(given)
