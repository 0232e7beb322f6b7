"""Which rows nobody may compute with, and which are only worth a note.

A row is judged by itself, by its calendar, and by its neighbours with the splits between them. A
crash is no fault: only a price that came from nowhere and went back there is, and so the newest
bar, which nothing follows yet, is never refused for its move.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, Self

from functions.providers import Bar, CorporateAction
from functions.services.market.grid import BarTime

HIGHEST_SPIKE = 1.5
"""A high above this multiple of its own body and of both neighbours' highs is a bad print."""
LOWEST_SPIKE = 0.4
"""A low below this share of all around it is noted, not refused: in a crash such lows are paid."""
COARSE_BELOW = 1.0
"""Where a tick is a large part of a price, spikes are trades."""
SLIPS = (100.0, 1000.0, 0.01, 0.001)
_NEAR = 1.5
CLOSED = "the market was closed then"


class Grid(NamedTuple):
    """When bars of a market may start, each with its session; hours: of each, from and to."""

    sessions: Mapping[datetime, date]
    hours: Mapping[date, tuple[datetime, datetime]] = MappingProxyType({})

    @classmethod
    def of(cls, times: Sequence[BarTime]) -> Self:
        """Return the grid of a market's bars in a row."""
        begins = {time.session: time.starts for time in reversed(times)}
        ends = {time.session: time.closes for time in times}
        return cls(
            {time.starts: time.session for time in times},
            {day: (begins[day], ends[day]) for day in ends},
        )

    def session(self, bar: Bar) -> date:
        """Return the session a bar belongs to."""
        return self.sessions.get(bar.starts, bar.starts.date())

    def outside_hours(self, bar: Bar) -> bool:
        """Say whether a bar lies before or after the session of its day."""
        hours = self.hours.get(bar.starts.date())
        return hours is not None and not hours[0] <= bar.starts < hours[1]


class Refused(NamedTuple):
    """A row with the reason why it is not used."""

    bar: Bar
    reason: str


class Judged(NamedTuple):
    """Bars to be used, in order; rows that are not; and how often each oddity was seen."""

    good: list[Bar]
    refused: list[Refused]
    notes: Counter[str]


def judge(bars: Sequence[Bar], actions: Sequence[CorporateAction], grid: Grid) -> Judged:
    """Judge one symbol's bars; the same bar told twice is one, and order does not matter."""
    judged = Judged([], [], Counter())
    told: dict[datetime, Bar] = {}
    for bar, reason in _alone(bars, grid, judged.notes):
        if reason:
            judged.refused.append(Refused(bar, reason))
        else:
            told[bar.starts] = bar
    ordered = [told[starts] for starts in sorted(told)]
    strays = _strays(ordered, actions, grid, judged.notes)
    judged.refused.extend(
        Refused(bar, strays[bar.starts]) for bar in ordered if bar.starts in strays
    )
    judged.good.extend(bar for bar in ordered if bar.starts not in strays)
    _note_still(judged)
    return judged


def fault(bar: Bar, grid: Grid) -> str | None:
    """Say why nobody may compute with a bar, whatever stands beside it."""
    prices = bar[2:6]
    if not all(price.is_finite() and price > 0 for price in prices):
        return "a price is missing or not positive"
    if bar.low > min(prices) or bar.high < max(prices):
        return "low and high do not hold open and close"
    if bar.volume is not None and not (bar.volume.is_finite() and bar.volume >= 0):
        return "the volume is negative or not a number"
    if bar.starts not in grid.sessions:
        return CLOSED
    return None


def _alone(bars: Sequence[Bar], grid: Grid, notes: Counter[str]) -> list[tuple[Bar, str | None]]:
    judged: list[tuple[Bar, str | None]] = []
    told: dict[datetime, Bar] = {}
    for bar in bars:
        if bar.starts in told:
            if told[bar.starts] == bar:
                notes["told twice"] += 1
            else:
                judged.append((bar, "a second bar of this session"))
            continue
        told[bar.starts] = bar
        reason = fault(bar, grid)
        if reason == CLOSED and grid.outside_hours(bar):
            notes["outside trading hours"] += 1
        else:
            judged.append((bar, reason))
    if unordered := sum(after.starts < bar.starts for bar, after in pairwise(bars)):
        notes["out of order"] = unordered
    return judged


def _note_still(judged: Judged) -> None:
    before: Bar | None = None
    for bar in judged.good:
        if bar.volume == 0:
            still = before is not None and set(bar[2:6]) == {before.close}
            judged.notes["stale repeat" if still else "no volume"] += 1
        before = bar


class _Prices(NamedTuple):
    open: float
    high: float
    low: float
    close: float

    def over(self, ratio: float) -> "_Prices":
        return _Prices(*(price / ratio for price in self))


def _strays(
    bars: Sequence[Bar], actions: Sequence[CorporateAction], grid: Grid, notes: Counter[str]
) -> dict[datetime, str]:
    """Say of bars that have both neighbours which cannot be, on one scale of shares."""
    splits = [action for action in actions if action.kind == "split" and action.value]
    prices = [_Prices(*(float(price) for price in bar[2:6])) for bar in bars]
    days = [grid.session(bar) for bar in bars]
    found: dict[datetime, str] = {}
    for at in range(1, len(bars) - 1):
        before = prices[at - 1].over(_ratio(splits, days[at - 1], days[at]))
        after = prices[at + 1].over(1 / _ratio(splits, days[at], days[at + 1]))
        if reason := _slip(prices[at], before, after) or _spike(prices[at], before, after):
            found[bars[at].starts] = reason
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
