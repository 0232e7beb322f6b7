"""What was held, and what waited, after each row: summed from the events of a whole run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.events import events_of
from engine.money import Ints
from engine.orders import Order
from engine.state import ADJUST, CANCEL, FILL, REJECT, SKIP, State


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


def last_changes(state: State, first: int, stop: int) -> Ints:
    """Return for each row from `first` on the last one at which an account could change."""
    events = state.events.row[: int(state.events.used[0])]
    asked = state.orders.row[: int(state.orders.used[0])]
    changed = np.zeros(stop - first, np.int64)
    for rows in (events, asked):
        changed[rows[rows >= first] - first] = rows[rows >= first] - first
    return first + np.maximum.accumulate(changed)


class Waited(NamedTuple):
    """From which row on each order waits, until which it does, and what splits made of it.

    asked, ended: shape (orders,), in the order of waiting. orders: in that order too.
    adjusted: rows and amounts by the order's place.
    """

    asked: Ints
    ended: Ints
    orders: tuple[Order, ...]
    adjusted: Mapping[int, Sequence[tuple[int, int]]]

    @classmethod
    def of(cls, state: State, orders: Sequence[Order]) -> "Waited":
        """Read it from a run's events; orders wait by symbol, and then by asking."""
        used, events = int(state.orders.used[0]), state.events
        ended = np.full(used, np.iinfo(np.int64).max)
        ends = events_of(state, FILL, REJECT, SKIP, CANCEL)
        ended[events.order[ends]] = events.row[ends]
        place = np.argsort(state.orders.symbol[:used], kind="stable")
        told = tuple(orders[at] for at in place.tolist())
        return cls(state.orders.row[place], ended[place], told, _adjusted(state, place))

    def at(self, row: int) -> Iterator[Order]:
        """Yield the orders that wait after a row's close, with the amounts they then have."""
        for at in np.flatnonzero((self.asked <= row) & (self.ended > row)).tolist():
            amounts = [amount for since, amount in self.adjusted.get(at, ()) if since <= row]
            order = self.orders[at]
            yield replace(order, amount=amounts[-1]) if amounts else order


def _adjusted(state: State, place: Ints) -> dict[int, list[tuple[int, int]]]:
    """The rows at which splits changed an order's amount, and to what."""
    events, found = state.events, defaultdict[int, list[tuple[int, int]]](list)
    there = {order: at for at, order in enumerate(place.tolist())}
    for at in events_of(state, ADJUST):
        row, amount = int(events.row[at]), int(events.asked[at])
        found[there[int(events.order[at])]].append((row, amount))
    return found
