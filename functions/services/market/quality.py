"""Which rows nobody may compute with, and which are only worth a note.

A row is judged by itself, by its calendar, and by its neighbours with the splits between them. A
crash is no fault: only a price that came from nowhere and went back there is, or one that slipped
by a hundred or a thousand. What follows a bar refuses none of a series that is being recorded:
who reads it on time and who reads it days later must read the same.
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
from functions.services.market.neighbours import Around, Noted
from functions.services.market.slips import Chain

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
    """Bars to be used, in order; rows that are not; and what is odd, but possible."""

    good: list[Bar]
    refused: list[Refused]
    noted: list[Noted]

    @property
    def notes(self) -> Counter[str]:
        """How often each oddity was seen."""
        return Counter(one.kind for one in self.noted)


def judge(
    bars: Sequence[Bar],
    actions: Sequence[CorporateAction],
    grid: Grid,
    stored: Mapping[datetime, Bar] | None = None,
) -> Judged:
    """Judge one symbol's bars; the same bar told twice is one, and order does not matter.

    stored: what was read of this symbol before; None: nothing, so that no record can have read
    the bars one by one. Only then do those that follow a bar refuse it; later they are worth a
    note.
    """
    judged = Judged([], [], [])
    told: dict[datetime, Bar] = {}
    for bar, reason in _alone(bars, grid, judged.noted):
        if reason:
            judged.refused.append(Refused(bar, reason))
        else:
            told[bar.starts] = bar
    if stored is None:
        _leave_out(told, judged, _strays(told, actions, grid, judged.noted))
    _leave_out(told, judged, _slipped(told, actions, grid, stored))
    if stored is not None:
        strays = _strays(told, actions, grid, judged.noted)
        judged.noted.extend(Noted(starts, "its neighbours contradict it") for starts in strays)
    judged.good.extend(_ordered(told))
    _note_still(judged)
    return judged


def _ordered(bars: Mapping[datetime, Bar]) -> list[Bar]:
    return [bars[starts] for starts in sorted(bars)]


def _leave_out(told: dict[datetime, Bar], judged: Judged, reasons: Mapping[datetime, str]) -> None:
    judged.refused.extend(Refused(told.pop(starts), reasons[starts]) for starts in sorted(reasons))


def _strays(
    told: Mapping[datetime, Bar],
    actions: Sequence[CorporateAction],
    grid: Grid,
    noted: list[Noted],
) -> dict[datetime, str]:
    ordered = _ordered(told)
    splits = [action for action in actions if action.kind == "split" and action.value]
    days = [grid.session(bar) for bar in ordered]
    return Around(ordered, days, splits, thin=grid.never_closes()).strays(noted)


def _slipped(
    told: Mapping[datetime, Bar],
    actions: Sequence[CorporateAction],
    grid: Grid,
    stored: Mapping[datetime, Bar] | None,
) -> dict[datetime, str]:
    """Bars that are stored and not told again stand between the told ones."""
    ordered = _ordered({**(stored or {}), **told})
    days = [grid.session(bar) for bar in ordered]
    slipped = Chain(ordered, days, actions).slipped(stored)
    return {starts: reason for starts, reason in slipped.items() if starts in told}


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


def _alone(bars: Sequence[Bar], grid: Grid, noted: list[Noted]) -> list[tuple[Bar, str | None]]:
    judged: list[tuple[Bar, str | None]] = []
    told: dict[datetime, Bar] = {}
    for bar in bars:
        if bar.starts in told:
            if told[bar.starts] == bar:
                noted.append(Noted(bar.starts, "told twice"))
            else:
                judged.append((bar, "a second bar of this session"))
            continue
        told[bar.starts] = bar
        reason = fault(bar, grid)
        if reason == CLOSED and grid.outside_hours(bar):
            noted.append(Noted(bar.starts, "outside trading hours"))
        else:
            judged.append((bar, reason))
    late = [after.starts for bar, after in pairwise(bars) if after.starts < bar.starts]
    noted.extend(Noted(starts, "out of order") for starts in late)
    return judged


def _note_still(judged: Judged) -> None:
    counted = any(bar.volume for bar in judged.good)  # an index may have none at all
    before: Bar | None = None
    for bar in judged.good:
        again = before is not None and bar[2:] == before[2:]
        if bar.volume == 0:
            still = before is not None and set(bar[2:6]) == {before.close}
            if still or counted:
                judged.noted.append(Noted(bar.starts, "stale repeat" if still else "no volume"))
        elif again and bar.high > bar.low:
            judged.noted.append(Noted(bar.starts, "the bar before again"))
        before = bar
