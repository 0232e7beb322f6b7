"""One symbol's bars as they were given, and how several of them share a timeline."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.bars import Bars, QuotedPrices, Sessions, instant_text
from engine.errors import DataError
from engine.money import Floats
from engine.sessions import Times

TRADES = ("open", "high", "low", "close", "volume")
QUOTES = tuple(f"{side}_{price}" for side in ("ask", "bid") for price in TRADES[:4])


class Series(NamedTuple):
    """Bars of one symbol in the order they were given.

    times: shape (bars,); a bar outside its calendar's sessions has none.
    values: open, high, low, close and volume, and with quotes the eight of ask and bid; shape
        (5 or 13, bars).
    unread: of rows with something that is no number, what.
    """

    symbol: str
    times: Times
    values: Floats
    unread: Mapping[int, str]

    def bars(self) -> Bars:
        """Return them as bars of one symbol, sorted or not."""
        return _bars(self.times, self.values[:, :, None])

    def inside(self) -> "Series":
        """Return those that belong to a session."""
        known = ~np.isnat(self.times.sessions)
        times = (None if array is None else array[known] for array in self.times)
        return Series(self.symbol, Times._make(times), self.values[:, known], {})


def merged(all_series: Sequence[Series]) -> Bars:
    """Put sorted series on one timeline; DataError where two disagree on a bar's session."""
    joined = Times._make(_joined(all_series, name) for name in Times._fields)
    closes, first = np.unique(joined.closes, return_index=True)
    times = Times._make(None if array is None else array[first] for array in joined)
    kinds = max(len(series.values) for series in all_series)
    values = np.full((kinds, len(closes), len(all_series)), np.nan)
    for column, series in enumerate(all_series):
        rows = np.searchsorted(closes, series.times.closes)
        values[: len(series.values), rows, column] = series.values
        _refuse_other_sessions(series, times.sessions[rows])
    return _bars(times, values)


def _bars(times: Times, values: Floats) -> Bars:
    own, quotes = values[: len(TRADES)], values[len(TRADES) :]
    ask, bid = (QuotedPrices(*quotes[at : at + 4]) if len(quotes) else None for at in (0, 4))
    return Bars._make([*times[:3], *own, ask, bid, times.ends])


def _joined(all_series: Sequence[Series], name: str) -> np.ndarray | None:
    arrays = [getattr(series.times, name) for series in all_series]
    return None if any(array is None for array in arrays) else np.concatenate(arrays)


def _refuse_other_sessions(series: Series, sessions: Sessions) -> None:
    mine = series.times
    other = np.flatnonzero(mine.sessions != sessions)
    if len(other):
        at = other[0]
        raise DataError(
            f"{series.symbol}: the bar of {instant_text(mine.opens[at])} is of session "
            f"{mine.sessions[at]}, another symbol's of {sessions[at]}; give both one session"
        )
