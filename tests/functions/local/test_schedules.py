from datetime import UTC, date, datetime, time

import pytest

from engine.errors import ParameterError
from functions.local.schedules import Schedule


def daily(rate: str) -> Schedule:
    return Schedule.parse("close", "collect_bars", rate, "America/New_York", {})


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2012, 3, 9), 21), (date(2012, 3, 12), 20), (date(2012, 11, 5), 21)]
)
def test_summer_time_moves_the_instant_and_not_the_hour_on_the_wall(day, hour):
    schedule = daily("cron(20 16 ? * MON-FRI *)")
    assert schedule.at == time(16, 20)
    assert schedule.fires_on(day) == datetime(day.year, day.month, day.day, hour, 20, tzinfo=UTC)


def test_weekends_have_no_call():
    assert daily("cron(20 16 ? * MON-FRI *)").fires_on(date(2012, 3, 10)) is None
    assert daily("cron(20 16 ? * MON-SUN *)").fires_on(date(2012, 3, 10)) is not None


@pytest.mark.parametrize(
    "rate", ["rate(5 minutes)", "cron(0/5 * ? * MON-FRI *)", "cron(20 16 * * ? *)"]
)
def test_a_schedule_that_is_not_daily_is_refused(rate):
    with pytest.raises(ParameterError, match="must be daily"):
        daily(rate)
