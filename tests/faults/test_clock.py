"""Clocks that are off, summer time, half days, and thirty years of closes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from functions.jobs import collect_bars, dispatch_robots
from functions.services.market.calendars import sessions
from functions.services.market.slots import slot_of, slots
from tests.builders.records import due_message, scheduled, slot_at
from tests.faults.evidence import assert_undisturbed, assert_whole
from tests.faults.world import EARLIER, SLOTS, days, live_days, robot, world_over

LIVE = live_days(SLOTS)
MINUTE = timedelta(minutes=1)


def at(instant):
    """A schedule's event for an instant."""
    return {**scheduled(LIVE[0]), "time": f"{instant:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.mark.parametrize("off", [-30, -21, -10, 10])
def test_a_clock_that_is_off_changes_nothing(world, twin, off):
    """Schedules fire twenty minutes after the close; some of these before it."""
    for day in LIVE:
        event = at(day.closes + (20 + off) * MINUTE)
        world.call(collect_bars.handler, event)
        world.call(dispatch_robots.handler, event)
        for body in world.take("robot_queue_url"):
            world.advance(body)
        newest = world.platform.connect().execute("SELECT max(timestamp) FROM market_data")
        there = newest.fetchone()[0].date()
        assert there == day.session if off >= -20 else there < day.session
    world.play(LIVE[-1])
    assert_undisturbed(world.evidence(), twin)


def test_a_slot_that_has_not_come_yet_is_waited_for(world, twin):
    for day, following in pairwise(LIVE):
        world.collect(day)
        answer = world.advance_to(following)
        assert answer["appended"] == len(world.ids)
        assert set(answer["waiting"]) == {"breaking", "crossing", "holding"}
    world.play(LIVE[-1])
    assert_undisturbed(world.evidence(), twin)


EXPECTED = {
    "2012-03-09": "21:00",
    "2012-03-12": "20:00",
    "2012-07-02": "20:00",
    "2012-07-03": "17:00",
    "2012-07-05": "20:00",
    "2012-11-02": "20:00",
    "2012-11-05": "21:00",
    "2012-11-21": "21:00",
    "2012-11-23": "18:00",
    "2012-11-26": "21:00",
}


def test_a_robot_lives_through_summer_time_and_half_days(database):
    year = days()[EARLIER:]
    around = [day for day in year if str(day.session) in EXPECTED]
    with world_over(database.jobs, robots=(robot(),)) as world:
        for day in around:
            before = year[year.index(day) - 1]
            for each in (before, day):
                world.play(each)
        (record,) = world.evidence().values()
    assert_whole(record)
    closes = {row[2].date().isoformat(): f"{row[2]:%H:%M}" for row in record.tables["decisions"]}
    assert len(closes) == year.index(around[-1]) + 1
    assert {day: closes[day] for day in EXPECTED} == EXPECTED


def test_every_close_of_thirty_years_is_one_slot():
    known = sessions("XNYS", date(2000, 1, 1), date(2030, 12, 31))
    found = slots("XNYS", "1d", datetime(2000, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))
    assert [slot.closes_at for slot in found] == [day.closes for day in known]
    hours = {f"{day.closes:%H:%M}" for day in known}
    assert hours == {"17:00", "18:00", "20:00", "21:00"}
    half = [number for number, day in enumerate(known) if day.closes.hour in (17, 18)]
    changed = [
        number
        for number in range(1, len(known))
        if known[number].closes.hour != known[number - 1].closes.hour
    ]
    assert len({known[number].session.year for number in half}) == 31
    for number in sorted({*half, *changed, *range(5, len(known), 200)}):
        before, day = known[number - 1], known[number]
        for instant, expected in (
            (day.closes, day),
            (day.closes - timedelta(seconds=1), before),
        ):
            assert slot_of(at(instant)) == slot_at(expected)


def test_an_event_of_an_hour_nobody_trades_in_is_the_slot_before(world):
    sunday = datetime(2012, 3, 11, 7, tzinfo=UTC)
    assert slot_of(at(sunday)) == slot_at(next(d for d in days() if str(d.session) == "2012-03-09"))
    assert world.advance(due_message(days()[EARLIER - 1], *world.ids))["appended"] == 0
