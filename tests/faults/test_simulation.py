"""Robots' lives full of faults end with the hashes of undisturbed ones.

Each run draws a new seed, which stands in pytest's summary and in every failure; FAULT_SEED=N
plays that one again, call for call.
"""

import os
import random
from time import process_time

import pytest

from tests.fakes import archive as fakes
from tests.fakes.archive import MemoryArchive
from tests.faults.calls import counted
from tests.faults.evidence import assert_undisturbed
from tests.faults.memory import InMemory, told_of
from tests.faults.simulation import Plan, crowd, disturb_market
from tests.faults.stages import InPostgres
from tests.faults.world import EARLIER, Walks, days, world_over

DAYS = days()[EARLIER : EARLIER + 40]
ROBOTS, ROUNDS = 50, 5
TOLD = "summary"
"""A property of a test that pytest's summary shows."""


@pytest.fixture
def seed(record_property):
    given = os.environ.get("FAULT_SEED")
    drawn = int(given) if given else random.SystemRandom().randrange(10**9)
    record_property(TOLD, f"FAULT_SEED={drawn}")
    return drawn


def market_of(seed):
    market = Walks(seed)
    disturb_market(market, DAYS, random.Random(seed))
    return market


def lived(seed, robots, archive, market):
    """Play a seed's plan; what went wrong in it, and the archive afterwards."""
    plan = Plan(seed, DAYS, [robot.id for robot in robots])
    plan.play(InMemory(market, robots, archive), market.symbols())
    return plan.counts, archive


def undisturbed(robots, market):
    """What the same robots record where nothing goes wrong."""
    archive = MemoryArchive()
    ids = [robot.id for robot in robots]
    Plan(0, DAYS, ids).quiet(InMemory(market, robots, archive))
    return {robot: told_of(archive, robot) for robot in ids}


def assert_same(archive, twin, seed):
    """Compare robot by robot, row by row."""
    for robot, expected in twin.items():
        found, which = told_of(archive, robot), f"FAULT_SEED={seed}: {robot}"
        for name, rows in expected.rows.items():
            assert found.rows[name] == rows, f"{which}: {name}"
        told = (found.head, found.outbox)
        assert told == (expected.head, expected.outbox), f"{which}: head or outbox"
        slots = [row.slot for row in found.rows["decisions"]]
        assert len(slots) == len(set(slots)) == len(DAYS), f"{which}: slots"
    assert archive.drifts == {}, f"FAULT_SEED={seed}: drifts"


def test_ten_thousand_robot_days(seed, record_property):
    robots, market, happened = crowd(ROBOTS), market_of(seed), {}
    days, begun = ROUNDS * ROBOTS * len(DAYS), process_time()
    assert days >= 10_000
    twin = undisturbed(robots, market)
    for each in range(ROUNDS):
        counts, archive = lived(seed + each, robots, MemoryArchive(), market)
        assert_same(archive, twin, seed)
        happened = {name: happened.get(name, 0) + told for name, told in counts.items()}
    took = process_time() - begun
    record_property(TOLD, f"{days:,} robot-days in {took:.1f} s of processor")
    assert min(happened.values()) > 10, f"FAULT_SEED={seed}: too little went wrong: {happened}"


def test_a_seed_plays_the_same_again(seed):
    robots, market = crowd(6), market_of(seed)
    one, other = (lived(seed, robots, MemoryArchive(), market) for _ in range(2))
    again = f"FAULT_SEED={seed} played twice"
    assert one[0] == other[0], again
    assert one[1].skips == other[1].skips, again
    assert list(one[1].outbox) == list(other[1].outbox), again
    for robot in robots:
        assert one[1].runs[robot.id] == other[1].runs[robot.id], again


class ForgetsTheHead(MemoryArchive):
    """Appends whatever was appended since."""

    def _stands(self, record):
        return True


class AppendsTwice(MemoryArchive):
    """Writes what it was given once, and once more."""

    def _append(self, new):
        super()._append(new)
        return super()._append(new)


class LeavesHalf(MemoryArchive):
    """Commits each row by itself, and now and then dies before the last ones."""

    def _append(self, new):
        half = len(self.outbox) % 5 == 0
        return super()._append(new._replace(points=new.points[:-1]) if half else new)


@pytest.mark.parametrize("broken", [ForgetsTheHead, AppendsTwice, LeavesHalf])
def test_an_archive_that_breaks_its_promise_is_found_out(monkeypatch, broken):
    monkeypatch.setattr(fakes, "_extend", lambda rows, new, *keys: rows.extend(new))
    robots, market = crowd(10), market_of(1)
    twin = undisturbed(robots, market)
    _, honest = lived(1, robots, MemoryArchive(), market)
    assert_same(honest, twin, 1)
    with pytest.raises(AssertionError):
        assert_same(lived(1, robots, broken(), market)[1], twin, 1)


def test_a_few_hundred_robot_days_on_postgresql(seed, database, module_database, record_property):
    robots, found = crowd(8), []
    plan = Plan(seed, DAYS[:35], [robot.id for robot in robots])
    for url, play in (
        (module_database.jobs, plan.quiet),
        (database.jobs, lambda stage: plan.play(stage, stage.world.market.symbols())),
    ):
        with (
            counted() as calls,
            world_over(url, market=market_of(seed), robots=robots) as world,
        ):
            stage = InPostgres(world, calls)
            stage.new_process()
            play(stage)
            stage.new_process()
            world.deliver()
            found.append(world.evidence())
    record_property(TOLD, f"{len(robots) * len(DAYS[:35])} robot-days on PostgreSQL")
    assert plan.counts["died"] + plan.counts["lost"] > 0, f"FAULT_SEED={seed}: {plan.counts}"
    assert_undisturbed(found[1], found[0], f"FAULT_SEED={seed}")
