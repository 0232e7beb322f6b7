"""When EventBridge Scheduler would call: the daily schedules of serverless.yml."""

import re
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import ParameterError

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAILY = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \? \* ([A-Z]{3})-([A-Z]{3}) \*\)")


class Schedule(NamedTuple):
    """One daily call of a function; event is the input with Scheduler's placeholders."""

    name: str
    function: str
    at: time
    zone: ZoneInfo
    weekdays: range
    event: dict[str, Any]

    @classmethod
    def parse(
        cls, name: str, function: str, rate: str, timezone: str, event: dict[str, Any]
    ) -> "Schedule":
        """Read an expression like cron(20 16 ? * MON-FRI *); ParameterError for another form."""
        match = _DAILY.fullmatch(rate)
        if not match:
            raise ParameterError(
                f"schedule {name} must be daily, as cron(20 16 ? * MON-FRI *), was {rate}"
            )
        at = time(int(match[2]), int(match[1]))
        weekdays = range(_DAYS.index(match[3]), _DAYS.index(match[4]) + 1)
        return cls(name, function, at, ZoneInfo(timezone), weekdays, event)

    def fires_on(self, day: date) -> datetime | None:
        """The instant of the call on that day of the schedule's own zone, in UTC.

        >>> daily = "cron(20 16 ? * MON-FRI *)"
        >>> schedule = Schedule.parse("close", "collect_bars", daily, "America/New_York", {})
        >>> schedule.fires_on(date(2013, 3, 1)).isoformat()
        '2013-03-01T21:20:00+00:00'
        >>> schedule.fires_on(date(2013, 3, 2)) is None
        True
        """
        if day.weekday() not in self.weekdays:
            return None
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)
