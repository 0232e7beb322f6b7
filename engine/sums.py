"""What events add up to after each row, for a whole run at once."""

import numpy as np

from engine.money import Ints
from engine.state import State


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
