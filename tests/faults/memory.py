"""A simulation's stage in memory, and what its records consist of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from functions.providers import Request
from functions.services.market.calendars import Session
from functions.services.record import reading, remembering
from functions.services.record.advancing import Due
from functions.services.record.batches import advance_all
from functions.services.record.registering import RobotDefinition
from functions.store.tapes import Action
from tests.builders.records import slot_at
from tests.fakes.archive import MemoryArchive
from tests.fakes.tapes import Seen
from tests.faults.simulation import SEEN_AFTER, Advance, Collect, Trouble
from tests.faults.world import EARLIER, Walks, days

SOURCE = "sample"
"""A provider that is there; nobody asks it for anything here."""
READ_AGAIN = timedelta(days=7)


class Troubled:
    """An archive whose calls something happens to."""

    def __init__(self, archive: MemoryArchive, trouble: Trouble) -> None:
        self._archive, self._trouble = archive, trouble

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._archive, name)
        return lambda *told, **more: self._trouble.around(lambda: method(*told, **more))


class InMemory:
    """Robots on an archive of this process's own."""

    def __init__(
        self, market: Walks, robots: Sequence[RobotDefinition], archive: MemoryArchive
    ) -> None:
        self.market, self.archive = market, archive
        self._newest: dict[str, datetime] = {}
        self.new_process()
        last = days()[EARLIER - 1]
        self.collect(Collect(last, deadline=False))
        for robot in robots:
            archive.register(robot, slot_at(last), SOURCE)

    def new_process(self) -> None:
        reading.forget()
        remembering.forget()

    def collect(self, event: Collect) -> None:
        seen_at = event.day.closes + SEEN_AFTER[event.deadline]
        for symbol in self.market.symbols():
            if symbol not in event.failing and self._due(symbol, event.day):
                self._tell(symbol, event.day, seen_at)

    def _due(self, symbol: str, day: Session) -> bool:
        newest = self._newest.get(symbol)
        return newest is None or newest.date() < day.session

    def _tell(self, symbol: str, day: Session, seen_at: datetime) -> None:
        newest = self._newest.get(symbol)
        until = datetime.combine(day.session + timedelta(days=1), datetime.min.time(), UTC)
        asked = Request(symbol, "1d", newest and newest - READ_AGAIN, until)
        found = self.market.fetch(asked)
        for bar in found.bars:
            prices = (f"{price.normalize():f}" for price in bar[2:])
            self.archive.add_bar(SOURCE, "1d", symbol, bar.starts, Seen(*prices, seen_at))
            self._newest[symbol] = bar.starts
        for news in found.actions:
            value = f"{news.value.normalize():f}"
            told = Action(UUID(int=0), symbol, str(news.ex_date), news.kind, value, None, seen_at)
            self.archive.add_action(SOURCE, told)

    def advance(self, event: Advance, trouble: Trouble | None = None) -> bool:
        archive = Troubled(self.archive, trouble) if trouble else self.archive
        due = Due(slot_at(event.day), event.deadline)
        try:
            return not advance_all(archive, event.robots, due).errors
        except ConnectionError:
            return False


class Told(NamedTuple):
    """One robot's record in memory."""

    head: str
    rows: dict[str, Sequence[Any]]
    outbox: frozenset[tuple[str, str]]


def told_of(archive: MemoryArchive, robot: UUID) -> Told:
    """Everything that is recorded of a robot, but for when it was written."""
    run = archive.runs[robot]
    rows: dict[str, Sequence[Any]] = {
        "decisions": [row._replace(backfilled=False, digest=None) for row in run.decisions],
        "trades": run.trades,
        "points": run.points,
        "segments": run.segments,
        "kept": sorted(run.kept.items()),
        "latest": [run.latest, run.robot, run.status, run.period_end],
    }
    ours = {row.hash for row in run.decisions}
    told = frozenset(key for key in archive.outbox if key[0] == "leaf" and key[1] in ours)
    return Told(run.decisions[-1].hash, rows, told)
