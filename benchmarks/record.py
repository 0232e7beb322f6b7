"""How many robot-slots a second are recorded; run as `python -m benchmarks.record`.

Robots of the showcase with varied parameters, eleven years of history each, in batches of 50
over a PostgreSQL on the same machine, which shares its processors. Each slot is the whole of an
advance but delivery: reading heads, tape and news, the replay of the whole segment, its
comparison with what is recorded, the metrics, and the transaction. Warm: the process holds the
replay it verified last, so that only new rows get texts and hashes. Cold: it holds nothing.
"""

import argparse
import cProfile
import io
import pstats
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter, process_time
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.world import (
    REGISTERED,
    Place,
    database,
    days,
    platform_on,
    prepare,
    say,
    shares,
    slot_at,
)
from functions.services.record import reading, remembering
from functions.services.record.advancing import Due
from functions.services.record.archive import Archive
from functions.services.record.batches import advance_all

BATCH = 50
PROFILED = 25


class Asked(NamedTuple):
    """What a worker is to do: advance to each of these sessions, from the sample's end back."""

    sessions: list[int]
    cold: bool = False
    profiled: bool = False


class Answer(NamedTuple):
    """What it came to: slots, processor seconds of the worker, and a profile if one was asked."""

    appended: int
    cpu: float
    profile: str


def work(url: str, robots: list[UUID], pipe: "Connection[Any, Any]") -> None:
    """Do what the pipe asks until it asks for nothing."""
    with platform_on(url) as platform:
        while (asked := pipe.recv()) is not None:
            pipe.send(_answer(platform.archive, robots, asked))


def _answer(archive: Archive, robots: list[UUID], asked: Asked) -> Answer:
    profile, start, appended = cProfile.Profile(), process_time(), 0
    if asked.profiled:
        profile.enable()
    for at in asked.sessions:
        appended += _advance(archive, robots, at, cold=asked.cold)
    profile.disable()
    used = process_time() - start
    return Answer(appended, used, _told(profile) if asked.profiled else "")


def _advance(archive: Archive, robots: list[UUID], at: int, *, cold: bool) -> int:
    if cold:
        reading.forget()
        remembering.forget()
    due, appended = Due(slot_at(days()[at]), deadline=True), 0
    for first in range(0, len(robots), BATCH):
        done = advance_all(archive, robots[first : first + BATCH], due)
        for error in done.errors.values():
            raise error
        appended += sum(outcome.appended for outcome in done.outcomes)
    return appended


def _told(profile: cProfile.Profile) -> str:
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(PROFILED)
    return text.getvalue()


class Workers:
    """Processes that advance robots of their own, all at once."""

    def __init__(self, place: Place, robots: list[list[UUID]]) -> None:
        context = get_context("spawn")
        self.place, self.pipes, self.processes = place, [], []
        for share in robots:
            ours, theirs = context.Pipe()
            self.processes.append(context.Process(target=work, args=(place.url, share, theirs)))
            self.processes[-1].start()
            self.pipes.append(ours)

    def measure(self, told: str, asked: Asked) -> None:
        """Have all do the same, and print what it came to."""
        start, server = perf_counter(), self.place.cpu_seconds()
        for pipe in self.pipes:
            pipe.send(asked)
        found: list[Answer] = [pipe.recv() for pipe in self.pipes]
        seconds, server = perf_counter() - start, self.place.cpu_seconds() - server
        slots, cpu = sum(one.appended for one in found), sum(one.cpu for one in found)
        say(
            f"{told:44} {slots:6} slots in {seconds:6.2f} s: {slots / seconds:6.0f} a second; "
            f"processor seconds {cpu:6.2f} of workers, {server:5.2f} of the server: "
            f"{slots / (cpu + server):6.0f} a processor second"
        )
        for one in found[:1]:
            say(one.profile)

    def stop(self) -> None:
        """Let them end."""
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join()


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robots", type=int, default=100)
    parser.add_argument("--slots", type=int, default=20, help="one at a time, warm")
    parser.add_argument("--record", type=int, default=250, help="slots recorded before that")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with database() as place:
        robots = prepare(place.url, asked.robots, -REGISTERED - 1)
        workers = Workers(place, shares(robots, asked.workers))
        at = iter(range(-REGISTERED, 0))
        caught_up = [next(at) for _ in range(asked.record)][-1:]
        workers.measure(f"catching up {asked.record} slots, one replay", Asked(caught_up))
        warm = [next(at) for _ in range(asked.slots)]
        workers.measure(f"one slot each, warm, {asked.slots} times", Asked(warm))
        cold = [next(at) for _ in range(3)]
        workers.measure("one slot each, cold, 3 times", Asked(cold, cold=True))
        profiled = [next(at) for _ in range(5)]
        workers.measure("one slot each, warm, profiled", Asked(profiled, profiled=True))
        workers.stop()


if __name__ == "__main__":
    main()
