"""The range of a request, days as instants, and how long bars are."""

import warnings
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

from engine.errors import unknown
from functions.providers import Bar, CorporateAction, Facts, Request

LENGTHS = {
    "1d": timedelta(days=1),
    "1h": timedelta(hours=1),
    "30m": timedelta(minutes=30),
    "15m": timedelta(minutes=15),
    "5m": timedelta(minutes=5),
    "1m": timedelta(minutes=1),
}


def midnight(day: date) -> datetime:
    """Return a day's first instant in UTC, which stamps its daily bar."""
    return datetime.combine(day, time(), UTC)


def asked_for(request: Request, bars: Iterable[Bar]) -> list[Bar]:
    """Return the bars that lie in the request's range, in their order."""
    after, until = request.after, request.until
    return [bar for bar in bars if (after is None or bar.starts > after) and bar.starts < until]


def known_by(
    request: Request,
    actions: Iterable[CorporateAction],
    zone: Callable[[], tzinfo | None] = lambda: UTC,
) -> list[CorporateAction]:
    """Return the actions whose ex-date had begun before the request's end.

    zone: tells where it begins. In Sydney a session's first bars end on the day before, in UTC.
    """
    told = list(actions)
    newest = request.until - timedelta(microseconds=1)
    last, tomorrow = newest.date(), newest.date() + timedelta(days=1)
    if any(action.ex_date == tomorrow for action in told):
        last = max(last, newest.astimezone(zone() or UTC).date())
    return [action for action in told if action.ex_date <= last]


@cache
def zone_of(calendar: str) -> tzinfo:
    """Return where a calendar's days begin; UTC for one that nobody knows."""
    import exchange_calendars
    from exchange_calendars.errors import InvalidCalendarName

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas deprecates what exchange_calendars still calls
        try:
            zone: tzinfo = exchange_calendars.get_calendar(calendar).tz
        except InvalidCalendarName:
            return UTC
    return zone


def check_length(provider: str, facts: Facts, length: str) -> None:
    """ParameterError names a bar length that the provider does not have."""
    if length not in facts.lengths:
        raise unknown(f"bar length of the {provider} provider", length, facts.lengths)
