"""Bars as they traded, and the corporate actions beside them."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.money import Bools, Floats, Ints, frozen_all

Sessions = NDArray[np.datetime64]
PRICES = ("open", "high", "low", "close")
LOWEST_PRICE, HIGHEST_PRICE = 1e-8, 1e9
HIGHEST_VOLUME = 1e18
KINDS_OF_ACTION = ("split", "dividend", "delisting")


class QuotedPrices(NamedTuple):
    """One side of the book; shape (rows, symbols), NaN where a bar carries no quotes."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats

    def head(self, rows: int) -> "QuotedPrices":
        """Return the first rows alone."""
        return QuotedPrices._make(array[:rows] for array in self)

    def scaled(self, factors: Floats) -> "QuotedPrices":
        """Return them on another price scale, read-only."""
        scaled = QuotedPrices._make(array * factors for array in self)
        return frozen_all(scaled)


class Bars(NamedTuple):
    """Raw bars of several symbols on one timeline, oldest first; one row for each closing instant.

    sessions: datetime64[D], shape (rows,); several rows may share one.
    opens, closes: instants in whole seconds since 1970 UTC, shape (rows,).
    open, high, low, close, volume: shape (rows, symbols); NaN where a symbol has no bar. A bar
        that nothing traded in but that was quoted has the middle for its prices.
    ask, bid: what was asked and bid, both or neither; None where no bar carries them.
    ends: the instant each row's session closes, shape (rows,), as its calendar says; without it a
        session ends with the last of its rows that is there.
    """

    sessions: Sessions
    opens: Ints
    closes: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    ask: QuotedPrices | None = None
    bid: QuotedPrices | None = None
    ends: Ints | None = None

    def head(self, rows: int) -> "Bars":
        """Return the first rows alone."""
        return Bars._make(
            [
                *(array[:rows] for array in self[:8]),
                None if self.ask is None else self.ask.head(rows),
                None if self.bid is None else self.bid.head(rows),
                None if self.ends is None else self.ends[:rows],
            ]
        )

    def several(self) -> Bools:
        """Say from which row on sessions have several rows, as known there; shape (rows,)."""
        same = self.sessions[1:] == self.sessions[:-1]
        return np.logical_or.accumulate(np.append(False, same))

    def name_of(self, row: int) -> str:
        """Name a row: by its session, or by its closing instant once a session had several rows.

        Only rows up to this one count, so that what comes later renames nothing.
        """
        several = self.several()[row]
        return instant_text(self.closes[row]) if several else str(self.sessions[row])


class Action(NamedTuple):
    """A corporate action.

    kind: "split", "dividend" or "delisting".
    value: new shares for one old, or cash for each share as counted on the ex-date; NaN for a
        delisting at the last close.
    seen: the session that learnt of it, where that is later than the ex-date; it is booked there.
    """

    symbol: str
    ex_date: date
    kind: str
    value: float
    seen: date | None = None


def joined(before: Bars, after: Bars) -> Bars:
    """Return bars of the same symbols with later ones behind them.

    Where only one part carries quotes the other has none; where only one says when its sessions
    end, the other's end with the last row it has.
    """
    pairs = zip(before[:8], after[:8], strict=True)
    ends = None
    if before.ends is not None or after.ends is not None:
        ends = np.concatenate([ends_of(before), ends_of(after)])
    return Bars._make(
        [
            *(np.concatenate(pair) for pair in pairs),
            _joined_quotes(before, after, before.ask, after.ask),
            _joined_quotes(before, after, before.bid, after.bid),
            ends,
        ]
    )


def _joined_quotes(
    before: Bars, after: Bars, first: QuotedPrices | None, then: QuotedPrices | None
) -> QuotedPrices | None:
    if first is None and then is None:
        return None
    pairs = zip(first or _unquoted(before), then or _unquoted(after), strict=True)
    return QuotedPrices._make(np.concatenate(pair) for pair in pairs)


def _unquoted(bars: Bars) -> QuotedPrices:
    return QuotedPrices(*[np.full(bars.close.shape, np.nan)] * 4)


def ends_of(bars: Bars) -> Ints:
    """Return when each row's session ends: as given, or else with the last row it has."""
    if bars.ends is not None:
        return bars.ends
    last: Ints = np.searchsorted(bars.sessions, bars.sessions, side="right") - 1
    return bars.closes[last]


def instant_text(seconds: int | np.int64) -> str:
    """Write seconds since 1970 as an instant in UTC.

    >>> instant_text(1_326_123_000)
    '2012-01-09T15:30:00Z'
    """
    return f"{np.datetime64(int(seconds), 's')}Z"


def listed(bars: Bars) -> Bools:
    """Say where there is a bar; shape (rows, symbols)."""
    return ~np.isnan(bars.close)
