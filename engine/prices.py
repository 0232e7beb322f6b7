"""The raw bars and the corporate actions as the loop reads them: plain arrays, in units."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from engine.bars import Bars, QuotedPrices, ends_of, listed
from engine.booked import Booked, dividends_of, last_closes, splits_of
from engine.money import UNIT, Bools, Floats, Ints, frozen_all

NOT_DELISTED = -1
SECONDS_PER_YEAR = 365 * 86_400


class Late(NamedTuple):
    """What was seen after its ex-date: splits, then dividends and delistings, in booking order.

    ratio: new shares for one old, 1 unless a split. dividend: cash for each share, 0 unless one.
    """

    row: Ints
    ex_row: Ints
    symbol: Ints
    ratio: Floats
    dividend: Ints


class Quotes(NamedTuple):
    """Prices of one side, in units; shape (rows, symbols); where there is no bar, as in Prices."""

    open: Ints
    high: Ints
    low: Ints
    close: Ints


class Prices(NamedTuple):
    """What the loop reads, in units; shape (rows, symbols) unless told otherwise.

    listed: whether orders can fill: there is a bar, and the symbol is not delisted yet.
    open, high, low, close: the raw price, or where a symbol has no bar its last close.
    ask, bid: what buys and sales are filled at; the trade prices where a bar carries none.
    quoted: whether a bar carries bid and ask, which takes the place of slippage in basis points.
    volume: shares traded, NaN where unknown or without a bar.
    volatility: of the closes' moves as known before a bar; 0 where unknown or not needed.
    session: shape (rows,), numbered from 0. opens_session, closes_session: shape (rows,), whether
        a row is its session's first, and its last.
    years: shape (rows,), from the close before to this one in years of 365 days, 0 on the first.
    split: new shares for one old on that row, 1 without one.
    dividend: cash for each share on that row.
    delisting: what each share is paid when it is delisted on that row, else NOT_DELISTED.
    delisted: whether it was, on that row or before.
    late: the actions that are booked later than on their ex-date.
    has_action: shape (rows,).
    next_action, next_listed: the first row at or after each one with an action, shape (rows,), and
        with a bar of the symbol; the number of rows where there is none.
    """

    listed: Bools
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    ask: Quotes
    bid: Quotes
    quoted: Bools
    volume: Floats
    volatility: Floats
    session: Ints
    opens_session: Bools
    closes_session: Bools
    years: Floats
    split: Floats
    dividend: Ints
    delisting: Ints
    delisted: Bools
    late: Late
    has_action: Bools
    next_action: Ints
    next_listed: Ints


def loop_prices(raw: Bars, booked: Sequence[Booked]) -> Prices:
    """Bring raw bars and booked actions into the form that the loop reads.

    Nobody can write to them, since fills come from them. The volatility is left at 0: only what
    pays by it works it out.
    """
    there, before = listed(raw), last_closes(raw, booked)
    delisting = _delistings(booked, before)
    delisted = np.logical_or.accumulate(delisting != NOT_DELISTED, axis=0)
    fillable = there & ~delisted
    has_action = np.zeros(len(there), np.bool_)
    has_action[[one.row for one in booked]] = True
    traded = _side(there, QuotedPrices(*raw[3:7]), before)
    quoted, ask, bid = _quotes(raw, traded)
    opens_session = np.append(True, raw.sessions[1:] != raw.sessions[:-1])
    prices = Prices(
        fillable,
        *traded,
        ask=ask,
        bid=bid,
        quoted=quoted,
        volume=raw.volume,
        volatility=np.zeros(there.shape),
        session=np.cumsum(opens_session) - 1,
        opens_session=opens_session,
        closes_session=raw.closes == ends_of(raw),
        years=np.diff(raw.closes, prepend=raw.closes[:1]) / SECONDS_PER_YEAR,
        split=splits_of(raw, booked, late=False),
        dividend=_units(dividends_of(raw, booked)),
        delisting=delisting,
        delisted=delisted,
        late=_late(booked),
        has_action=has_action,
        next_action=_next(has_action),
        next_listed=_next(fillable),
    )
    return frozen_all(prices)


def _quotes(raw: Bars, traded: Quotes) -> tuple[Bools, Quotes, Quotes]:
    """Where bars carry quotes, and both sides; one array stands for all that carry none."""
    if raw.ask is None or raw.bid is None:
        return np.zeros(raw.close.shape, np.bool_), traded, traded
    quoted = ~np.isnan(raw.ask.close)
    ask, bid = (
        Quotes(*(np.where(quoted, own, trade) for own, trade in zip(side, traded, strict=True)))
        for side in (_side(quoted, one, np.zeros(quoted.shape)) for one in (raw.ask, raw.bid))
    )
    return quoted, ask, bid


def _side(there: Bools, prices: QuotedPrices, missing: Floats) -> Quotes:
    return Quotes(*(_units(np.where(there, price, missing)) for price in prices))


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
    return np.ascontiguousarray(np.minimum.accumulate(rows[::-1], axis=0)[::-1])
