"""Which rows nobody may compute with, and which are only worth a note.

A row is judged by itself, by its calendar, and by its neighbours with the splits between them. A
crash is no fault: only a price that came from nowhere and went back there is, and so the newest
bar, which nothing follows yet, is never refused for its move. Nor is any bar of a series that is
being recorded: who reads it on time and who reads it days later must read the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, Self

from functions.providers import Bar, CorporateAction
from functions.services.market.grid import BarTime
from functions.services.market.neighbours import Around

LOWEST_PRICE, HIGHEST_PRICE = Decimal("1e-8"), Decimal("1e9")
"""What can be computed with exactly."""
HIGHEST_VOLUME = Decimal("1e18")
_DAY = timedelta(days=1)
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

    def never_closes(self) -> bool:
        """Say whether the market is open around the clock."""
        return any(ends - begins >= _DAY for begins, ends in self.hours.values())


class Refused(NamedTuple):
    """A row with the reason why it is not used."""

    bar: Bar
    reason: str


class Judged(NamedTuple):
    """Bars to be used, in order; rows that are not; and how often each oddity was seen."""

    good: list[Bar]
    refused: list[Refused]
    notes: Counter[str]


def judge(
    bars: Sequence[Bar], actions: Sequence[CorporateAction], grid: Grid, *, history: bool = True
) -> Judged:
    """Judge one symbol's bars; the same bar told twice is one, and order does not matter.

    history: nothing of this symbol was read before, so no record can have read the bars one by
    one. Only then do its neighbours refuse a bar; later they are worth a note.
    """
    judged = Judged([], [], Counter())
    told: dict[datetime, Bar] = {}
    for bar, reason in _alone(bars, grid, judged.notes):
        if reason:
            judged.refused.append(Refused(bar, reason))
        else:
            told[bar.starts] = bar
    ordered = [told[starts] for starts in sorted(told)]
    splits = [action for action in actions if action.kind == "split" and action.value]
    days = [grid.session(bar) for bar in ordered]
    around = Around(ordered, days, splits, thin=grid.never_closes())
    strays = around.strays(judged.notes)
    if not history:
        judged.notes.update({"its neighbours contradict it": len(strays)} if strays else {})
        strays = {}
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
    if not all(LOWEST_PRICE <= price <= HIGHEST_PRICE for price in prices):
        return "a price is below 1e-8 or above 1e9"
    if bar.low > min(prices) or bar.high < max(prices):
        return "low and high do not hold open and close"
    if bar.volume is not None and not (bar.volume.is_finite() and bar.volume >= 0):
        return "the volume is negative or not a number"
    if bar.volume is not None and bar.volume > HIGHEST_VOLUME:
        return "the volume is above 1e18"
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
        again = before is not None and bar[2:] == before[2:]
        if bar.volume == 0:
            still = before is not None and set(bar[2:6]) == {before.close}
            judged.notes["stale repeat" if still else "no volume"] += 1
        elif again and bar.high > bar.low:
            judged.notes["the bar before again"] += 1
        before = bar
