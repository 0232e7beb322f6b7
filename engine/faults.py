"""What is wrong with a symbol's bars, fault by fault, before they become a market.

Most faults refuse a bar: nobody can compute with it, or its prices came from nowhere and went back
there. The rest is told only: it may be so.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from engine.bars import Action, Bars, Sessions, instant_text
from engine.money import Bools, Floats, Ints
from engine.neighbours import Strays, strays
from engine.series import TRADES, Series
from engine.sessions import Calendar
from engine.validation import with_middle, wrong_values

SATURDAY = 5
RARE = 0.02
"""Weekdays with a smaller share of all sessions are no trading days."""


class Fault(NamedTuple):
    """Something wrong with a bar, or with one that is not there.

    row: the bar's session, of a bar shorter than a day the instant it starts.
    refused: whether no market is built with it.
    """

    symbol: str
    row: str
    reason: str
    refused: bool = True

    def __str__(self) -> str:
        return f"the bar of {self.symbol} on {self.row} {self.reason}"


def faults_in(
    series: Series, actions: Sequence[Action], calendar: Calendar | None, *, daily: bool
) -> list[Fault]:
    """Return every fault in the order of time; one bar has one, the first that is found."""
    found: dict[int, tuple[str, bool]] = {}
    bars = with_middle(series.bars())
    unread = series.unread.items()
    for row, reason, refused in _closed(series, calendar):
        found.setdefault(row, (reason, refused))
    for rules in (_order(series, daily=daily), unread, _values(bars)):
        for row, reason in rules:
            found.setdefault(row, (reason, True))
    prices = np.stack(bars[3:7])[:, :, 0]
    good = _sound(series, prices, found)
    thin, ratios = _never_closes(series, calendar), _ratios(series, good, actions)
    for row, reason, refused in _neighbours(strays(prices[:, good], ratios, thin=thin)):
        found.setdefault(int(good[row]), (reason, refused))
    for row, reason in (*_weekends(series, calendar), *_still(series)):
        found.setdefault(row, (reason, False))
    faults = [
        (int(series.times.opens[row]), Fault(series.symbol, _name(series, row, daily), *fault))
        for row, fault in found.items()
    ]
    return [fault for _, fault in sorted([*faults, *_missing(series, calendar)])]


def _name(series: Series, row: int, daily: bool) -> str:
    return str(series.times.sessions[row]) if daily else instant_text(series.times.opens[row])


def _order(series: Series, *, daily: bool) -> Iterator[tuple[int, str]]:
    if (np.diff(series.times.opens) > 0).all():
        return
    what = "session, or give the length of its bars" if daily else "start"
    told: dict[int, int] = {}
    for row, opens in enumerate(series.times.opens.tolist()):
        if opens in told:
            first, again = series.values[:, [told[opens], row]].T
            same = np.array_equal(first, again, equal_nan=True)
            how = "with the same values" if same else "with other values"
            yield row, f"is there twice, {how}; keep one row a {what}"
        elif row and opens < series.times.opens[row - 1]:
            yield row, "follows a later one; sort the frame by time"
        told.setdefault(opens, row)


def _values(bars: Bars) -> Iterator[tuple[int, str]]:
    for wrong, reason in wrong_values(bars):
        yield from ((int(row), reason) for row in np.flatnonzero(wrong[:, 0]))


def _closed(series: Series, calendar: Calendar | None) -> Iterator[tuple[int, str, bool]]:
    if calendar is not None:
        outside = ~np.isin(series.times.sessions, calendar.sessions)
        beside = np.isnat(series.times.sessions) & calendar.beside(series.times.opens)
        for row in np.flatnonzero(outside).tolist():
            if beside[row]:
                yield row, "lies outside trading hours and is left out", False
            else:
                yield row, "lies in no session of the calendar; leave it out", True


def _sound(series: Series, prices: Floats, found: Iterable[int]) -> Ints:
    """The rows without a fault that have a bar, in order of time."""
    there = np.asarray(~np.isnan(prices).any(axis=0))
    there[list(found)] = False
    sound = np.flatnonzero(there)
    return sound[np.argsort(series.times.opens[sound], kind="stable")]


def _neighbours(found: Strays) -> Iterator[tuple[int, str, bool]]:
    way_out = "mend it or leave it out, or build the market from arrays"
    for row, reason in found.refused.items():
        yield row, f"cannot be believed: {reason}; {way_out}", True
    yield from ((row, "has a high far above all around it", False) for row in found.high)
    yield from ((row, "has a low far below all around it", False) for row in found.low)


def _ratios(series: Series, rows: Ints, actions: Sequence[Action]) -> Floats:
    """New shares for one old by the splits since the bar before, of sorted rows."""
    ratios = np.ones(len(rows))
    for action in actions:
        if action.symbol == series.symbol and action.kind == "split":
            ex_date = np.datetime64(action.ex_date, "D")
            at = int(np.searchsorted(series.times.sessions[rows], ex_date))
            if 0 < at < len(ratios):
                ratios[at] *= action.value
    return ratios


def _never_closes(series: Series, calendar: Calendar | None) -> bool:
    if calendar is not None:
        return calendar.never_closes()
    return not _rare(series, SATURDAY)


def _weekends(series: Series, calendar: Calendar | None) -> Iterator[tuple[int, str]]:
    if calendar is None:
        for day, name in ((SATURDAY, "Saturday"), (SATURDAY + 1, "Sunday")):
            if _rare(series, day):
                for row in np.flatnonzero(_weekdays(series.times.sessions) == day):
                    yield int(row), f"is on a {name}, when this market seems closed"


def _rare(series: Series, day: int) -> bool:
    weekdays = _weekdays(np.unique(series.times.sessions))
    return bool((weekdays == day).sum() < RARE * len(weekdays))


def _weekdays(sessions: Sessions) -> Ints:
    days: Ints = (sessions.astype(np.int64) + 3) % 7  # 1970 began on a Thursday
    return days


def _still(series: Series) -> Iterator[tuple[int, str]]:
    trades = series.values[: len(TRADES)]
    empty = np.isnan(series.values).all(axis=0)
    yield from ((int(row), "is empty, which counts as no bar") for row in np.flatnonzero(empty))
    before = np.roll(trades, 1, axis=1)
    before[:, :1] = np.nan
    none = trades[4] == 0
    flat = _all_equal(trades[:4], before[3])
    again = _all_equal(trades, before) & (trades[1] > trades[2])
    for where, reason in (
        (none & flat, "repeats the close before it without volume: nothing was traded"),
        (none, "has no volume: nothing fills on it"),
        (again, "repeats the bar before it"),
    ):
        yield from ((int(row), reason) for row in np.flatnonzero(where))


def _all_equal(values: Floats, other: Floats) -> Bools:
    return np.asarray((values == other).all(axis=0))


def _missing(series: Series, calendar: Calendar | None) -> Iterator[tuple[int, Fault]]:
    """Sessions from the first bar to the last that have none."""
    if calendar is None:
        return
    there = series.times.sessions[~np.isnat(series.times.sessions)]
    if len(there):
        inside = (calendar.sessions > there.min()) & (calendar.sessions < there.max())
        for at in np.flatnonzero(inside & ~np.isin(calendar.sessions, there)):
            day = str(calendar.sessions[at])
            reason = "is missing, though its market was open; the symbol has a gap there"
            yield int(calendar.opens[at]), Fault(series.symbol, day, reason, refused=False)
