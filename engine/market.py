"""The market a strategy sees: validated once, on one price scale, with the raw bars beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from engine.bars import Action, Bars, Sessions, checked, listed
from engine.errors import DataError
from engine.money import UNIT, Bools, Floats, Ints


class Prices(NamedTuple):
    """What the loop reads, in units; shape (rows, symbols) but for `has_action` (rows,).

    open, close: the raw price, or where a symbol has no bar its last close.
    split: new shares for one old on that row, 1 without one.
    dividend: cash for each share on that row.
    """

    listed: Bools
    open: Ints
    close: Ints
    split: Floats
    dividend: Ints
    has_action: Bools


@dataclass(frozen=True, eq=False)
class Market:
    """Bars of several symbols on one price scale; arrays have shape (rows, symbols).

    The scale is the raw price times the factors of all actions up to that bar, starting at 1: a
    later action never changes an earlier number. Volume is divided by splits. NaN: no bar.
    """

    symbols: tuple[str, ...]
    raw: Bars
    actions: tuple[Action, ...]

    @classmethod
    def build(cls, symbols: Sequence[str], bars: Bars, actions: Sequence[Action] = ()) -> "Market":
        """Validate once; DataError names symbol, session and the way out."""
        for action in actions:
            _check_action(symbols, action)
        ordered = sorted(actions, key=lambda action: (action.ex_date, action.kind != "split"))
        return cls(tuple(symbols), checked(symbols, bars), tuple(ordered))

    def head(self, rows: int) -> "Market":
        """Return the market as it was known after its first rows."""
        bars = self.raw.head(rows)
        last = bars.sessions[-1].item()
        known = tuple(action for action in self.actions if action.ex_date <= last)
        return Market(self.symbols, bars, known)

    def row_of(self, day: date | None) -> int:
        """Find the first row on or after a day; DataError when there is none."""
        row = 0 if day is None else int(np.searchsorted(self.sessions, np.datetime64(day, "D")))
        if row == len(self.sessions):
            names, last = ", ".join(self.symbols), self.sessions[-1]
            raise DataError(f"no bars of {names} from {day}; the last session is {last}")
        return row

    @property
    def sessions(self) -> Sessions:
        """The session of each row, datetime64[D]."""
        return self.raw.sessions

    @property
    def opens(self) -> Ints:
        """The instant each row opens, seconds since 1970 UTC."""
        return self.raw.opens

    @property
    def closes(self) -> Ints:
        """The instant each row closes, seconds since 1970 UTC."""
        return self.raw.closes

    @cached_property
    def open(self) -> Floats:
        """Opens on the one price scale."""
        return _frozen(self.raw.open * self._factors)

    @cached_property
    def high(self) -> Floats:
        """Highs on the one price scale."""
        return _frozen(self.raw.high * self._factors)

    @cached_property
    def low(self) -> Floats:
        """Lows on the one price scale."""
        return _frozen(self.raw.low * self._factors)

    @cached_property
    def close(self) -> Floats:
        """Closes on the one price scale."""
        return _frozen(self.raw.close * self._factors)

    @cached_property
    def volume(self) -> Floats:
        """Shares traded, divided by the splits so far."""
        return _frozen(self.raw.volume / np.cumprod(self._splits, axis=0))

    @cached_property
    def prices(self) -> Prices:
        """The raw bars as the loop reads them."""
        return Prices(
            listed=listed(self.raw),
            open=_units(np.where(listed(self.raw), self.raw.open, self._last_close)),
            close=_units(np.where(listed(self.raw), self.raw.close, self._last_close)),
            split=self._splits,
            dividend=_units(self._dividends),
            has_action=np.any((self._splits != 1) | (self._dividends != 0), axis=1),
        )

    @cached_property
    def _splits(self) -> Floats:
        splits = np.ones(self.raw.close.shape)
        for row, column, action in self._located("split"):
            splits[row, column] *= action.value
        return splits

    @cached_property
    def _dividends(self) -> Floats:
        dividends = np.zeros(self.raw.close.shape)
        for row, column, action in self._located("dividend"):
            dividends[row, column] += action.value
        return dividends

    @cached_property
    def _last_close(self) -> Floats:
        """The close before each row in that row's shares; 0 before a symbol's first bar."""
        bar = listed(self.raw)
        at = np.maximum.accumulate(np.where(bar, np.arange(len(bar))[:, None], -1), axis=0)
        carried = np.where(at < 0, 0.0, np.take_along_axis(self.raw.close, at.clip(0), axis=0))
        before = np.vstack([np.zeros_like(carried[:1]), carried[:-1]])
        for row, column, action in self._located("split"):
            ahead = np.flatnonzero(bar[row:, column])
            stop = row + ahead[0] + 1 if len(ahead) else len(bar)
            before[row:stop, column] /= action.value
        return before

    @cached_property
    def _factors(self) -> Floats:
        kept = 1 - np.divide(
            self._dividends,
            self._last_close,
            out=np.zeros_like(self._dividends),
            where=self._last_close > 0,
        )
        if (kept <= 0).any():
            row, column = np.argwhere(kept <= 0)[0]
            symbol, session = self.symbols[column], self.sessions[row]
            raise DataError(
                f"the dividend of {symbol} on {session} is not below the close before it; mend it"
            )
        return np.cumprod(self._splits / kept, axis=0)

    def _located(self, kind: str) -> list[tuple[int, int, Action]]:
        """Each action of a kind with the row and column on which it is booked."""
        first, last = self.sessions[0].item(), self.sessions[-1].item()
        return [
            (self.row_of(action.ex_date), self.symbols.index(action.symbol), action)
            for action in self.actions
            if action.kind == kind and first <= action.ex_date <= last
        ]


def _units(prices: Floats) -> Ints:
    return np.rint(prices * UNIT).astype(np.int64)


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array


def _check_action(symbols: Sequence[str], action: Action) -> None:
    name = f"the {action.kind} of {action.symbol} on {action.ex_date}"
    if action.symbol not in symbols:
        raise DataError(f"{name} belongs to no symbol here; there are {', '.join(symbols)}")
    if action.kind not in ("split", "dividend"):
        raise DataError(f"{name} has no known kind; there are dividend, split")
    if not 0 < action.value < np.inf:
        raise DataError(f"{name} must be above 0 and finite, was {action.value}")
