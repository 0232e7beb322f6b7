"""Bringing a platform to where it stood, or to its first day: what both kinds of clock need."""

import json
from collections.abc import Sequence
from datetime import date

from engine.errors import RobotPlugError
from functions.api.app import description
from functions.local import lifeline, troubles
from functions.local.choice import BAR, SAMPLE, Choice
from functions.local.queues import Queues
from functions.local.scheduler import Call, Failures, Scheduler
from functions.services.market.calendars import sessions
from functions.services.market.collecting import Source, collect_from
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.publication.rebuild import rebuild_site
from functions.services.record.reading import EARLIEST
from functions.services.record.registering import register_robot
from functions.services.record.showcase import ALL, SHOWCASE, showcase_of
from functions.store import robots

ROBOTS = ("run_execution", "advance_robots")
WARM_UP_SESSIONS = 252
"""How much of the data is history at first: the longest average any robot uses is known by then."""
_UNFINISHED = """
SELECT id FROM executions
WHERE kind = 'backtest' AND status IN ('queued', 'running') ORDER BY created_at, id
"""
_OLDEST = "SELECT min(timestamp) FROM market_data WHERE data_source = %s AND symbol = ANY(%s)"
_SOURCES = "SELECT DISTINCT request ->> 'source' FROM executions WHERE kind = 'paper'"


class Start:
    """The steps before the clock runs; each changes nothing where it was done before."""

    def __init__(
        self, platform: Platform, scheduler: Scheduler, queues: Queues, choice: Choice
    ) -> None:
        self.platform = platform
        self.scheduler = scheduler
        self.choice = choice
        self._queues = queues

    @property
    def calendar(self) -> str:
        """The market's code, which the provider names."""
        return self.choice.source().facts.calendar

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the robots trade."""
        return self.choice.symbols or tuple(self.choice.source().symbols())

    def registered(self) -> bool:
        """Whether all robots are there; RobotPlugError where any follows another provider."""
        database = self.platform.connect()
        for (source,) in database.execute(_SOURCES):
            if source != self.choice.provider:
                raise RobotPlugError(
                    f"the record in this folder is of the {source} provider, PROVIDER was "
                    f"{self.choice.provider}; records never mix, give each its own --folder"
                )
        return all(robots.exists(database, robot.id) for robot in SHOWCASE)

    def collect(self, session: date) -> None:
        """Collect the robots' symbols up to a session, as its first call would."""
        calls = self.scheduler.calls(self.calendar, session)
        source = Source(self.choice.provider, self.choice.source())
        slot = daily_slot(self.calendar, session)
        collect_from(source, self.platform.connect, slot, calls[0][0], self.symbols)

    def queue_unfinished(self) -> None:
        """Queue again what the last run left: the queues were forgotten with it."""
        for execution in self._unfinished():
            self.platform.sqs.send_message(
                QueueUrl=self.platform.execution_queue_url,
                MessageBody=json.dumps({"execution_id": execution}),
            )

    def register(self, slot: Slot) -> None:
        """Register the robots that are not there yet; from here on the record is of one market."""
        lifeline.tell(market=self.choice.to_dict())
        symbols = self.symbols
        definitions = SHOWCASE
        if (self.choice.provider, symbols) != (SAMPLE, ALL):
            first = self._backtest_from(symbols, slot.session().session)
            definitions = showcase_of(symbols, slot.calendar, first)
        for definition in definitions:
            register_robot(self.platform, definition, slot)

    def work_off(self, calls: Sequence[Call]) -> Failures:
        """Run the backtests that wait, then the calls that the last run did not live to make.

        Returns what failed in those calls; see Scheduler.make.
        """
        total = len(self._unfinished()) + 1
        lifeline.tell(stage="robots", done=0, total=total)
        for done in range(1, total):
            self._queues.handle_next("run_execution")
            lifeline.tell(stage="robots", done=done, total=total)
        if told := troubles.failed_backtests(self.platform.connect):
            lifeline.tell(line=told)
        failed = self.scheduler.make(calls, ROBOTS)
        lifeline.tell(stage="robots", done=total, total=total)
        return failed

    def publish(self) -> None:
        """Build the whole site."""
        lifeline.tell(stage="site", done=0, total=1)
        rebuild_site(self.platform, description())
        lifeline.tell(stage="site", done=1, total=1)

    def _unfinished(self) -> list[str]:
        return [str(row[0]) for row in self.platform.connect().execute(_UNFINISHED)]

    def _backtest_from(self, symbols: Sequence[str], last: date) -> date:
        values = [self.choice.provider, list(symbols)]
        row = self.platform.connect().execute(_OLDEST, values).fetchone()
        oldest = row[0].date() if row and row[0] else last
        return backtest_from(self.calendar, oldest, last)


def daily_slot(calendar: str, session: date) -> Slot:
    """Return the slot of a session's close."""
    return Slot(calendar, BAR, sessions(calendar, session, session)[0].closes)


def backtest_from(calendar: str, oldest: date, last: date) -> date:
    """Return the first session that backtests decide on, with history before it.

    A year of it, or half of what there is.

    >>> backtest_from("XNYS", date(2010, 1, 4), date(2013, 3, 1))
    datetime.date(2011, 1, 3)
    """
    days = sessions(calendar, max(oldest, EARLIEST), last)
    return days[min(WARM_UP_SESSIONS, len(days) // 2)].session
