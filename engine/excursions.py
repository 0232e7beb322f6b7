"""How far a position went for and against its entry, from the bars it was held through."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.bars import Bars
from engine.money import Floats, Ints
from engine.open_trade import AT_CLOSE, AT_OPEN, Leg


class Ranges(NamedTuple):
    """The raw bars that positions were held through; rows as the fills count them.

    closes: instants, shape (rows,). buys, sells: what the open was to who bought and to who sold.
    open, high, low, close, buys, sells: shape (rows, symbols), NaN for no bar.
    """

    symbols: tuple[str, ...]
    closes: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    buys: Floats
    sells: Floats

    @classmethod
    def of(cls, symbols: Sequence[str], bars: Bars, first: int = 0) -> "Ranges":
        """Take them from a market's bars, from a row on."""
        buys, sells = (
            bars.open if side is None else np.where(np.isnan(side.open), bars.open, side.open)
            for side in (bars.ask, bars.bid)
        )
        prices = (bars.open, bars.high, bars.low, bars.close, buys, sells)
        return cls(tuple(symbols), bars.closes[first:], *(price[first:] for price in prices))

    def head(self, rows: int) -> "Ranges":
        """Return the first rows alone."""
        _, closes, *prices = self
        return Ranges(self.symbols, closes[:rows], *(price[:rows] for price in prices))


class Watched(NamedTuple):
    """The bars of one symbol; arrays of shape (rows,), NaN for no bar.

    Single values are read by `item`: an index takes several times as long to give one.
    """

    closes: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    buys: Floats
    sells: Floats
    multiplier: float

    @classmethod
    def of(cls, ranges: Ranges, symbol: str, multiplier: float) -> "Watched":
        """Pick a symbol's bars."""
        at = ranges.symbols.index(symbol)
        return cls(
            ranges.closes,
            ranges.open[:, at],
            ranges.high[:, at],
            ranges.low[:, at],
            ranges.close[:, at],
            ranges.buys[:, at],
            ranges.sells[:, at],
            multiplier,
        )


class Excursion:
    """The worst and the best open result of a position so far, in units; before commissions.

    What was realised on the way counts. A bar held from open to close counts with its whole range.
    Of the bars in which the position changed only what is certain counts in its favour, and against
    it whatever may have been:

    entered at the open: the whole bar. Entered inside: its adverse extreme and its close.
    left at the open: the open alone. Left inside: its open, its adverse extreme and the price of
    the fill; a stop was left at before anything worse, so that its price stands for the extreme.
    entered or left at the close: the price of the fill, and for what was held before, the bar.
    """

    __slots__ = ("_bars", "_base", "_entered_inside", "_held", "_since", "best", "worst")

    def __init__(self, bars: Watched, base: int = 0, held: int = 0, since: int = 0) -> None:
        self._bars = bars
        self._base, self._held = float(base), float(held)
        self._since, self._entered_inside = since, -1
        self.worst = self.best = 0.0

    def follow(self, leg: Leg) -> None:
        """Go on to a leg: look at the bars before it, and take what it changes."""
        if self._held != 0:
            self._look_until(leg)
        elif leg.value is None:
            return
        self._held += leg.quantity
        if leg.value is None:
            self._since = leg.at.row
            return
        self._base += leg.value if leg.quantity < 0 else -leg.value
        self._since = leg.at.row if leg.where == AT_OPEN else leg.at.row + 1
        self._entered_inside = -1 if leg.where in (AT_OPEN, AT_CLOSE) else leg.at.row

    def _look_until(self, leg: Leg) -> None:
        row = leg.at.row
        if 0 <= self._entered_inside < row:
            self._adverse(self._entered_inside)
            self._see(self._bars.close.item(self._entered_inside))
        if self._since < row:
            self._range(self._since, row)
        if leg.value is None:
            self._entered_inside = -1
            return
        if leg.where != AT_OPEN:
            self._look_inside(leg)
        self._see(abs(leg.value) / abs(leg.quantity) / self._bars.multiplier)

    def _look_inside(self, leg: Leg) -> None:
        row = leg.at.row
        if self._since <= row:
            self._see(self._bars.open.item(row))
            if leg.where == AT_CLOSE:
                self._range(row, row + 1)
        left_at_stop = leg.stop and self._held * leg.quantity < 0
        if not left_at_stop:
            self._adverse(row)

    def _range(self, first: int, stop: int) -> None:
        self._see(float(np.fmin.reduce(self._bars.low[first:stop])))
        self._see(float(np.fmax.reduce(self._bars.high[first:stop])))

    def _adverse(self, row: int) -> None:
        side = self._bars.low if self._held > 0 else self._bars.high
        self._see(side.item(row))

    def _see(self, price: float) -> None:
        if math.isnan(price):
            return
        result = self._base + self._held * price * self._bars.multiplier
        if result < self.worst:
            self.worst = result
        elif result > self.best:
            self.best = result
