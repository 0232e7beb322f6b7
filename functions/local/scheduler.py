"""What EventBridge Scheduler and SQS would call, in its order."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from functions.local import events
from functions.local.handlers import Handlers
from functions.local.queues import Queues
from functions.local.schedules import Schedule
from functions.services.market.calendars import sessions

log = logging.getLogger(__name__)

Slots = tuple[str, str]
"""A calendar and a bar length."""
Call = tuple[datetime, Schedule]
Failures = dict[str, str]
"""By function; no words where its last call went well."""


class Scheduler:
    """Makes the calls of the schedules it is given; `stopped` ends them between two calls."""

    def __init__(
        self,
        schedules: Sequence[Schedule],
        handlers: Handlers,
        queues: Queues,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._schedules = schedules
        self._handlers = handlers
        self._queues = queues
        self._stopped = stopped

    def play(self, calendar: str, day: date, queues_of: Collection[str] | None = None) -> None:
        """Make the calls of a session's daily slot, each where it first comes after its close."""
        self.make(self.calls(calendar, day), queues_of)

    def make(self, calls: Sequence[Call], queues_of: Collection[str] | None = None) -> Failures:
        """Make calls, and empty the queues after each; return why each function's last one failed.

        queues_of: the functions whose queues are emptied; all by default. A call that fails
        is logged and stops nothing, as in the cloud; the next day catches up.
        """
        failed: Failures = {}
        for at, schedule in calls:
            if self._stopped():
                break
            failed[schedule.function] = ""
            try:
                self._handlers.call(schedule.function, events.scheduled(schedule, at))
            except Exception as error:
                log.exception("%s at %s failed", schedule.name, at.isoformat())
                failed[schedule.function] = str(error) or type(error).__name__
            self._queues.drain(queues_of)
        return failed

    def calls(self, calendar: str, day: date) -> list[Call]:
        """Return the calls of a session's daily slot, in their order."""
        closes = sessions(calendar, day, day)[0].closes
        due = [one for one in self._schedules if one.slots == (calendar, "1d")]
        return _in_order((one.next_after(closes), one) for one in due)

    def missed(self, slots: Collection[Slots], after: datetime | None, now: datetime) -> list[Call]:
        """Return each schedule's last call later than `after` and no later than now, in order.

        Only the last: a slot's jobs work off all slots before it.
        """
        due = [one for one in self._schedules if one.slots in slots]
        calls = _in_order((one.last_until(now), one) for one in due)
        return [call for call in calls if after is None or call[0] > after]

    def next_call(self, slots: Collection[Slots], now: datetime) -> datetime:
        """Return when the next call is due; in an hour where nothing is scheduled."""
        due = [one.next_after(now) for one in self._schedules if one.slots in slots]
        return min(due, default=now + timedelta(hours=1))


def _in_order(calls: Iterable[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: call[0])
