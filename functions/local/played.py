"""A clock for data that ends: its last sessions are lived through one at a time."""

import threading
import time
from collections.abc import Callable
from datetime import date

from engine.errors import DataError, RobotPlugError
from functions.local import lifeline, troubles
from functions.local.clock import Clock
from functions.local.past import coverage_of
from functions.local.scheduler import Scheduler
from functions.local.start import Start, daily_slot
from functions.services.market.calendars import sessions

_NEWEST = "SELECT max(timestamp) FROM market_data WHERE data_source = %s"


class Played:
    """One session of the past every `pace` seconds, until the data ends."""

    def __init__(self, start: Start, pace: float) -> None:
        self._start = start
        self._pace = pace
        self._newest = self._newest_collected()
        self._clock = self._made_clock(self._newest)

    def bring_up(self) -> None:
        """Collect, record and publish everything up to the clock's today."""
        start, today, calendar = self._start, self._clock.today, self._start.calendar
        if not start.registered():
            self._refuse_a_known_future()
        self._collect()
        start.queue_unfinished()
        start.register(daily_slot(calendar, today))
        start.work_off(start.scheduler.calls(calendar, today))
        start.publish()

    def keep_time(self, stop: threading.Event) -> None:
        """Keep the clock going until told to stop."""
        start = self._start
        keep_time(start.scheduler, start.calendar, self._clock, self._pace, stop, self._drifted)

    def _drifted(self) -> dict[str, str]:
        return troubles.drifted(self._start.platform.connect)

    def _refuse_a_known_future(self) -> None:
        first = self._made_clock(None).today
        if self._newest is not None and self._newest > first:
            raise RobotPlugError(
                f"this folder knows bars up to {self._newest}, and its clock begins on {first}; "
                "give the platform another folder than the data that were imported"
            )

    def _newest_collected(self) -> date | None:
        platform = self._start.platform
        row = platform.connect().execute(_NEWEST, [platform.provider]).fetchone()
        return row[0].date() if row and row[0] else None

    def _made_clock(self, newest: date | None) -> Clock:
        choice = self._start.choice
        coverage = coverage_of(choice.provider, choice.source())
        if coverage is None:
            raise DataError(f"{choice.provider} has no end and cannot be played")
        known = sessions(self._start.calendar, coverage.first, coverage.last)
        return Clock([session.session for session in known], newest)

    def _collect(self) -> None:
        steps = self._clock.history(self._newest)
        for done, session in enumerate(steps):
            lifeline.tell(stage="bars", done=done, total=len(steps))
            self._start.collect(session)
        lifeline.tell(stage="bars", done=len(steps), total=len(steps))


def keep_time(
    scheduler: Scheduler,
    calendar: str,
    clock: Clock,
    pace: float,
    stop: threading.Event,
    drifted: Callable[[], dict[str, str]] = dict,
) -> None:
    """Make one more session today every `pace` seconds, until the data ends.

    drifted: answers which robots have drifted by now, and where.
    """
    began = time.monotonic()
    while clock.left:
        lifeline.tell(session=clock.today.isoformat(), left=clock.left, drifted=drifted())
        if stop.wait(max(0.0, began + pace - time.monotonic())):
            return
        began = time.monotonic()
        scheduler.play(calendar, clock.advance())
    if not stop.is_set():
        lifeline.tell(ended=clock.today.isoformat(), drifted=drifted())
        stop.wait()
