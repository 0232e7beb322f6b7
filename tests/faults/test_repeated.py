"""Events that come again, at once, late, or not in order."""

import random

import pytest

from tests.builders.records import due_message
from tests.faults.cloud import Cloud, FileBucket
from tests.faults.evidence import assert_undisturbed
from tests.faults.processes import Crew
from tests.faults.world import SLOTS, live_days, world_over

LIVE = live_days(SLOTS)


@pytest.fixture
def shared(database, twin, tmp_path):
    """A world whose database and bucket other processes reach too."""
    bucket = tmp_path / "bucket"
    with world_over(database.jobs, cloud=Cloud(FileBucket(bucket))) as world:
        yield world, Crew(database.jobs, bucket)


def test_every_event_ten_times(world, twin):
    for day in LIVE:
        for _ in range(10):
            world.collect(day)
        bodies = [body for _ in range(10) for body in world.dispatch(day)]
        assert len(bodies) == 10
        for body in bodies:
            world.advance(body)
        for _ in range(10):
            world.deliver()
    assert_undisturbed(world.evidence(), twin)


def test_the_same_slot_in_eight_processes_at_once(shared, twin):
    world, crew = shared
    assert crew.all_at_once([LIVE[:1]] * 8) == 3
    assert crew.all_at_once([LIVE[-1:]] * 8) == 3 * (SLOTS - 1)
    assert_undisturbed(world.evidence(), twin)


def test_two_slots_of_one_robot_at_once(shared, twin):
    world, crew = shared
    assert crew.all_at_once([LIVE[::2], LIVE[1::2]]) == 3 * SLOTS
    assert_undisturbed(world.evidence(), twin)


def test_processes_killed_at_any_moment(shared, twin):
    world, crew = shared
    dice = random.Random(1)
    killed = [crew.killed(LIVE[: at + 1], 0.5, dice) for at in range(0, SLOTS, 2)]
    assert any(killed)
    crew.all_at_once([LIVE])
    assert_undisturbed(world.evidence(), twin)


@pytest.mark.parametrize("seed", range(3))
def test_slots_in_any_order(world, twin, seed):
    messages = [due_message(day, *world.ids) for day in LIVE]
    random.Random(seed).shuffle(messages)
    for day in LIVE:
        world.collect(day)
    for message in messages:
        world.advance(message)
    world.deliver()
    assert_undisturbed(world.evidence(), twin)


def test_three_days_lost_are_caught_up_and_say_so(world, twin):
    for day in (*LIVE[:4], *LIVE[7:]):
        world.play(day)
    assert_undisturbed(world.evidence(), twin)
    late = world.platform.connect().execute(
        "SELECT DISTINCT seq FROM decisions WHERE backfilled ORDER BY seq"
    )
    assert [seq for (seq,) in late] == [5, 6, 7]
