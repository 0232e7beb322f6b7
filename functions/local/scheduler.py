"""What EventBridge Scheduler and SQS would call on a day, in the order of the day."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from functions.local import events
from functions.local.handlers import Handlers
from functions.local.queues import Queues
from functions.local.schedules import Schedule

log = logging.getLogger(__name__)


class Scheduler:
    """Plays one day of the exchange at a time; `stopped` ends a day between two calls."""

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

    def play(self, day: date, queues_of: Collection[str] | None = None) -> None:
        """Make every call of a day, and empty the queues after each.

        queues_of: the functions whose queues are emptied; all by default. A call that fails
        is logged and stops nothing, as in the cloud; the next day catches up.
        """
        for at, schedule in self.calls(day):
            if self._stopped():
                return
            try:
                self._handlers.call(schedule.function, events.scheduled(schedule, at))
            except Exception:
                log.exception("%s at %s failed", schedule.name, at.isoformat())
            self._queues.drain(queues_of)

    def collect(self, day: date) -> None:
        """Make the day's first call alone; what it raises is the caller's."""
        at, schedule = self.calls(day)[0]
        self._handlers.call(schedule.function, events.scheduled(schedule, at))

    def calls(self, day: date) -> list[tuple[datetime, Schedule]]:
        """Return the calls of a day, in their order."""
        planned = [(schedule.fires_on(day), schedule) for schedule in self._schedules]
        due = [(at, schedule) for at, schedule in planned if at is not None]
        return sorted(due, key=lambda call: call[0])
