"""Corporate actions on a timeline: where each is booked, and how it scales prices."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import truediv
from typing import NamedTuple

import numpy as np

from engine.bars import Action, Bars, Sessions, listed
from engine.errors import DataError
from engine.money import Floats, Ints


class Booked(NamedTuple):
    """An action with its place on a timeline.

    row: at whose open it is booked. ex_row: the first row of its ex-date or after, -1 where the
    timeline begins later.
    """

    row: int
    ex_row: int
    column: int
    action: Action

    @property
    def late(self) -> bool:
        """Whether rows went by between the ex-date and the booking."""
        return self.ex_row < self.row


def located(symbols: Sequence[str], sessions: Sessions, actions: Iterable[Action]) -> list[Booked]:
    """Return the actions that are booked on a timeline, in the order given.

    Each is booked at the first row of its day or after: its ex-date's, or where it was seen later
    the day it was seen. What belongs before the first session or after the last is left out.
    """
    first, last = sessions[0], sessions[-1]
    found = []
    for action in actions:
        ex_date = np.datetime64(action.ex_date, "D")
        day = max(ex_date, np.datetime64(action.seen or action.ex_date, "D"))
        if first <= day <= last:
            row, ex_row = (int(np.searchsorted(sessions, each)) for each in (day, ex_date))
            column = symbols.index(action.symbol)
            found.append(Booked(row, -1 if ex_date < first else ex_row, column, action))
    return found


def splits_of(raw: Bars, booked: Iterable[Booked], *, late: bool) -> Floats:
    """Return new shares for one old on each row, shape (rows, symbols).

    late: with those that were seen late. Not with one from before the first bar: there the raw
    prices never moved by it.
    """
    splits = np.ones(raw.close.shape)
    for one in booked:
        if one.action.kind == "split" and (not one.late or (late and one.ex_row >= 0)):
            splits[one.row, one.column] *= one.action.value
    return splits


def dividends_of(raw: Bars, booked: Iterable[Booked]) -> Floats:
    """Return the cash for each share that is paid on its ex-date, shape (rows, symbols)."""
    dividends = np.zeros(raw.close.shape)
    for one in booked:
        if one.action.kind == "dividend" and not one.late:
            dividends[one.row, one.column] += one.action.value
    return dividends


def last_closes(raw: Bars, booked: Iterable[Booked]) -> Floats:
    """Return the close before each row in that row's shares; 0 before a symbol's first bar."""
    at = _last_bars(raw)
    before = np.where(at < 0, 0.0, np.take_along_axis(raw.close, at.clip(0), axis=0))
    for one in booked:
        if one.action.kind == "split":
            older = at[one.row :, one.column] < one.ex_row
            before[one.row :, one.column][older] /= one.action.value
    return before


def factors(symbols: Sequence[str], raw: Bars, booked: Sequence[Booked]) -> Floats:
    """Return by what raw prices are multiplied on each row; DataError names a false dividend.

    An action counts from the row on which it is booked: what was not known scales nothing.
    """
    dividends, before = dividends_of(raw, booked), last_closes(raw, booked)
    kept = 1 - np.divide(dividends, before, out=np.zeros_like(dividends), where=before > 0)
    wrong = [(int(row), int(column)) for row, column in np.argwhere(kept <= 0)]
    for one in booked:
        if one.late and one.action.kind == "dividend":
            share = _share_of_close(raw, booked, one)
            kept[one.row, one.column] *= 1 - share
            wrong += [(one.row, one.column)] if share >= 1 else []
    if wrong:
        row, column = wrong[0]
        raise DataError(
            f"the dividend of {symbols[column]} on {raw.name_of(row)} is not below the close "
            "before it; mend it"
        )
    return np.cumprod(splits_of(raw, booked, late=True) / kept, axis=0)


def _share_of_close(raw: Bars, booked: Iterable[Booked], one: Booked) -> float:
    """A late dividend as a share of the close before its ex-date, in that day's shares."""
    bars = np.flatnonzero(listed(raw)[: max(one.ex_row, 0), one.column])
    if not len(bars):
        return 0.0
    splits = (
        other.action.value
        for other in booked
        if other.action.kind == "split"
        and other.column == one.column
        and bars[-1] < other.ex_row <= one.ex_row
        and other.row <= one.row
    )
    return one.action.value / reduce(truediv, splits, float(raw.close[bars[-1], one.column]))


def _last_bars(raw: Bars) -> Ints:
    """The row of each symbol's last bar before each row, -1 before its first."""
    there = listed(raw)
    rows = np.where(there, np.arange(len(there))[:, None], -1)
    last = np.maximum.accumulate(rows, axis=0)
    return np.vstack([np.full_like(last[:1], -1), last[:-1]])
