"""Slots: the closing instants at which robots decide.

A slot is written `XNYS/1d/2013-03-01T21:00:00Z`. Which one has come is read from the event
that fired, so half days and summer time need no schedule of their own, and an event delivered
late or twice means the same slot.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Self

from engine.errors import DataError, ParameterError
from functions.services.market.calendars import Session, sessions

BAR_LENGTHS = ("1d",)
_LONGEST_CLOSURE = timedelta(days=40)
_WAY_OUT = "a slot is written like XNYS/1d/2013-03-01T21:00:00Z"


class Slot(NamedTuple):
    """A calendar, a bar length and the closing instant, in UTC."""

    calendar: str
    bar: str
    closes_at: datetime

    def __str__(self) -> str:
        return f"{self.calendar}/{self.bar}/{self.closes_at:%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the slot as str() wrote it; ParameterError when it is not one.

        >>> str(Slot.parse("XNYS/1d/2013-03-01T21:00:00Z"))
        'XNYS/1d/2013-03-01T21:00:00Z'
        >>> str(Slot.parse("24/7/1d/2013-03-02T00:00:00Z"))
        '24/7/1d/2013-03-02T00:00:00Z'
        """
        calendar, bar, closes_at = ["", "", *text.rsplit("/", 2)][-3:]
        if not calendar:
            raise ParameterError(f"no slot {text!r}; {_WAY_OUT}")
        return cls(calendar, _bar_length(bar), instant(closes_at))

    def session(self) -> Session:
        """Return the session that closes at this instant; DataError when none does."""
        found = self._newest_session()
        if found.closes != self.closes_at:
            raise DataError(f"no session of {self.calendar} closes at {self.closes_at}; {_WAY_OUT}")
        return found

    def _newest_session(self) -> Session:
        day = self.closes_at.date()
        around = sessions(self.calendar, day - _LONGEST_CLOSURE, day + timedelta(days=1))
        closed = [session for session in around if session.closes <= self.closes_at]
        if not closed:
            raise DataError(f"no session of {self.calendar} closed before {self.closes_at}")
        return closed[-1]


def slot_of(event: Mapping[str, Any]) -> Slot:
    """Return the slot that a scheduled event stands for: the last close at or before its time.

    ParameterError names what the event lacks.
    """
    detail = event.get("detail") or {}
    missing = [name for name in ("calendar", "bar") if name not in detail]
    if missing:
        raise ParameterError(f"the event's detail has no {missing[0]}; a schedule sends both")
    now = Slot(detail["calendar"], _bar_length(detail["bar"]), time_of(event))
    return now._replace(closes_at=now._newest_session().closes)


def time_of(event: Mapping[str, Any]) -> datetime:
    """Return the instant that the event was planned for, in UTC."""
    if "time" not in event:
        raise ParameterError("the event has no time; a schedule sends the time it was planned for")
    return instant(event["time"])


def slots(calendar: str, bar: str, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """Return the slots that close later than `after` and no later than `until`, in order."""
    days = sessions(calendar, _day_before(after), until.date())
    length = _bar_length(bar)
    return tuple(
        Slot(calendar, length, session.closes)
        for session in days
        if after < session.closes <= until
    )


def instant(text: str) -> datetime:
    """Return an RFC 3339 instant in UTC; one without an offset is no instant."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"no instant {text!r}; write it like 2013-03-01T21:00:00Z") from error
    if found.tzinfo is None:
        raise ParameterError(f"no offset in {text!r}; write it like 2013-03-01T21:00:00Z")
    return found.astimezone(UTC)


def _bar_length(text: str) -> str:
    if text not in BAR_LENGTHS:
        raise ParameterError(f"bar must be {' or '.join(BAR_LENGTHS)}, was {text!r}")
    return text


def _day_before(moment: datetime) -> date:
    return moment.date() - timedelta(days=1)
