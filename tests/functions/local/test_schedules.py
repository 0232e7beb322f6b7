from datetime import UTC, date, datetime, time

import pytest

from engine.errors import ParameterError
from functions.local.schedules import Schedule


def scheduled(rate: str, zone: str = "America/New_York") -> Schedule:
    return Schedule.parse("close", "collect_bars", rate, zone, {})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2012, 3, 9), 21), (date(2012, 3, 12), 20), (date(2012, 11, 5), 21)]
)
def test_summer_time_moves_the_instant_and_not_the_hour_on_the_wall(day, hour):
    schedule = scheduled("cron(20 16 ? * MON-FRI *)")
    assert schedule.times == (time(16, 20),)
    instant = datetime(day.year, day.month, day.day, hour, 20, tzinfo=UTC)
    assert schedule.fires_on(day) == [instant]


def test_weekends_have_no_call():
    assert scheduled("cron(20 16 ? * MON-FRI *)").fires_on(date(2012, 3, 10)) == []
    assert len(scheduled("cron(20 16 ? * MON-SUN *)").fires_on(date(2012, 3, 10))) == 1
    assert len(scheduled("cron(20 16 ? * * *)").fires_on(date(2012, 3, 11))) == 1


def test_several_calls_a_day_come_in_their_order():
    fires = scheduled("cron(3,33 10-16 ? * MON-FRI *)").fires_on(date(2013, 3, 1))
    assert (len(fires), fires[0], fires[-1]) == (
        14,
        utc("2013-03-01T15:03"),
        utc("2013-03-01T21:33"),
    )
    assert fires == sorted(fires)


def test_what_is_due_between_two_instants_holds_the_later_one_alone():
    schedule = scheduled("cron(3 * ? * * *)", "UTC")
    due = schedule.fires_in(utc("2013-03-01T22:03"), utc("2013-03-02T01:03"))
    assert due == [
        utc(f"2013-03-0{day}T{hour}:03") for day, hour in ((1, 23), (2, "00"), (2, "01"))
    ]
    assert schedule.fires_in(utc("2013-03-01T22:03"), utc("2013-03-01T22:03")) == []


def test_the_next_and_the_last_call_lie_across_a_weekend():
    schedule = scheduled("cron(20 16 ? * MON-FRI *)")
    saturday = utc("2013-03-02T12:00")
    assert schedule.last_until(saturday) == utc("2013-03-01T21:20")
    assert schedule.next_after(saturday) == utc("2013-03-04T21:20")
    assert schedule.next_after(utc("2013-03-04T21:20")) == utc("2013-03-05T21:20")


def test_an_hour_that_summer_time_skips_or_repeats_is_one_call():
    schedule = scheduled("cron(30 2 ? * * *)")
    assert len(schedule.fires_on(date(2013, 3, 10))) == 1
    assert len(scheduled("cron(30 1 ? * * *)").fires_on(date(2013, 11, 3))) == 1


@pytest.mark.parametrize(
    "rate",
    [
        "rate(5 minutes)", "cron(0/5 * ? * MON-FRI *)", "cron(20 16 * * ? *)",
        "cron(60 16 ? * MON-FRI *)", "cron(20 24 ? * MON-FRI *)", "cron(20 16 ? * FRI-MON *)",
        "cron(20 16 ? * MOO-FRI *)", "cron(, 16 ? * MON-FRI *)",
    ],
)  # fmt: skip
def test_a_schedule_of_another_form_is_refused(rate):
    with pytest.raises(ParameterError, match="must be like cron"):
        scheduled(rate)
