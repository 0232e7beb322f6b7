import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.errors import ParameterError
from functions.local import live
from functions.local.scheduler import Scheduler
from functions.local.start import backtest_from
from functions.services.market.slots import Slot
from functions.services.record.advancing import Due
from functions.services.record.batches import advance_robots
from tests.builders.platforms import platform_over
from tests.builders.records import collect_until, days, registered, slot_at, sma_robot

CALL = "a call"
FRIDAY = Slot("XNYS", "1d", datetime(2013, 3, 1, 21, tzinfo=UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "now", "closes"),
    [
        ("XNYS", "2013-03-01T20:59:59", "2013-02-28T21:00"),
        ("XNYS", "2013-03-03T12:00", "2013-03-01T21:00"),
        ("XNYS", "2012-11-23T18:00", "2012-11-23T18:00"),
        ("24/7", "2013-03-03T12:00", "2013-03-03T00:00"),
    ],
)
def test_the_last_closed_slot(calendar, now, closes):
    assert live.last_closed(calendar, utc(now)).closes_at == utc(closes)


def test_robots_begin_at_the_newest_slot_that_every_symbol_has_a_bar_of():
    newest = {"SPY": date(2013, 3, 1), "QQQ": date(2013, 2, 28)}
    slot = live.common_slot(FRIDAY, ["SPY", "QQQ"], newest)
    assert slot == Slot("XNYS", "1d", utc("2013-02-28T21:00"))


@pytest.mark.parametrize(
    ("newest", "says"),
    [
        ({}, "QQQ has no bars at all; leave it out of SYMBOLS"),
        ({"QQQ": date(2012, 6, 1)}, "QQQ has no bars since 2012-06-01"),
    ],
)
def test_a_symbol_that_trades_no_more_is_refused(newest, says):
    with pytest.raises(ParameterError, match=says):
        live.common_slot(FRIDAY, ["SPY", "QQQ"], {"SPY": date(2013, 3, 1), **newest})


def test_backtests_begin_a_year_into_the_data_or_in_its_middle():
    assert backtest_from("XNYS", date(2010, 1, 4), date(2013, 3, 1)) == date(2011, 1, 3)
    assert backtest_from("24/7", date(2013, 1, 1), date(2013, 1, 11)) == date(2013, 1, 6)
    assert backtest_from("XNYS", date(1962, 1, 2), date(2013, 3, 1)) == date(1990, 12, 31)


DRIFTED = {"sma-cross": "data at XNYS/1d/2013-03-01T21:00:00Z"}


class Planned(Scheduler):
    """A scheduler with calls at given instants, which remembers those it made."""

    def __init__(self, *times: str, failing: int = 0) -> None:
        self.times = [utc(text) for text in times]
        self.made: list[datetime] = []
        self.asked: list[object] = []
        self._failing = failing

    def missed(self, slots: Any, after: datetime | None, now: datetime) -> list[Any]:
        self.asked.append(slots)
        return [(at, CALL) for at in self.times if (after is None or at > after) and at <= now]

    def make(self, calls: Any, _queues_of: Any = None) -> dict[str, str]:
        self.made += [at for at, _ in calls]
        if not calls:
            return {}
        return {"collect_bars": "no answer" if len(self.made) <= self._failing else ""}

    def next_call(self, _slots: Any, now: datetime) -> datetime:
        return min((at for at in self.times if at > now), default=now + timedelta(hours=1))


class Waiting(live.Robots):
    """Robots with daily slots in New York, and what they wait for."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)

    def slots(self) -> set[tuple[str, str]]:
        return {("XNYS", "1d")}

    def waiting(self) -> list[str]:
        return self.reasons

    def drifted(self) -> dict[str, str]:
        return DRIFTED


class Waits(threading.Event):
    """A clock that only waiting moves, until a moment at which it says stop."""

    def __init__(self, now: str, until: str) -> None:
        super().__init__()
        self.now, self._until = utc(now), utc(until)
        self.slept: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.slept.append(timeout)
        self.now += timedelta(seconds=timeout)
        if self.now >= self._until:
            self.set()
        return self.is_set()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr("functions.local.lifeline.tell", lambda **told: messages.append(told))
    return messages


def kept(planned: Planned, waits: Waits) -> None:
    robots = Waiting()
    live.keep_time(planned, robots, waits, waits.now, {}, now=lambda: waits.now)
    assert planned.asked[0] == robots.slots()


def test_each_call_is_made_once_when_it_is_due(told):
    planned = Planned("2013-03-01T21:20", "2013-03-01T21:25")
    waits = Waits("2013-03-01T21:19:20", "2013-03-01T21:26")
    kept(planned, waits)
    assert planned.made == planned.times
    assert told[0] == {"next": "2013-03-01T21:20:00+00:00", "trouble": "", "drifted": DRIFTED}
    assert max(waits.slept) <= live.LOOKS_EVERY_SECONDS


def test_what_a_sleeping_machine_missed_comes_when_it_wakes(told):
    planned = Planned("2013-03-01T21:20", "2013-03-01T21:25", "2013-03-04T21:20")
    waits = Waits("2013-03-03T12:00", "2013-03-03T12:01")
    live.keep_time(planned, Waiting(), waits, utc("2013-03-01T21:00"), {}, now=lambda: waits.now)
    assert planned.made == planned.times[:2]
    assert told[-1]["next"] == "2013-03-04T21:20:00+00:00"


def test_why_robots_wait_is_told_until_the_same_call_goes_well(told):
    planned = Planned("2013-03-01T21:20", "2013-03-02T01:00", failing=1)
    kept(planned, Waits("2013-03-01T21:19:50", "2013-03-02T01:00:31"))
    troubles = [message["trouble"] for message in told]
    assert troubles[0] == ""
    assert "no answer" in troubles
    assert troubles[-1] == ""


def test_a_bar_that_is_not_there_yet_is_a_reason_too(told):
    waits = Waits("2013-03-01T21:26", "2013-03-01T21:27")
    robots = Waiting("no bar of SPY yet", "no answer")
    failed = {"collect_bars": "no answer", "dispatch_robots": ""}
    live.keep_time(Planned(), robots, waits, waits.now, failed, now=lambda: waits.now)
    assert told[0]["trouble"] == "no answer; no bar of SPY yet"


def test_what_robots_wait_for_is_told_until_the_slot_is_recorded(database, aws):
    robot, last = sma_robot(), days()[-1]
    due = Due(slot_at(last), deadline=False)
    with platform_over(database, aws) as platform:
        robots = live.Robots(platform.connect)
        assert (robots.slots(), robots.waiting()) == (set(), [])
        registered(platform, robot, at=-2)
        assert robots.slots() == {("XNYS", "1d")}
        advance_robots(platform, [robot.id], due)
        assert robots.waiting() == ["no bar of AAPL yet"]
        collect_until(platform, last)
        advance_robots(platform, [robot.id], due)
        assert robots.waiting() == []
