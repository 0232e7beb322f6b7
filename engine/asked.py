"""What a strategy asked for, as numbers that two runs can be compared by."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.money import UNIT, Ints
from engine.orders import SIDES, SIZINGS, TIMES_IN_FORCE, TYPES, WEIGHT, WEIGHT_UNIT, Orders

COLUMNS = Orders._fields[1:]
AT = {name: place for place, name in enumerate(COLUMNS)}
NOTHING = "nothing"
PRICED = ("limit", "stop", "trail")
SHARED = ("trail_share", "stop_loss", "take_profit", "trailing")


class Place(NamedTuple):
    """Where something was decided: a row, and a symbol's column."""

    row: int
    symbol: int


class Asked(NamedTuple):
    """Orders as they were rounded at the door, in the order of asking.

    table: shape (orders, columns of `Orders`).
    """

    table: Ints

    @classmethod
    def of(cls, orders: Orders) -> "Asked":
        """Take the orders of a run that opened with none."""
        used = int(orders.used[0])
        return cls(np.stack([np.asarray(column[:used], np.int64) for column in orders[1:]], axis=1))

    def until(self, row: int) -> Ints:
        """Return those that were asked for by a row's close."""
        return self.table[: int(np.searchsorted(self.table[:, AT["row"]], row, side="right"))]

    def rows(self) -> Ints:
        """Return the rows at which anything was asked for, each once."""
        return np.unique(self.table[:, AT["row"]])

    def first(self) -> Place:
        """Return where the first order was asked for; there must be one."""
        return Place(*(int(self.table[0, AT[name]]) for name in ("row", "symbol")))

    def told(self, row: int, symbol: int) -> str:
        """Say what was asked for one symbol at one row's close."""
        mine = (self.table[:, AT["row"]] == row) & (self.table[:, AT["symbol"]] == symbol)
        return ", ".join(_told(order) for order in self.table[mine]) or NOTHING


def first_change(one: Asked, other: Asked, until: int) -> Place | None:
    """Return where the decisions of two runs part up to a row; None where they are the same."""
    mine, yours = one.until(until), other.until(until)
    both = min(len(mine), len(yours))
    differs = np.flatnonzero((mine[:both] != yours[:both]).any(axis=1))
    if not len(differs) and len(mine) == len(yours):
        return None
    at = int(differs[0]) if len(differs) else both
    left = [table[at] for table in (mine, yours) if at < len(table)]
    return min(Place(int(order[AT["row"]]), int(order[AT["symbol"]])) for order in left)


def _told(order: Sequence[int]) -> str:
    named = {name: int(order[place]) for name, place in AT.items()}
    side = SIDES[named["side"]]
    sized = side in SIDES[:3]
    return " ".join([side, *([_size(named)] if sized else []), *_conditions(named)])


def _size(order: Mapping[str, int]) -> str:
    unit = WEIGHT_UNIT if order["sizing"] == WEIGHT else UNIT
    return f"{SIZINGS[order['sizing']]} {order['amount'] / unit:.9g}"


def _conditions(order: Mapping[str, int]) -> list[str]:
    """All that an order says beyond its size, in the names it was given by."""
    told = [f"as {TYPES[order['type']]}"] if order["type"] else []
    told += [f"{name} {order[name] / UNIT:.9g}" for name in PRICED if order[name]]
    told += [f"{name} {order[name] / WEIGHT_UNIT:.9g}" for name in SHARED if order[name]]
    told += [f"for the {TIMES_IN_FORCE[order['tif']]}"] if order["tif"] else []
    return [*told, "reduce only"] if order["reduce"] else told
