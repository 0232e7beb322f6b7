"""Real processes that share nothing but PostgreSQL and the bucket."""

import random
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from engine.errors import RobotPlugError
from functions.services.market.calendars import Session
from tests.faults.cloud import Cloud, FileBucket
from tests.faults.world import World, playing


def context() -> ForkServerContext:
    """Children fork from a process that has imported everything, and opened nothing."""
    made = get_context("forkserver")
    made.set_forkserver_preload(["tests.faults.processes"])
    return made


class Shared(NamedTuple):
    """What processes share with whoever began them; failed: how many of their tries did."""

    together: Any
    told: Any
    failed: Any


def work(url: str, bucket: Path, shared: Shared, days: Sequence[Session]) -> None:
    """Play slots in a process of its own, once all have come together."""
    with playing(World(url, cloud=Cloud(FileBucket(bucket)))) as world:
        world.platform.connect()
        shared.together.wait(timeout=300)
        shared.told.put(sum(_persisting(world, day, shared) for day in days))


def _persisting(world: World, day: Session, shared: Shared) -> int:
    """Call until it works, as AWS does; how many slots were appended in the end."""
    appended = 0
    while True:
        try:
            world.collect(day)
            answer = world.advance_to(day)
            appended += answer["appended"]
            world.deliver()
            if not answer["batchItemFailures"]:
                return appended
        except (RobotPlugError, psycopg.Error):
            time.sleep(0.02)
        with shared.failed:
            shared.failed.value += 1


class Working(NamedTuple):
    """Processes at work, with what they share."""

    shared: Shared
    crew: Sequence[Any]


class Crew:
    """Processes over one database and bucket."""

    def __init__(self, url: str, bucket: Path) -> None:
        self._context = context()
        self._at = url, bucket

    def all_at_once(self, jobs: Sequence[Sequence[Session]]) -> int:
        """One process for each list of slots, begun together; how many slots they appended."""
        return self.ended(self.begun(jobs))

    def begun(self, jobs: Sequence[Sequence[Session]]) -> Working:
        """Begin, and go on once all of them have."""
        shared = self._shared(len(jobs))
        working = Working(shared, [self._started(shared, one) for one in jobs])
        shared.together.wait(timeout=300)
        return working

    def ended(self, working: Working) -> int:
        """Wait for the end; how many slots were appended, as far as the answers arrived."""
        appended = sum(working.shared.told.get(timeout=300) for _ in working.crew)
        for process in working.crew:
            process.join()
            assert process.exitcode == 0
        return appended

    def killed(self, days: Sequence[Session], within: float, dice: random.Random) -> bool:
        """Kill a process at a random moment of its work; whether it was still at it."""
        shared = self._shared(1)
        process = self._started(shared, days)
        shared.together.wait(timeout=300)
        process.join(dice.uniform(0.0, within))
        process.kill()
        process.join()
        return process.exitcode != 0

    def _shared(self, count: int) -> Shared:
        made = self._context
        return Shared(made.Barrier(count + 1), made.Queue(), made.Value("i", 0))

    def _started(self, shared: Shared, days: Sequence[Session]) -> Any:
        process = self._context.Process(target=work, args=(*self._at, shared, days))
        process.start()
        return process
