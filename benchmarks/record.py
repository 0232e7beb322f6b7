"""How many robot-slots a second are recorded; run as `python -m benchmarks.record`.

Robots of the showcase with varied parameters, eleven years of history each, in batches of 50
over a PostgreSQL on the same machine, which shares its processors. Each slot is the whole of an
advance but delivery: reading heads, tape and news, the replay of the whole segment, its
comparison with what is recorded, the metrics, and the transaction. Warm: the process holds the
replay it verified last, so that only new rows get texts and hashes. Cold: it holds nothing.

What is told is the median of several repetitions, in processor time: wall time says little on a
machine that others use, too. `--form vectorised` and `--form bar-by-bar` tell what each form of
a strategy costs; `--workers 1 --robots 50` is one batch. A process that has advanced for a while
has the compiled loop, so workers take it at once; `--loop plain` tells what those without get.
"""

import argparse
import cProfile
import io
import pstats
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.world import (
    ALL,
    BY_BAR,
    COMPILED,
    PLAIN,
    REGISTERED,
    VECTORISED,
    Place,
    database,
    days,
    platform_on,
    prepare,
    say,
    shares,
    slot_at,
    take_loop,
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


def work(url: str, robots: list[UUID], loop: str, pipe: "Connection[Any, Any]") -> None:
    """Do what the pipe asks until it asks for nothing."""
    take_loop(loop)
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


class Spent(NamedTuple):
    """What one repetition came to; processor seconds of workers and server."""

    slots: int
    seconds: float
    cpu: float
    server: float

    @property
    def milliseconds(self) -> tuple[float, float]:
        """Processor time of a robot-slot: the workers' and the server's."""
        return self.cpu / self.slots * 1e3, self.server / self.slots * 1e3


class Workers:
    """Processes that advance robots of their own, all at once."""

    def __init__(self, place: Place, robots: list[list[UUID]], loop: str) -> None:
        context = get_context("spawn")
        self.place, self.pipes, self.processes = place, [], []
        for share in robots:
            ours, theirs = context.Pipe()
            told = (place.url, share, loop, theirs)
            self.processes.append(context.Process(target=work, args=told))
            self.processes[-1].start()
            self.pipes.append(ours)

    def measure(self, told: str, repetitions: Sequence[Asked]) -> None:
        """Have all do the same again and again, and print the median."""
        spent = []
        for asked in repetitions:
            start, server = perf_counter(), self.place.cpu_seconds()
            found = self._answers(asked)
            seconds, server = perf_counter() - start, self.place.cpu_seconds() - server
            slots, cpu = sum(one.appended for one in found), sum(one.cpu for one in found)
            spent.append(Spent(slots, seconds, cpu, server))
            if asked.profiled:
                say(found[0].profile)
        say(f"{told:44} {_medians(spent)}")

    def _answers(self, asked: Asked) -> list[Answer]:
        for pipe in self.pipes:
            pipe.send(asked)
        return [pipe.recv() for pipe in self.pipes]

    def stop(self) -> None:
        """Let them end."""
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join()


def _medians(spent: Sequence[Spent]) -> str:
    slots, rate = spent[0].slots, median(one.slots / one.seconds for one in spent)
    worker = median(one.milliseconds[0] for one in spent)
    server = median(one.milliseconds[1] for one in spent)
    whole = [sum(one.milliseconds) for one in spent]
    return (
        f"{len(spent):3} x {slots:5} slots: worker {worker:6.3f} ms, server {server:6.3f} ms, "
        f"together {median(whole):6.3f} ms a slot (least {min(whole):.3f}); "
        f"{1e3 / median(whole):6.0f} a processor second, {rate:6.0f} a second"
    )


def _sessions(at: Iterator[int], times: int, **asked: bool) -> list[Asked]:
    return [Asked([next(at)], **asked) for _ in range(times)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robots", type=int, default=100)
    parser.add_argument("--slots", type=int, default=20, help="one at a time, warm")
    parser.add_argument("--cold", type=int, default=3, help="one at a time, cold")
    parser.add_argument("--record", type=int, default=250, help="slots recorded before that")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--form", choices=(ALL, VECTORISED, BY_BAR), default=ALL)
    parser.add_argument("--loop", choices=(COMPILED, PLAIN), default=COMPILED)
    parser.add_argument("--profile", type=int, default=5, help="slots, one at a time, warm")
    return parser.parse_args()


def main() -> None:
    """Prepare, measure, print."""
    asked = _arguments()
    take_loop(asked.loop)
    with database() as place:
        robots = prepare(place.url, asked.robots, -REGISTERED - 1, asked.form)
        workers = Workers(place, shares(robots, asked.workers), asked.loop)
        say(
            f"{asked.robots} robots, {asked.form}, {asked.workers} workers, {asked.loop} loop; "
            "processor time"
        )
        at = iter(range(-REGISTERED, 0))
        caught_up = [next(at) for _ in range(asked.record)][-1:]
        workers.measure(f"catching up {asked.record} slots, one replay", [Asked(caught_up)])
        workers.measure("one slot each, warm", _sessions(at, asked.slots))
        if asked.cold:
            workers.measure("one slot each, cold", _sessions(at, asked.cold, cold=True))
        if asked.profile:
            every = [next(at) for _ in range(asked.profile)]
            workers.measure("one slot each, warm, profiled", [Asked(every, profiled=True)])
        workers.stop()


if __name__ == "__main__":
    main()
