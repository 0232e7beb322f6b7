"""Bringing a platform to where it stood, or to its first day."""

import json
from datetime import date

from engine.errors import DataError
from functions import providers
from functions.api.app import description
from functions.local import lifeline
from functions.local.clock import Clock
from functions.local.queues import Queues
from functions.local.scheduler import Scheduler
from functions.services.market.calendars import sessions
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.publication.rebuild import rebuild_site
from functions.services.record.registering import register_robot
from functions.services.record.showcase import SHOWCASE

CALENDAR, BAR = "XNYS", "1d"
ROBOTS = ("run_execution", "advance_robots")
_UNFINISHED = """
SELECT id FROM executions
WHERE kind = 'backtest' AND status IN ('queued', 'running') ORDER BY created_at, id
"""
_NEWEST = "SELECT max(timestamp) FROM market_data WHERE data_source = %s"


class Start:
    """The steps before the clock runs; each changes nothing where it was done before."""

    def __init__(self, platform: Platform, scheduler: Scheduler, queues: Queues) -> None:
        self._platform = platform
        self._scheduler = scheduler
        self._queues = queues

    def bring_up(self) -> Clock:
        """Return the clock, with everything up to its today collected, recorded and published."""
        newest = self._newest_collected()
        clock = self._clock(newest)
        self._collect(clock, newest)
        self._queue_unfinished()
        self._register(clock.today)
        self._work_off(clock.today)
        self._publish()
        return clock

    def _newest_collected(self) -> date | None:
        row = self._platform.connect().execute(_NEWEST, [self._platform.provider]).fetchone()
        return row[0].date() if row and row[0] else None

    def _clock(self, newest: date | None) -> Clock:
        coverage = providers.get(self._platform.provider).coverage()
        if coverage is None:
            raise DataError(f"{self._platform.provider} has no end; only a sample can be played")
        known = sessions(CALENDAR, coverage.first, coverage.last)
        return Clock([session.session for session in known], newest)

    def _collect(self, clock: Clock, newest: date | None) -> None:
        steps = clock.history(newest)
        for done, session in enumerate(steps):
            lifeline.tell(stage="bars", done=done, total=len(steps))
            self._scheduler.collect(session)
        lifeline.tell(stage="bars", done=len(steps), total=len(steps))

    def _queue_unfinished(self) -> None:
        """Queue again what the last run left: the queues were forgotten with it."""
        for execution in self._unfinished():
            self._platform.sqs.send_message(
                QueueUrl=self._platform.execution_queue_url,
                MessageBody=json.dumps({"execution_id": execution}),
            )

    def _unfinished(self) -> list[str]:
        return [str(row[0]) for row in self._platform.connect().execute(_UNFINISHED)]

    def _register(self, today: date) -> None:
        slot = Slot(CALENDAR, BAR, sessions(CALENDAR, today, today)[0].closes)
        for definition in SHOWCASE:
            register_robot(self._platform, definition, slot)

    def _work_off(self, today: date) -> None:
        """Run the backtests that wait, then what of today's calls the last run did not live to."""
        total = len(self._unfinished()) + 1
        lifeline.tell(stage="robots", done=0, total=total)
        for done in range(1, total):
            self._queues.handle_next("run_execution")
            lifeline.tell(stage="robots", done=done, total=total)
        self._scheduler.play(today, ROBOTS)
        lifeline.tell(stage="robots", done=total, total=total)

    def _publish(self) -> None:
        lifeline.tell(stage="site", done=0, total=1)
        rebuild_site(self._platform, description())
        lifeline.tell(stage="site", done=1, total=1)
