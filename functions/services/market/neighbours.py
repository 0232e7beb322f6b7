"""What the bars around a bar say of it: prices that came from nowhere and went back there."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from functions.providers import Bar, CorporateAction

HIGHEST_SPIKE = 1.5
"""A high above this multiple of its own body and of both neighbours' highs is a bad print.

Where a market never closes it is noted only: thin books are swept within a minute, and paid.
"""
LOWEST_SPIKE = 0.4
"""A low below this share of all around it is noted, not refused: in a crash such lows are paid."""
COARSE_BELOW = 1.0
"""Where a tick is a large part of a price, spikes are trades."""
SLIPS = (100.0, 1000.0, 0.01, 0.001)
_NEAR = 1.5


class _Prices(NamedTuple):
    open: float
    high: float
    low: float
    close: float

    def over(self, ratio: float) -> "_Prices":
        return _Prices(*(price / ratio for price in self))


class Around(NamedTuple):
    """One symbol's bars in order, with the session of each and the splits between them.

    thin: the market never closes, and a sweep of its book is a trade.
    """

    bars: Sequence[Bar]
    days: Sequence[date]
    splits: Sequence[CorporateAction]
    thin: bool

    def strays(self, notes: Counter[str]) -> dict[datetime, str]:
        """Say of bars that have both neighbours which cannot be, on one scale of shares."""
        prices = [_Prices(*(float(price) for price in bar[2:6])) for bar in self.bars]
        found: dict[datetime, str] = {}
        for at in range(1, len(self.bars) - 1):
            day = self.days[at]
            before = prices[at - 1].over(_ratio(self.splits, self.days[at - 1], day))
            after = prices[at + 1].over(1 / _ratio(self.splits, day, self.days[at + 1]))
            spike = _spike(prices[at], before, after)
            if reason := _slip(prices[at], before, after) or ("" if self.thin else spike):
                found[self.bars[at].starts] = reason
            elif spike:
                notes["a high far above all around it"] += 1
            elif _plunged(prices[at], before, after):
                notes["a low far below all around it"] += 1
        return found


def _ratio(splits: Sequence[CorporateAction], after: date, until: date) -> float:
    """New shares for one old by the splits of a stretch of days."""
    ratio = 1.0
    for split in splits:
        if after < split.ex_date <= until:
            ratio *= float(split.value or 1)
    return ratio


def _slip(bar: _Prices, before: _Prices, after: _Prices) -> str | None:
    for times in SLIPS:
        around = (before.close * times, after.open * times)
        if all(_near(price, one) for price in bar for one in around):
            return f"its prices are {times:g} times those before and after it"
    return None


def _near(price: float, other: float) -> bool:
    return 1 / _NEAR < price / other < _NEAR


def _spike(bar: _Prices, before: _Prices, after: _Prices) -> str | None:
    if min(bar.open, bar.close, before.close, after.close) < COARSE_BELOW:
        return None
    above = bar.high / max(bar.open, bar.close, before.high, after.high)
    return f"its high is {above - 1:.0%} above all around it" if above > HIGHEST_SPIKE else None


def _plunged(bar: _Prices, before: _Prices, after: _Prices) -> bool:
    return bar.low < LOWEST_SPIKE * min(bar.open, bar.close, before.low, after.low)
