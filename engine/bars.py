"""Bars as they traded, and the corporate actions beside them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.money import Bools, Floats, Ints

Sessions = NDArray[np.datetime64]
PRICES = ("open", "high", "low", "close")
HIGHEST_PRICE = 1e9


class Bars(NamedTuple):
    """Raw bars of several symbols on one timeline, oldest first; one row for each closing instant.

    sessions: datetime64[D], shape (rows,); several rows may share one.
    opens, closes: instants in whole seconds since 1970 UTC, shape (rows,).
    open, high, low, close, volume: shape (rows, symbols); NaN where a symbol has no bar.
    """

    sessions: Sessions
    opens: Ints
    closes: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def head(self, rows: int) -> "Bars":
        """Return the first rows alone."""
        return Bars._make(array[:rows] for array in self)

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


def checked(symbols: Sequence[str], bars: Bars) -> Bars:
    """Return the bars in the engine's types; DataError names the first row that cannot be.

    The price arrays come back read-only, so that no strategy can change what another sees.
    """
    bars = Bars(
        np.asarray(bars.sessions, dtype="datetime64[D]"),
        np.asarray(bars.opens, dtype=np.int64),
        np.asarray(bars.closes, dtype=np.int64),
        *(_read_only(array) for array in bars[3:]),
    )
    _check_shapes(symbols, bars)
    _check_timeline(bars)
    _check_values(symbols, bars)
    return bars


def instant_text(seconds: int | np.int64) -> str:
    """Write seconds since 1970 as an instant in UTC.

    >>> instant_text(1_326_123_000)
    '2012-01-09T15:30:00Z'
    """
    return f"{np.datetime64(int(seconds), 's')}Z"


def listed(bars: Bars) -> Bools:
    """Say where there is a bar; shape (rows, symbols)."""
    return ~np.isnan(bars.close)


def _read_only(array: Floats) -> Floats:
    own = np.array(array, dtype=np.float64, order="C")
    own.setflags(write=False)
    return own


def _check_shapes(symbols: Sequence[str], bars: Bars) -> None:
    if len(set(symbols)) != len(symbols) or not symbols:
        raise DataError(f"symbols must be different and at least one, were {list(symbols)}")
    rows = len(bars.sessions)
    if rows == 0:
        raise DataError(f"no bars of {', '.join(symbols)}; give at least one session")
    for name, array in bars._asdict().items():
        shape = (rows,) if name in ("sessions", "opens", "closes") else (rows, len(symbols))
        if array.shape != shape:
            raise DataError(f"{name} must have shape {shape}, had {array.shape}")


def _check_timeline(bars: Bars) -> None:
    late = np.flatnonzero(np.diff(bars.sessions).astype(np.int64) < 0)
    if len(late):
        before, after = bars.sessions[late[0]], bars.sessions[late[0] + 1]
        raise DataError(f"session {after} follows {before}; sort the rows by time")
    twice = np.flatnonzero(np.diff(bars.closes) == 0)
    if len(twice):
        raise DataError(f"two rows close at {instant_text(bars.closes[twice[0]])}; keep each once")
    overlapping = np.flatnonzero(bars.opens[1:] < bars.closes[:-1])
    if len(overlapping):
        row = overlapping[0] + 1
        opens, before = instant_text(bars.opens[row]), instant_text(bars.closes[row - 1])
        raise DataError(
            f"session {bars.sessions[row]} opens at {opens}, before the row before it closed at "
            f"{before}; mend its times"
        )
    inverted = np.flatnonzero(bars.opens >= bars.closes)
    if len(inverted):
        opens, closes = (instant_text(at[inverted[0]]) for at in (bars.opens, bars.closes))
        session = bars.sessions[inverted[0]]
        raise DataError(f"session {session} closes at {closes}, not after {opens}; mend its times")


def _check_values(symbols: Sequence[str], bars: Bars) -> None:
    gaps = [np.isnan(getattr(bars, name)) for name in PRICES]
    some, none = gaps[0] | gaps[1] | gaps[2] | gaps[3], gaps[0] & gaps[1] & gaps[2] & gaps[3]
    whole = "give all of open, high, low and close, or none of them"
    _refuse(symbols, bars, some & ~none, f"has a NaN inside; {whole}")
    for name in PRICES:
        price = getattr(bars, name)
        _refuse(symbols, bars, np.isinf(price), f"has an infinite {name}; leave the bar out")
        _refuse(symbols, bars, price < 1e-8, f"has {name} below 1e-8; leave the bar out")
        _refuse(symbols, bars, price > HIGHEST_PRICE, f"has {name} above 1e9; give other units")
    _refuse(symbols, bars, bars.high < bars.low, "has its high below its low; mend or leave it out")
    for name in ("open", "close"):
        price = getattr(bars, name)
        outside = (price > bars.high) | (price < bars.low)
        _refuse(symbols, bars, outside, f"has its {name} beyond high or low; mend or leave it out")
    _refuse(symbols, bars, bars.volume < 0, "has a negative volume; give NaN where it is unknown")
    _refuse(symbols, bars, np.isinf(bars.volume), "has an infinite volume; give NaN for unknown")


def _refuse(symbols: Sequence[str], bars: Bars, wrong: Bools, what: str) -> None:
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(f"the bar of {symbols[column]} on {bars.name_of(int(row))} {what}")
