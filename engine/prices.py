"""The raw bars and the corporate actions as the loop reads them: plain arrays, in units."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from engine.bars import Bars, listed
from engine.booked import Booked, dividends_of, last_closes, splits_of
from engine.money import UNIT, Bools, Floats, Ints

NOT_DELISTED = -1


class Late(NamedTuple):
    """What was seen after its ex-date: splits, then dividends and delistings, in booking order.

    ratio: new shares for one old, 1 unless a split. dividend: cash for each share, 0 unless one.
    """

    row: Ints
    ex_row: Ints
    symbol: Ints
    ratio: Floats
    dividend: Ints


class Prices(NamedTuple):
    """What the loop reads, in units; shape (rows, symbols) unless told otherwise.

    listed: whether orders can fill: there is a bar, and the symbol is not delisted yet.
    open, close: the raw price, or where a symbol has no bar its last close.
    split: new shares for one old on that row, 1 without one.
    dividend: cash for each share on that row.
    delisting: what each share is paid when it is delisted on that row, else NOT_DELISTED.
    late: the actions that are booked later than on their ex-date.
    has_action: shape (rows,).
    next_action, next_listed: the first row at or after each one with an action, shape (rows,), and
        with a bar of the symbol; the number of rows where there is none.
    """

    listed: Bools
    open: Ints
    close: Ints
    split: Floats
    dividend: Ints
    delisting: Ints
    late: Late
    has_action: Bools
    next_action: Ints
    next_listed: Ints


def loop_prices(raw: Bars, booked: Sequence[Booked]) -> Prices:
    """Bring raw bars and booked actions into the form that the loop reads."""
    there, before = listed(raw), last_closes(raw, booked)
    split, dividend = splits_of(raw, booked, late=False), dividends_of(raw, booked)
    delisting = _delistings(booked, before)
    fillable = there & ~np.logical_or.accumulate(delisting != NOT_DELISTED, axis=0)
    has_action = np.zeros(len(there), np.bool_)
    has_action[[one.row for one in booked]] = True
    return Prices(
        listed=fillable,
        open=_units(np.where(there, raw.open, before)),
        close=_units(np.where(there, raw.close, before)),
        split=split,
        dividend=_units(dividend),
        delisting=delisting,
        late=_late(booked),
        has_action=has_action,
        next_action=_next(has_action),
        next_listed=_next(fillable),
    )


def _units(prices: Floats) -> Ints:
    return np.rint(prices * UNIT).astype(np.int64)


def _delistings(booked: Iterable[Booked], before: Floats) -> Ints:
    payments = np.full(before.shape, NOT_DELISTED, np.int64)
    for row, _, column, action in booked:
        if action.kind == "delisting":
            paid = before[row, column] if np.isnan(action.value) else action.value
            payments[row, column] = round(paid * UNIT)
    return payments


def _late(booked: Iterable[Booked]) -> Late:
    late = sorted(
        (one for one in booked if one.late),
        key=lambda one: (one.row, one.action.kind != "split", one.ex_row),
    )
    split, dividend = (
        np.array([one.action.kind == kind for one in late], np.bool_)
        for kind in ("split", "dividend")
    )
    value = np.array([one.action.value for one in late], np.float64)
    return Late(
        row=np.array([one.row for one in late], np.int64),
        ex_row=np.array([one.ex_row for one in late], np.int64),
        symbol=np.array([one.column for one in late], np.int64),
        ratio=np.where(split, value, 1.0),
        dividend=_units(np.where(dividend, value, 0.0)),
    )


def _next(marked: Bools) -> Ints:
    """The first marked row at or after each one; the number of rows where there is none."""
    shape = (-1, *(1,) * (marked.ndim - 1))
    rows = np.where(marked, np.arange(len(marked)).reshape(shape), len(marked))
    return np.minimum.accumulate(rows[::-1], axis=0)[::-1]
