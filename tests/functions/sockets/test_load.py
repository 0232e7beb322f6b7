"""Ten thousand events to a hundred clients that lose their connections at random.

Over the front door of `robotplug run` and a real PostgreSQL. Every client ends with every seq of
every robot that it watches, once and in order.
"""

import asyncio
import resource
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.services.live.pushing import push, push_late
from tests.builders.live import add_decisions, live_robot
from tests.functions.sockets.watchers import Watcher

ROBOTS, EVENTS_EACH, STEP = 20, 500, 50
CLIENTS, WATCH_ALL = 100, 5


class Writer(threading.Thread):
    """What the jobs do: append to the records, commit, push."""

    def __init__(self, platform, database, robots):
        super().__init__()
        self._platform, self._database, self._robots = platform, database, robots
        self.frames = 0
        self.error = None

    def run(self):
        try:
            with self._database.connect("jobs", autocommit=True) as jobs:
                self._write(jobs)
        except BaseException as error:
            self.error = error

    def _write(self, jobs):
        slugs = [robot.slug for robot in self._robots]
        for _ in range(EVENTS_EACH // STEP):
            for robot in self._robots:
                add_decisions(jobs, robot, STEP)
            first = push(self._platform, slugs)
            self.frames += first.frames + push_late(self._platform, first.late).frames


async def watched(watchers, writer):
    writer.start()
    async with asyncio.timeout(1_200):
        await asyncio.gather(*(watcher.watch() for watcher in watchers))


@pytest.fixture(scope="module")
def robots(jobs):
    return [live_robot(jobs, f"robot-{n:02}", decisions=0) for n in range(ROBOTS)]


def test_each_client_ends_with_every_seq_once(
    front, platform, jobs, robots, module_database, record_testsuite_property
):
    slugs = [robot.slug for robot in robots]
    alone = [slugs[n % ROBOTS] for n in range(CLIENTS - WATCH_ALL)]
    watchers = [
        Watcher(front, robot, dict.fromkeys(slugs if robot == "all" else [robot], EVENTS_EACH), n)
        for n, robot in enumerate([*alone, *["all"] * WATCH_ALL])
    ]
    writer = Writer(platform, module_database, robots)
    began, spent = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    # In a thread of its own: a browser that stays open leaves its loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(watched(watchers, writer))).result()
    writer.join()
    assert writer.error is None
    stored = dict(
        jobs.execute(
            """SELECT s.slug, array_agg(d.hash ORDER BY d.seq) FROM decisions d
            JOIN strategies s ON s.id = d.strategy_id GROUP BY s.slug"""
        ).fetchall()
    )
    assert {slug: len(hashes) for slug, hashes in stored.items()} == dict.fromkeys(
        slugs, EVENTS_EACH
    )
    for watcher in watchers:
        assert watcher.has == {slug: stored[slug] for slug in watcher.has}
    total = sum((watcher.counts for watcher in watchers), Counter())
    assert total["broken"] >= CLIENTS
    assert total["taken"] == EVENTS_EACH * (CLIENTS - WATCH_ALL + WATCH_ALL * ROBOTS)
    figures = {
        "seconds": round(time.monotonic() - began, 1),
        "own_cpu_seconds": round(resource.getrusage(resource.RUSAGE_SELF).ru_utime - spent, 1),
        "front_cpu_seconds": round(front.cpu_seconds(), 1),
        "pushed_frames": writer.frames,
        **total,
    }
    for name, value in figures.items():
        record_testsuite_property(name, value)
