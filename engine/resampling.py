"""Longer bars on the timeline of the shorter ones, none of them seen before it was complete.

A day is complete with its session. A week or a month is with the last weekday in it, or in a
market that had a session on a weekend with its last day. What lacks its last row is complete once
a later row shows that it is over.
"""

from typing import NamedTuple

import numpy as np

from engine.bars import Bars, Sessions, ends_of
from engine.errors import ParameterError
from engine.indicators import carried
from engine.money import Bools, Floats, Ints

SECONDS = {"m": 60, "h": 3600}
DAY, WEEK, MONTH = "1d", "1w", "1M"
_DAYS_TO_MONDAY = 3  # 1970 began on a Thursday


class Resampled(NamedTuple):
    """Longer bars on the one price scale; shape (rows, symbols) of the market they came from.

    Each stands on the row at whose close it was complete, between them is NaN: an indicator reads
    them as bars of their own and lets its values stand.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def carried(self) -> "Resampled":
        """Return the last complete bar as each row knows it."""
        return Resampled._make(carried(series) for series in self)


def resampled(raw: Bars, series: tuple[Floats, ...], length: str) -> Resampled:
    """Put bars together; series: open, high, low, close and volume on the one price scale."""
    period, complete = _periods(raw, length)
    breaks = (period[1:] != period[:-1]) | complete[:-1]
    first = np.flatnonzero(np.append(True, breaks))
    seen = _seen(np.append(first[1:], len(period)) - 1, complete)
    whole = seen < len(period)
    return Resampled._make(
        _on_timeline(values[whole], seen[whole], len(period))
        for values in _put_together(series, first)
    )


def _periods(raw: Bars, length: str) -> tuple[Ints, Bools]:
    """Number each row's longer bar, and say where a row completes it."""
    ended = raw.closes == ends_of(raw)
    if length == DAY:
        return raw.sessions.astype(np.int64), ended
    if length in (WEEK, MONTH):
        return _number(raw.sessions, length), ended & _last_of_its_kind(raw.sessions, length)
    seconds = _seconds(raw, length)
    number = raw.opens // seconds
    return number, ended | (raw.closes >= (number + 1) * seconds)


def _seconds(raw: Bars, length: str) -> int:
    number, unit = length[:-1], length[-1:]
    seconds = int(number) * SECONDS.get(unit, 0) if number.isdecimal() else 0
    if not 0 < seconds < 86_400:
        raise ParameterError(f"bars can be put together to 1d, 1w, 1M, 30m or 4h, not {length!r}")
    longest = int(np.max(raw.closes - raw.opens))
    if longest > seconds:
        raise ParameterError(
            f"bars of {longest} seconds cannot be put together to {length}; give a longer length"
        )
    return seconds


def _number(days: Sessions, length: str) -> Ints:
    if length == MONTH:
        return days.astype("datetime64[M]").astype(np.int64)
    number: Ints = (days.astype(np.int64) + _DAYS_TO_MONDAY) // 7
    return number


def _last_of_its_kind(days: Sessions, length: str) -> Bools:
    """Whether the next day on which there may be a session, as known then, is of another one."""
    weekday = (days.astype(np.int64) + _DAYS_TO_MONDAY) % 7
    weekends = np.logical_or.accumulate(weekday >= 5)
    following = days + np.where(weekends | (weekday < 4), 1, 7 - weekday)
    last: Bools = _number(following, length) != _number(days, length)
    return last


def _seen(last: Ints, complete: Bools) -> Ints:
    """The row that each longer bar stands on: one row for each, in order.

    last: its last row. What its last row did not complete is seen with the next row.
    """
    due = np.where(complete[last], last, last + 1)
    rank = np.arange(len(due))
    return np.maximum.accumulate(due - rank) + rank


def _put_together(series: tuple[Floats, ...], first: Ints) -> tuple[Floats, ...]:
    opens, high, low, close, volume = series
    there = ~np.isnan(close)
    total = np.zeros((len(first), close.shape[1]))
    bar = np.repeat(np.arange(len(first)), np.diff(first, append=len(close)))
    np.add.at(total, bar, np.where(there, volume, 0.0))
    total[np.add.reduceat(there, first, axis=0) == 0] = np.nan
    begins, ends = _own_rows(there, first)
    columns = np.arange(close.shape[1])
    return (
        opens[begins, columns],
        np.fmax.reduceat(high, first, axis=0),
        np.fmin.reduceat(low, first, axis=0),
        close[ends, columns],
        total,
    )


def _own_rows(there: Bools, first: Ints) -> tuple[Ints, Ints]:
    """The first and last row of each longer bar in which a symbol has one; any row if none."""
    rows = np.arange(len(there))[:, None]
    begins = np.minimum.reduceat(np.where(there, rows, len(there)), first, axis=0)
    ends = np.maximum.reduceat(np.where(there, rows, -1), first, axis=0)
    empty = first[:, None]
    return np.where(ends < 0, empty, begins), np.where(ends < 0, empty, ends)


def _on_timeline(values: Floats, seen: Ints, rows: int) -> Floats:
    found = np.full((rows, values.shape[1]), np.nan)
    found[seen] = values
    return found
