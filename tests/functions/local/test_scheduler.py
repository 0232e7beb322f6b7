import logging
import sys
import threading
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from functions.local import worker
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


def test_a_day_is_played_in_the_order_of_its_calls_and_queues_are_emptied_after_each(jobs):
    queues = CountedQueues()
    scheduler(queues).play(date(2011, 3, 7), ("advance_robots",))
    assert jobs.names() == [
        "collect_bars", "dispatch_robots", "deliver_outbox", "collect_bars", "dispatch_robots",
        "deliver_outbox",
    ]  # fmt: skip
    times = [event["time"] for _, event in jobs.calls]
    assert times == sorted(times)
    assert times[0] == "2011-03-07T21:20:00Z"
    assert queues.asked == [("advance_robots",)] * 6


def test_the_last_calls_of_a_day_say_that_they_are(jobs):
    scheduler(CountedQueues()).play(date(2011, 3, 7))
    said = [event["detail"].get("deadline", False) for _, event in jobs.calls]
    assert said == [False, False, False, True, True, False]


def test_a_call_that_fails_is_logged_and_stops_nothing(jobs, caplog):
    jobs.fails = {"collect_bars"}
    with caplog.at_level(logging.ERROR):
        scheduler(CountedQueues()).play(date(2011, 3, 7))
    assert jobs.names().count("dispatch_robots") == 2
    assert "collect-close at 2011-03-07T21:20:00+00:00 failed" in caplog.text


def test_what_is_collected_before_the_first_day_must_not_fail(jobs):
    jobs.fails = {"collect_bars"}
    with pytest.raises(RuntimeError):
        scheduler(CountedQueues()).collect(date(2011, 3, 7))


def test_a_day_can_be_left_between_two_calls(jobs):
    scheduler(CountedQueues(), stopped=lambda: len(jobs.calls) == 2).play(date(2011, 3, 7))
    assert jobs.names() == ["collect_bars", "dispatch_robots"]


class Played:
    """A scheduler that only remembers its days."""

    def __init__(self, stop: threading.Event, after: int = 1000) -> None:
        self.days: list[date] = []
        self._stop = stop
        self._after = after

    def play(self, day: date) -> None:
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
    played: Any = Played(stop, after=3)
    worker.keep_time(played, Clock(SESSIONS, None), 0, stop)
    assert played.days == SESSIONS[100:103]
    assert told[-1] == {"session": SESSIONS[102].isoformat(), "left": 497}


def test_at_the_end_it_says_so_once_and_waits(told, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda _seconds=None: False)
    played: Any = Played(stop)
    worker.keep_time(played, Clock(SESSIONS, SESSIONS[-3]), 0, stop)
    assert played.days == SESSIONS[-2:]
    assert told[-1] == {"ended": SESSIONS[-1].isoformat()}
