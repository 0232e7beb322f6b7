"""What was held, and what waited, after each row: summed from the events of a whole run."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.events import events_of
from engine.money import Ints
from engine.orders import Order
from engine.state import ADJUST, CANCEL, FILL, REJECT, SKIP, State

Waited = dict[int, tuple[Order, ...]]


def summed(state: State, changes: Ints, first: int, rows: int) -> Ints:
    """Sum an event column up to each of `rows` rows from `first` on; exact in whole numbers."""
    by_row = np.zeros(rows, np.int64)
    used = int(state.events.used[0])
    np.add.at(by_row, state.events.row[:used] - first, changes[:used])
    return np.cumsum(by_row)


def summed_by_symbol(state: State, changes: Ints, first: int, rows: int) -> Ints:
    """Sum an event column as `summed` does, for each symbol; shape (rows, symbols)."""
    by_row = np.zeros((rows, len(state.quantity)), np.int64)
    used = int(state.events.used[0])
    at = (state.events.row[:used] - first, state.events.symbol[:used])
    np.add.at(by_row, at, changes[:used])
    return np.cumsum(by_row, axis=0)


def waited(state: State, orders: Sequence[Order], first: int, stop: int) -> Waited:
    """Return the orders that wait after each row's close, by symbol and then by asking."""
    amounts, ended = _adjusted(state), _ended(state)
    by_symbol = sorted(range(len(orders)), key=lambda at: (int(state.orders.symbol[at]), at))
    found: defaultdict[int, list[Order]] = defaultdict(list)
    for at in by_symbol:
        order, changes = orders[at], amounts.get(at, {})
        for row in range(max(int(state.orders.row[at]), first), ended.get(at, stop)):
            if row in changes:
                order = replace(order, amount=changes[row])
            found[row].append(order)
    return {row: tuple(waiting) for row, waiting in found.items()}


def _ended(state: State) -> dict[int, int]:
    """The row that ended each order that was ended."""
    events = state.events
    ends = events_of(state, FILL, REJECT, SKIP, CANCEL)
    return {int(events.order[at]): int(events.row[at]) for at in ends}


def _adjusted(state: State) -> dict[int, dict[int, int]]:
    """The amount that splits gave an order, by order and row."""
    events, found = state.events, defaultdict[int, dict[int, int]](dict)
    for at in events_of(state, ADJUST):
        found[int(events.order[at])][int(events.row[at])] = int(events.asked[at])
    return found
