"""Prices that slipped by a hundred or a thousand and did not come back: cents told for dollars.

A single such bar is seen by its neighbours. Of a run of them, and of the newest bar, only what
came before tells; who reads late knows it as well as who reads on time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import log10
from typing import NamedTuple

from engine.neighbours import SLIPS
from functions.providers import Bar, CorporateAction

_DIVIDENDS = ("dividend", "special_dividend")
_NEAR = 1.5
"""So far may all four prices be from the slip of a close; a true move stays nowhere near one."""
_TRUE = min(slip for slip in SLIPS if slip > 1) / _NEAR


class Chain(NamedTuple):
    """Bars in order, told or stored, with the session of each and the actions between them."""

    bars: Sequence[Bar]
    days: Sequence[date]
    actions: Sequence[CorporateAction]

    def slipped(self, stored: Mapping[datetime, Bar] | None) -> dict[datetime, str]:
        """Say by how much bars are off whose scale is not that of the stored ones.

        stored: None where nothing was read before; then the scale that most bars have counts.
        """
        levels = self._levels()
        usual = _usual(self.bars, levels, stored)
        return {
            bar.starts: f"its prices are {10.0 ** (level - usual):g} times those of the other "
            "bars, and no action explains it"
            for bar, level in zip(self.bars, levels, strict=True)
            if level != usual
        }

    def _levels(self) -> list[int]:
        """The powers of ten by which prices slipped since the first bar."""
        levels = [0] * min(len(self.bars), 1)
        home = float(self.bars[0].close) if self.bars else 0.0
        days = pairwise(self.days)
        for before, bar in pairwise(self.bars):
            first, last = next(days)
            level, close = levels[-1], float(before.close)
            if not _ordinary(bar, close):
                slip = power(bar, self._expected(close, first, last))
                # Back from a run that went its own way: no clean slip, and yet where it was.
                level = 0 if level and not slip and _ordinary(bar, home) else level + slip
            levels.append(level)
            home = home if level else float(bar.close)
        return levels

    def _expected(self, close: float, first: date, last: date) -> float:
        """The close before in today's shares, without what was paid since."""
        there = [one for one in self.actions if first < one.ex_date <= last]
        # Dividends last: they are paid on the shares after a split of their day.
        for action in sorted(there, key=lambda one: one.kind in _DIVIDENDS):
            value = float(action.value or 0)
            if action.kind == "split" and value:
                close /= value
            elif action.kind in _DIVIDENDS:
                close -= value
        return close


def _ordinary(bar: Bar, close: float) -> bool:
    return 1 / _TRUE < float(bar.close) / close < _TRUE


def power(bar: Bar, close: float) -> int:
    """Return the power of ten by which all four prices are off from a close; 0 for none."""
    if close <= 0:
        return 0
    shares = [float(price) / close for price in bar[2:6]]
    slips = (times for times in SLIPS if all(1 / _NEAR < one / times < _NEAR for one in shares))
    return round(log10(next(slips, 1.0)))


def _usual(
    bars: Sequence[Bar], levels: Sequence[int], stored: Mapping[datetime, Bar] | None
) -> int:
    if stored is None:
        return Counter(levels).most_common(1)[0][0] if levels else 0
    known = ((stored.get(bar.starts), bar, level) for bar, level in zip(bars, levels, strict=True))
    return next((level - power(bar, float(one.close)) for one, bar, level in known if one), 0)
