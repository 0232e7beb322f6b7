"""The range of a request, days as instants, and how long bars are."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

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


def known_by(request: Request, actions: Iterable[CorporateAction]) -> list[CorporateAction]:
    """Return the actions whose ex-date had begun before the request's end."""
    return [action for action in actions if midnight(action.ex_date) < request.until]


def check_length(provider: str, facts: Facts, length: str) -> None:
    """ParameterError names a bar length that the provider does not have."""
    if length not in facts.lengths:
        raise unknown(f"bar length of the {provider} provider", length, facts.lengths)
