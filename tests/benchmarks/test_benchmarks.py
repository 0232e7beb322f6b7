"""The measuring scripts measure what they say: slots that are recorded, trades that are stored."""

import os

from benchmarks import copy, record, world
from functions.services.record import reading, remembering


def test_what_is_measured_is_recorded(database):
    reading.forget()
    remembering.forget()
    robots = world.prepare(database.jobs, 3, -world.REGISTERED - 1)
    first = -world.REGISTERED
    with world.platform_on(database.jobs) as platform:
        archive = platform.archive
        assert record._advance(archive, robots, first + 4, cold=False) == 15
        assert record._advance(archive, robots, first + 5, cold=True) == 3
        assert [one.head.seq for one in archive.records(robots)] == [6, 6, 6]
        (one,) = archive.records(robots[:1])
        trades = len(archive.trades(one.owner.execution_id))
        copied = copy.copied(database.jobs, robots[0], 1000, 250)
        assert copied.ended > copied.began
        assert len(archive.trades(one.owner.execution_id)) == trades + 250


def test_every_robot_that_is_measured_has_parameters_of_its_own():
    found = world.robots(50)
    assert len({robot.slug for robot in found}) == 50
    assert len({(robot.strategy, str(robot.config()["parameters"])) for robot in found}) > 30


def test_robots_are_measured_by_the_form_of_their_strategies():
    vectorised, by_bar = (
        {robot.strategy for robot in world.robots(12, form)}
        for form in (world.VECTORISED, world.BY_BAR)
    )
    assert "sma_cross" in vectorised
    assert "channel_breakout" in by_bar
    assert vectorised | by_bar == {robot.strategy for robot in world.robots(12)}
    assert not vectorised & by_bar


def test_the_middle_of_what_repetitions_took_is_told():
    spent = [record.Spent(10, 1.0, cpu, 0.01) for cpu in (0.02, 0.9, 0.03)]
    told = record._medians(spent)
    assert "worker  3.000 ms, server  1.000 ms, together  4.000 ms" in told
    assert "250 a processor second" in told


def test_robots_are_dealt_out_to_all_workers():
    robots = [robot.id for robot in world.robots(7)]
    dealt = world.shares(robots, 2)
    assert sorted(map(len, dealt)) == [3, 4]
    assert sorted(one for share in dealt for one in share) == sorted(robots)


def test_a_servers_processor_time_is_read():
    assert world.Place("", os.getpid()).cpu_seconds() > 0
