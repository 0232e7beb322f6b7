"""Which session is "today" on one machine."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from engine.errors import DataError

LIVE_SESSIONS = 500


class Clock:
    """Walks through a sample's sessions; the last 500 are lived through one at a time.

    sessions: every session of the sample, oldest first.
    newest: the last session that was collected, from which the clock goes on; None at first.
    """

    def __init__(self, sessions: Sequence[date], newest: date | None) -> None:
        if len(sessions) <= LIVE_SESSIONS:
            raise DataError(
                f"the sample must have more than {LIVE_SESSIONS} sessions, had {len(sessions)}"
            )
        self._sessions = sessions
        self._today = len(sessions) - LIVE_SESSIONS - 1
        if newest is not None:
            self._today = max(self._today, bisect_right(sessions, newest) - 1)

    @property
    def today(self) -> date:
        """Return the session that has come; at first the one before the live window."""
        return self._sessions[self._today]

    @property
    def left(self) -> int:
        """Return how many sessions are still to come."""
        return len(self._sessions) - self._today - 1

    def advance(self) -> date:
        """Make the next session today; IndexError when none is left."""
        if not self.left:
            raise IndexError("the sample has ended")
        self._today += 1
        return self.today

    def history(self, newest: date | None) -> list[date]:
        """Return the sessions at which to collect what is missing up to today: each year's last.

        >>> days = [date(2000 + n // 300, 1 + n // 25 % 12, 1 + n % 25) for n in range(1200)]
        >>> [day.isoformat() for day in Clock(days, None).history(None)]
        ['2000-12-25', '2001-12-25', '2002-04-25']
        """
        first = 0 if newest is None else bisect_right(self._sessions, newest)
        missing = self._sessions[first : self._today + 1]
        years = sorted({day.year for day in missing})
        ends = [bisect_left(missing, date(year + 1, 1, 1)) - 1 for year in years]
        return [missing[end] for end in ends] or [self.today]
