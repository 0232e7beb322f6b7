import logging
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from functions.local import played
from functions.local.clock import Clock
from functions.local.deployment import Function, read
from functions.local.handlers import Handlers
from functions.local.scheduler import Scheduler


class Jobs(ModuleType):
    """Every function there is: remembers the events it was called with."""

    def __init__(self) -> None:
        super().__init__("all_jobs")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fails: set[str] = set()

    def handler(self, event: dict[str, Any], context: Any) -> None:
        self.calls.append((context.function_name, event))
        if context.function_name in self.fails:
            raise RuntimeError("the provider does not answer")

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


class CountedQueues:
    """Queues that are always empty, and know how often they were asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def drain(self, functions: object = None) -> int:
        self.asked.append(functions)
        return 0


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    module = Jobs()
    monkeypatch.setitem(sys.modules, "all_jobs", module)
    return module


def scheduler(queues: Any, **options: Any) -> Scheduler:
    deployment = read()
    functions = {name: Function(name, "all_jobs.handler", 10) for name in deployment.functions}
    return Scheduler(deployment.schedules, Handlers(functions), queues, **options)


DAY = ("XNYS", date(2011, 3, 7))


def test_a_day_is_played_in_the_order_of_its_calls_and_queues_are_emptied_after_each(jobs):
    queues = CountedQueues()
    scheduler(queues).play(*DAY, ("advance_robots",))
    assert jobs.names() == [
        "collect_bars", "dispatch_robots", "deliver_outbox", "collect_bars", "dispatch_robots",
        "deliver_outbox",
    ]  # fmt: skip
    times = [event["time"] for _, event in jobs.calls]
    assert times == sorted(times)
    assert times[0] == "2011-03-07T21:20:00Z"
    assert queues.asked == [("advance_robots",)] * 6


def test_the_last_calls_of_a_day_say_that_they_are(jobs):
    scheduler(CountedQueues()).play(*DAY)
    said = [event["detail"].get("deadline", False) for _, event in jobs.calls]
    assert said == [False, False, False, True, True, False]


def test_a_half_day_is_played_at_its_usual_hours(jobs):
    scheduler(CountedQueues()).play("XNYS", date(2012, 11, 23))
    assert jobs.calls[0][1]["time"] == "2012-11-23T21:20:00Z"


def test_a_day_around_the_clock_is_played_after_midnight(jobs):
    scheduler(CountedQueues()).play("24/7", date(2012, 12, 31))
    assert jobs.names()[0] == "collect_bars"
    assert jobs.calls[0][1]["time"] == "2013-01-01T00:10:00Z"
    assert {event["detail"]["calendar"] for _, event in jobs.calls} == {"24/7"}


def test_a_call_that_fails_is_logged_and_stops_nothing(jobs, caplog):
    jobs.fails = {"collect_bars"}
    with caplog.at_level(logging.ERROR):
        scheduler(CountedQueues()).play(*DAY)
    assert jobs.names().count("dispatch_robots") == 2
    assert "collect-close at 2011-03-07T21:20:00+00:00 failed" in caplog.text


def test_what_failed_is_answered_by_function(jobs):
    jobs.fails = {"collect_bars"}
    player = scheduler(CountedQueues())
    failed = player.make(player.calls(*DAY)[:2])
    assert failed == {"collect_bars": "the provider does not answer", "dispatch_robots": ""}


def test_a_day_can_be_left_between_two_calls(jobs):
    scheduler(CountedQueues(), stopped=lambda: len(jobs.calls) == 2).play(*DAY)
    assert jobs.names() == ["collect_bars", "dispatch_robots"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def named(calls: Any) -> list[str]:
    return [schedule.name.rpartition("local-")[2] for _, schedule in calls]


def test_after_an_outage_each_schedules_last_call_is_made_in_order(jobs):
    missed = scheduler(CountedQueues()).missed(
        [("XNYS", "1d")], utc("2013-02-20T12:00"), utc("2013-03-01T21:30")
    )
    assert named(missed) == [
        "outbox", "collect-deadline", "dispatch-deadline", "outbox-late", "collect-close",
        "dispatch-close",
    ]  # fmt: skip
    assert [f"{at:%d %H:%M}" for at, _ in missed[-2:]] == ["01 21:20", "01 21:25"]


def test_a_call_is_missed_once_and_only_for_the_slots_that_robots_decide_on(jobs):
    player = scheduler(CountedQueues())
    at = utc("2013-03-01T21:20")
    assert named(player.missed([("XNYS", "1d")], at - timedelta(minutes=1), at)) == [
        "collect-close"
    ]
    assert player.missed([("XNYS", "1d")], at, at) == []
    assert player.missed([], None, at) == []
    assert len(player.missed([("XNYS", "1d"), ("24/7", "1h")], None, at)) == 9


def test_the_next_call_is_that_of_the_finest_slots(jobs):
    player, now = scheduler(CountedQueues()), utc("2013-03-01T12:10")
    assert player.next_call([("XNYS", "1d")], now) == utc("2013-03-01T21:20")
    assert player.next_call([("XNYS", "1d"), ("24/7", "1h")], now) == utc("2013-03-01T12:15")
    assert player.next_call([], now) == utc("2013-03-01T13:10")


class Played:
    """A scheduler that only remembers its days."""

    def __init__(self, stop: threading.Event, after: int = 1000) -> None:
        self.days: list[date] = []
        self._stop = stop
        self._after = after

    def play(self, calendar: str, day: date) -> None:
        self.days.append(day)
        if len(self.days) == self._after:
            self._stop.set()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr("functions.local.lifeline.tell", lambda **told: messages.append(told))
    return messages


SESSIONS = [date.fromordinal(730_000 + number) for number in range(600)]


def test_the_clock_stops_where_it_is_told_to(told):
    stop = threading.Event()
    player: Any = Played(stop, after=3)
    drifted = {"sma-cross": ""}
    played.keep_time(player, "XNYS", Clock(SESSIONS, None), 0, stop, lambda: drifted)
    assert player.days == SESSIONS[100:103]
    assert told[-1] == {"session": SESSIONS[102].isoformat(), "left": 497, "drifted": drifted}


def test_at_the_end_it_says_so_once_and_waits(told, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda _seconds=None: False)
    player: Any = Played(stop)
    played.keep_time(player, "XNYS", Clock(SESSIONS, SESSIONS[-3]), 0, stop)
    assert player.days == SESSIONS[-2:]
    assert told[-1] == {"ended": SESSIONS[-1].isoformat(), "drifted": {}}
