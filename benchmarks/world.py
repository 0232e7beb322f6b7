"""A database of its own with robots in it, for as long as a measurement takes."""

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

import strategies
from benchmarks.engine import Crossing, walks
from engine import simulate, speed
from engine.speed import Pace
from functions import providers
from functions.local.postgres import Server, forget_libpq_environment
from functions.services.market.calendars import Session, sessions
from functions.services.market.collecting import Source, collect_from
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.registering import RobotDefinition, register_robot
from functions.services.record.showcase import SHOWCASE
from functions.store import migrations, roles
from functions.store.session import Session as Connections

REGISTERED = 400
"""How many sessions before the sample's end robots are registered."""

ALL, VECTORISED, BY_BAR = "all", "vectorised", "bar-by-bar"
"""Forms of a strategy: what decides on all bars at once, and what on one after the other."""

VARIED = {
    "sma-cross": "fast",
    "momentum-rotation": "lookback",
    "rsi-reversion": "trend",
    "channel-breakout": "channel",
}


COMPILED, PLAIN = "compiled", "plain"
"""Loops of the engine: a process takes the compiled one once it has played enough bars."""


class Nowhere:
    """A queue and a bucket that take everything and keep nothing."""

    def __getattr__(self, _name: str) -> Callable[..., dict[str, object]]:
        return lambda **_arguments: {}


class Place(NamedTuple):
    """A database: the jobs' URL, and its server's first process."""

    url: str
    postmaster: int

    def cpu_seconds(self) -> float:
        """Return the processor time that the server has used so far; Linux alone tells."""
        used = 0.0
        for told in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = told.read_text().rpartition(")")[2].split()
                if self.postmaster in (int(told.parent.name), int(fields[1])):
                    used += int((told.parent / "schedstat").read_text().split()[0]) / 1e9
            except OSError:
                continue
            if int(told.parent.name) == self.postmaster:  # of those that ended, in ticks
                used += sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")
        return used


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def database() -> Iterator[Place]:
    """Start a PostgreSQL and migrate a database in it."""
    forget_libpq_environment()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        with Server(place / "postgres", place / "secrets.json") as server:
            passwords = dict.fromkeys((roles.OWNER, roles.API, roles.JOBS), "measured")
            roles.make_database(server.url(), "measured", passwords)
            urls = [
                roles.url_for(server.url(), role=role, password=word, database="measured")
                for role, word in passwords.items()
            ]
            migrations.migrate(urls[0])
            yield Place(urls[2], int((server.data / "postmaster.pid").read_text().split()[0]))


@contextmanager
def platform_on(url: str) -> Iterator[Platform]:
    """A platform over a database alone, its connections closed at the end."""
    nowhere: Any = Nowhere()
    session, beside = Connections(url), Connections(url)
    yield Platform(
        connect=session.connect,
        connect_beside=beside.connect,
        s3=nowhere,
        sqs=nowhere,
        site_bucket="",
        robot_queue_url="",
        execution_queue_url="",
        publish_queue_url="",
        provider="sample",
        site_url="",
    )
    session.close()
    beside.close()


def days() -> tuple[Session, ...]:
    """All sessions of the sample."""
    coverage = providers.get("sample").coverage()
    if coverage is None:
        raise LookupError("the sample has no coverage; it is where all measured bars are from")
    return sessions("XNYS", coverage.first, coverage.last)


def slot_at(session: Session) -> Slot:
    """The slot that a session's close is."""
    return Slot("XNYS", "1d", session.closes)


def robots(count: int, form: str = ALL) -> list[RobotDefinition]:
    """The showcase's robots of a form again and again, each with a parameter of its own."""
    those = [robot for robot in SHOWCASE if form in (ALL, _form_of(robot))]
    return [_variant(those[at % len(those)], at // len(those)) for at in range(count)]


def _form_of(robot: RobotDefinition) -> str:
    return BY_BAR if strategies.get(robot.strategy).event_driven() else VECTORISED


def _variant(robot: RobotDefinition, number: int) -> RobotDefinition:
    if number == 0:
        return robot
    parameters = dict(robot.parameters)
    if robot.slug in VARIED:
        parameters[VARIED[robot.slug]] += number
    return replace(robot, slug=f"{robot.slug}-{number}", parameters=parameters)


def prepare(url: str, count: int, at: int, form: str = ALL) -> list[UUID]:
    """Collect the whole sample and register so many robots at one of its sessions.

    What they are measured against is registered too, whether or not it is one of them.
    """
    asked = robots(count, form)
    last = days()[-1]
    seen_at = last.closes + timedelta(minutes=20)
    source = Source("sample", providers.get("sample"))
    with platform_on(url) as platform:
        collect_from(source, platform.connect, slot_at(last), seen_at)
        for robot in {robot.slug: robot for robot in (SHOWCASE[0], *asked)}.values():
            register_robot(platform, robot, slot_at(days()[at]))
    return [robot.id for robot in asked]


def take_loop(loop: str) -> None:
    """Have this process simulate with the compiled loop from the start on, or never.

    Machine code that is on no disk yet is made here, and kept.
    """
    speed.PACE = Pace(0, 0) if loop == COMPILED else Pace(math.inf, math.inf)
    simulate(Crossing, walks(50, 1))


def shares(robots: Sequence[UUID], workers: int) -> list[list[UUID]]:
    """Deal robots out to workers."""
    return [list(robots[number::workers]) for number in range(workers)]
