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


def work(url: str, bucket: Path, together: Any, tell: Any, days: Sequence[Session]) -> None:
    """Play slots in a process of its own, once all have come together."""
    with playing(World(url, cloud=Cloud(FileBucket(bucket)))) as world:
        world.platform.connect()
        together.wait(timeout=60)
        tell.put(sum(_persisting(world, day) for day in days))


def _persisting(world: World, day: Session) -> int:
    """Call until it works, as AWS does; how many slots were appended in the end."""
    appended = 0
    while True:
        try:
            world.collect(day)
            answer = world.advance_to(day)
            appended += answer["appended"]
            world.deliver()
        except (RobotPlugError, psycopg.Error):
            time.sleep(0.02)
        else:
            if not answer["batchItemFailures"]:
                return appended


class Working(NamedTuple):
    """Processes at work, with what they share."""

    told: Any
    together: Any
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
        told, together = self._context.Queue(), self._context.Barrier(len(jobs) + 1)
        working = Working(told, together, [self._started(together, told, one) for one in jobs])
        together.wait(timeout=60)
        return working

    def ended(self, working: Working) -> int:
        """Wait for the end; how many slots were appended, as far as the answers arrived."""
        appended = sum(working.told.get(timeout=120) for _ in working.crew)
        for process in working.crew:
            process.join()
            assert process.exitcode == 0
        return appended

    def killed(self, days: Sequence[Session], within: float, dice: random.Random) -> bool:
        """Kill a process at a random moment of its work; whether it was still at it."""
        told, together = self._context.Queue(), self._context.Barrier(2)
        process = self._started(together, told, days)
        together.wait(timeout=60)
        process.join(dice.uniform(0.0, within))
        process.kill()
        process.join()
        return process.exitcode != 0

    def _started(self, together: Any, told: Any, days: Sequence[Session]) -> Any:
        process = self._context.Process(target=work, args=(*self._at, together, told, days))
        process.start()
        return process
