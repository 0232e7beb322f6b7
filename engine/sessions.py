"""Which session a bar belongs to, and when it opens and closes."""

from typing import NamedTuple

import numpy as np

from engine.bars import Sessions
from engine.money import Bools, Ints

SECONDS_PER_DAY = 86_400
NO_SESSION = np.datetime64("NaT", "D")
_BESIDE = 8 * 3600


class Calendar(NamedTuple):
    """When sessions open and close, in order; instants in seconds since 1970 UTC."""

    sessions: Sessions
    opens: Ints
    closes: Ints

    def never_closes(self) -> bool:
        """Whether a session lasts all day."""
        return bool((self.closes - self.opens >= SECONDS_PER_DAY).any())

    def beside(self, instants: Ints) -> Bools:
        """Say which instants lie up to eight hours before a session's open or after its close."""
        after = np.searchsorted(self.opens - _BESIDE, instants, side="right")
        before = np.searchsorted(self.closes + _BESIDE, instants, side="right")
        return np.asarray(after > before)


class Times(NamedTuple):
    """Of each bar its session, when it opens and closes, and when its session does if known."""

    sessions: Sessions
    opens: Ints
    closes: Ints
    ends: Ints | None


def of_days(days: Sessions, calendar: Calendar | None) -> Times:
    """Give daily bars their session's hours, or the whole UTC day where there is none."""
    opens: Ints = days.astype("datetime64[s]").astype(np.int64)
    if calendar is None:
        return Times(days, opens, opens + SECONDS_PER_DAY, None)
    at = np.searchsorted(calendar.sessions, days).clip(max=len(calendar.sessions) - 1)
    known = calendar.sessions[at] == days
    opens = np.where(known, calendar.opens[at], opens)
    closes = np.where(known, calendar.closes[at], opens + SECONDS_PER_DAY)
    return Times(days, opens, closes, closes)


def of_starts(starts: Ints, seconds: int, calendar: Calendar) -> Times:
    """Give shorter bars the session they overlap and cut them to it; else they have none."""
    at = np.searchsorted(calendar.closes, starts, side="right")
    at = at.clip(max=len(calendar.closes) - 1)
    opens, closes = calendar.opens[at], calendar.closes[at]
    inside = (starts < closes) & (starts + seconds > opens)
    return Times(
        np.where(inside, calendar.sessions[at], NO_SESSION),
        np.where(inside, np.maximum(starts, opens), starts),
        np.where(inside, np.minimum(starts + seconds, closes), starts + seconds),
        closes,
    )
