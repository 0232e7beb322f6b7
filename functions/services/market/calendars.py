"""When markets open and close: sessions by calendar, from exchange_calendars.

A calendar is named by its market's code (`XNYS`), or `24/7`, whose sessions are UTC days.
"""

import warnings
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from engine.errors import DataError, ParameterError, unknown

_YEARS = 40
"""Made together: a calendar of one year takes 0.15 s to make, one of forty little more."""


class Session(NamedTuple):
    """A trading day with its two instants in UTC; a half day closes early.

    pause: when nothing is traded inside it, from and to, as at noon in Tokyo.
    """

    session: date
    opens: datetime
    closes: datetime
    pause: tuple[datetime, datetime] | None = None


def sessions(calendar: str, first: date, last: date) -> tuple[Session, ...]:
    """Return the sessions from first to last, both included, in order; there may be none.

    ParameterError names an unknown calendar; DataError a year it does not know.
    """
    if first > last:
        return ()
    known = _of_years(calendar, first.year, last.year)
    start = bisect_left(known, first, key=lambda session: session.session)
    return known[start : bisect_right(known, last, key=lambda session: session.session)]


@lru_cache(maxsize=64)
def _of_years(calendar: str, first: int, last: int) -> tuple[Session, ...]:
    # One year more at both ends: XKRX opens the last session it is asked for as a year's first.
    try:
        return _made(calendar, first - first % _YEARS - 1, last - last % _YEARS + _YEARS)
    except DataError:  # it does not know all of them
        return _made(calendar, first, last)


@lru_cache(maxsize=64)
def _made(calendar: str, first: int, last: int) -> tuple[Session, ...]:
    # Half a second of imports, which most handlers never need.
    import exchange_calendars
    from exchange_calendars.errors import InvalidCalendarName

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas deprecates what exchange_calendars still calls
        try:
            # Without both ends it knows the last twenty years only.
            known = exchange_calendars.get_calendar(
                calendar, start=f"{first}-01-01", end=f"{last}-12-31"
            )
        except InvalidCalendarName as error:
            names = exchange_calendars.get_calendar_names(include_aliases=False)
            raise _unknown(calendar, names) from error
        except ValueError as error:
            raise DataError(f"calendar {calendar} from {first} to {last}: {error}") from error
        days = [day.date() for day in known.sessions]
        columns = (known.opens_nanos, known.closes_nanos)
        pauses = (known.break_starts_nanos, known.break_ends_nanos)
    return tuple(
        Session(day, _instant(opened), _instant(closed), _pause(*pause))
        for day, opened, closed, *pause in zip(days, *columns, *pauses, strict=True)
    )


def _pause(starts: int, ends: int) -> tuple[datetime, datetime] | None:
    # A calendar without pauses has the smallest integer there, which stands for "no time".
    return (_instant(starts), _instant(ends)) if starts > 0 else None


def _unknown(calendar: str, names: list[str]) -> ParameterError:
    return unknown("calendar", calendar, names)


def _instant(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(int(nanoseconds) // 1_000_000_000, UTC)
