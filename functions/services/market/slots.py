"""Slots: the closing instants at which robots decide.

A slot is written `XNYS/1d/2013-03-01T21:00:00Z`. Which one has come is read from the event
that fired, so half days and summer time need no schedule of their own, and an event delivered
late or twice means the same slot.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from engine.errors import DataError, ParameterError
from functions import providers
from functions.services.market.calendars import Session, sessions
from functions.services.market.grid import (
    ANCHORS,
    BAR_LENGTHS,
    DAY,
    OPEN,
    Anchor,
    BarTime,
    bars_in,
    bars_of,
    check_length,
)

__all__ = [
    "BAR_LENGTHS",
    "Anchor",
    "BarTime",
    "Slot",
    "anchor_for",
    "anchor_of",
    "bars_of",
    "instant",
    "slot_of",
    "slots",
    "time_of",
]

_LONGEST_CLOSURE = timedelta(days=40)
_A_DAY = timedelta(days=1)
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
        return cls(calendar, check_length(bar), instant(closes_at))

    def session(self) -> Session:
        """Return the session in which a bar closes at this instant; DataError when none does."""
        found = _around(self)
        for session in reversed(found):
            if any(self.closes_at in _closes(session, self.bar, anchor) for anchor in ANCHORS):
                return session
        bar = "session" if self.bar == DAY else f"{self.bar} bar"
        raise DataError(f"no {bar} of {self.calendar} closes at {self.closes_at}; {_WAY_OUT}")

    def newest(self, anchor: Anchor = OPEN) -> BarTime:
        """Return the last bar of this length that closes at or before this instant."""
        for session in reversed(_around(self)):
            closed = [
                bar for bar in bars_in(session, self.bar, anchor) if bar.closes <= self.closes_at
            ]
            if closed:
                return closed[-1]
        raise DataError(f"no session of {self.calendar} closed before {self.closes_at}")


def _around(slot: Slot) -> tuple[Session, ...]:
    # An overnight session carries the next day's date.
    day = slot.closes_at.date()
    return sessions(slot.calendar, day - _LONGEST_CLOSURE, day + 2 * _A_DAY)


def _closes(session: Session, length: str, anchor: Anchor) -> set[datetime]:
    return {bar.closes for bar in bars_in(session, length, anchor)}


def anchor_of(provider: str, length: str) -> Anchor:
    """Return where a provider's bars of a length begin; its daily ones begin with the session."""
    return OPEN if length == DAY else providers.get(provider).facts.anchor


def anchor_for(event: Mapping[str, Any], provider: str) -> Anchor:
    """Return the anchor by which an event's slot is found: that of a provider's bars."""
    length = (event.get("detail") or {}).get("bar", DAY)
    return anchor_of(provider, length)


def slot_of(event: Mapping[str, Any], anchor: Anchor = OPEN) -> Slot:
    """Return the slot that a scheduled event stands for: the last close at or before its time.

    ParameterError names what the event lacks.
    """
    detail = event.get("detail") or {}
    missing = [name for name in ("calendar", "bar") if name not in detail]
    if missing:
        raise ParameterError(f"the event's detail has no {missing[0]}; a schedule sends both")
    now = Slot(detail["calendar"], check_length(detail["bar"]), time_of(event))
    return now._replace(closes_at=now.newest(anchor).closes)


def time_of(event: Mapping[str, Any]) -> datetime:
    """Return the instant that the event was planned for, in UTC."""
    if "time" not in event:
        raise ParameterError("the event has no time; a schedule sends the time it was planned for")
    return instant(event["time"])


def slots(
    calendar: str, bar: str, after: datetime, until: datetime, anchor: Anchor = OPEN
) -> tuple[Slot, ...]:
    """Return the slots that close later than `after` and no later than `until`, in order."""
    length = check_length(bar)
    days = (after.date() - _A_DAY, until.date() + 2 * _A_DAY)
    return tuple(
        Slot(calendar, length, bar_time.closes)
        for bar_time in bars_of(calendar, length, anchor, *days)
        if after < bar_time.closes <= until
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
