"""Where bars begin and close: the grid of every session, for each length of bar.

A bar belongs to the session that its interval overlaps. It closes after its length, or with its
session where that comes first.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from engine.errors import ParameterError
from functions.services.market.calendars import Session, sessions

Anchor = Literal["open", "clock"]
OPEN: Anchor = "open"
ANCHORS: tuple[Anchor, ...] = ("open", "clock")
DAY = "1d"
LENGTHS = {
    "1h": timedelta(hours=1),
    "30m": timedelta(minutes=30),
    "15m": timedelta(minutes=15),
    "5m": timedelta(minutes=5),
    "1m": timedelta(minutes=1),
}
BAR_LENGTHS = (DAY, *LENGTHS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BarTime(NamedTuple):
    """One bar's place in time.

    starts: its stamp, of a daily bar its session's date at midnight UTC. A bar that begins with
        the full hour may start before its session opens; it `opens` with it.
    """

    session: date
    starts: datetime
    opens: datetime
    closes: datetime


def bars_of(
    calendar: str, length: str, anchor: Anchor, first: date, last: date
) -> tuple[BarTime, ...]:
    """Return every bar of the sessions first to last, both included, in order.

    ParameterError names an unknown calendar or length.
    """
    days = sessions(calendar, first, last)
    return tuple(bar for session in days for bar in bars_in(session, length, anchor))


def bars_in(session: Session, length: str, anchor: Anchor) -> Iterator[BarTime]:
    """Yield the bars of one session; none lies wholly in its pause."""
    day, opens, closes, pause = session
    if length == DAY:
        yield BarTime(day, starts_of(day), opens, closes)
        return
    step = length_of(length)
    starts = opens if anchor == OPEN else opens - (opens - _EPOCH) % step
    while starts < closes:
        ends = starts + step
        if pause is None or starts < pause[0] or ends > pause[1]:
            yield BarTime(day, starts, max(starts, opens), min(ends, closes))
        starts = ends


def length_of(length: str) -> timedelta:
    """Return how long an intraday bar lasts; ParameterError names those there are."""
    if length not in LENGTHS:
        raise ParameterError(f"bar must be {_NAMED}, was {length!r}")
    return LENGTHS[length]


def starts_of(session: date) -> datetime:
    """Return the stamp of a session's daily bar."""
    return datetime.combine(session, time(), UTC)


_NAMED = f"{', '.join(BAR_LENGTHS[:-1])} or {BAR_LENGTHS[-1]}"


def check_length(length: str) -> str:
    """Return a bar length as it is; ParameterError names those there are."""
    if length != DAY:
        length_of(length)
    return length
