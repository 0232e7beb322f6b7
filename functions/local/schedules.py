"""When EventBridge Scheduler would call: the schedules of serverless.yml."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import ParameterError

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_CRON = re.compile(r"cron\(([\d,]+) ([\d,*-]+) \? \* ([A-Z*-]+) \*\)")
_LONGEST_PAUSE = timedelta(days=8)


class Schedule(NamedTuple):
    """The calls of a function by the clock on a wall; event is the input with its placeholders."""

    name: str
    function: str
    times: tuple[time, ...]
    zone: ZoneInfo
    weekdays: range
    event: dict[str, Any]

    @classmethod
    def parse(
        cls, name: str, function: str, rate: str, timezone: str, event: dict[str, Any]
    ) -> "Schedule":
        """Read an expression like cron(20 16 ? * MON-FRI *); ParameterError for another form."""
        match = _CRON.fullmatch(rate)
        hours = _numbers(match[2], 24) if match else ()
        minutes = _numbers(match[1], 60) if match else ()
        weekdays = _weekdays(match[3]) if match else range(0)
        if not (hours and minutes and weekdays):
            raise ParameterError(
                f"schedule {name} must be like cron(20 16 ? * MON-FRI *), with minutes, hours and "
                f"days of the week alone, was {rate}"
            )
        times = tuple(time(hour, minute) for hour in hours for minute in minutes)
        return cls(name, function, times, ZoneInfo(timezone), weekdays, event)

    @property
    def slots(self) -> tuple[str, str]:
        """The calendar and the bar length of the slots that it calls for."""
        return self.event["detail"]["calendar"], self.event["detail"]["bar"]

    def fires_on(self, day: date) -> list[datetime]:
        """Return the instants of the calls on that day of the schedule's own zone, in UTC.

        >>> daily = "cron(20 16 ? * MON-FRI *)"
        >>> schedule = Schedule.parse("close", "collect_bars", daily, "America/New_York", {})
        >>> [at.isoformat() for at in schedule.fires_on(date(2013, 3, 1))]
        ['2013-03-01T21:20:00+00:00']
        >>> schedule.fires_on(date(2013, 3, 2))
        []
        """
        if day.weekday() not in self.weekdays:
            return []
        local = (datetime.combine(day, at, self.zone) for at in self.times)
        return sorted({at.astimezone(UTC) for at in local})

    def fires_in(self, after: datetime, until: datetime) -> list[datetime]:
        """Return the instants later than `after` and no later than `until`, in order."""
        first = after.astimezone(self.zone).date()
        days = (until.astimezone(self.zone).date() - first).days
        every = (at for n in range(days + 1) for at in self.fires_on(first + timedelta(days=n)))
        return [at for at in every if after < at <= until]

    def next_after(self, moment: datetime) -> datetime:
        """Return the first instant later than a moment."""
        return self.fires_in(moment, moment + _LONGEST_PAUSE)[0]

    def last_until(self, moment: datetime) -> datetime:
        """Return the last instant no later than a moment."""
        return self.fires_in(moment - _LONGEST_PAUSE, moment)[-1]


def _numbers(text: str, end: int) -> tuple[int, ...]:
    """Read `16`, `10-16`, `1,13` or `*`; nothing where that names no number below the end.

    >>> _numbers("5,35", 60), _numbers("10-12", 24), _numbers("24", 24)
    ((5, 35), (10, 11, 12), ())
    """
    found: set[int] = set()
    for part in text.split(",") if text != "*" else [f"0-{end - 1}"]:
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            return ()
        found |= set(range(int(first), int(last or first) + 1))
    return tuple(sorted(found)) if max(found, default=end) < end else ()


def _weekdays(text: str) -> range:
    first, _, last = text.partition("-") if text != "*" else ("MON", "-", "SUN")
    if first not in _DAYS or (last or first) not in _DAYS:
        return range(0)
    return range(_DAYS.index(first), _DAYS.index(last or first) + 1)
