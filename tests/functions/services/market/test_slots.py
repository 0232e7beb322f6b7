import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError, ParameterError
from functions.services.market.slots import Slot, anchor_of, instant, slot_of, slots, time_of

EVENTS = Path(__file__).parents[3] / "events"


def event(time, calendar="XNYS", bar="1d"):
    return {"time": time, "detail": {"calendar": calendar, "bar": bar}}


@pytest.mark.parametrize(
    ("time", "closes"),
    [
        ("2013-03-01T21:20:00Z", "2013-03-01T21:00:00Z"),
        ("2013-03-01T21:00:00Z", "2013-03-01T21:00:00Z"),  # the close itself
        ("2013-03-01T20:57:00Z", "2013-02-28T21:00:00Z"),  # minutes early: the session before
        ("2013-03-03T12:00:00Z", "2013-03-01T21:00:00Z"),  # a Sunday
        ("2013-02-18T21:20:00Z", "2013-02-15T21:00:00Z"),  # a holiday
        ("2012-07-03T20:20:00Z", "2012-07-03T17:00:00Z"),  # a half day
        ("2012-07-03T16:59:59Z", "2012-07-02T20:00:00Z"),
        ("2012-11-23T21:20:00Z", "2012-11-23T18:00:00Z"),  # the day after Thanksgiving
        ("2012-03-09T21:20:00Z", "2012-03-09T21:00:00Z"),  # before summer time begins
        ("2012-03-12T20:20:00Z", "2012-03-12T20:00:00Z"),  # and after
        ("2012-11-02T20:20:00Z", "2012-11-02T20:00:00Z"),  # before it ends
        ("2012-11-05T20:20:00Z", "2012-11-02T20:00:00Z"),  # a schedule in UTC would be early
        ("2012-11-05T21:20:00Z", "2012-11-05T21:00:00Z"),
        ("2012-10-30T20:20:00Z", "2012-10-26T20:00:00Z"),  # closed for a hurricane
        ("2001-09-15T12:00:00Z", "2001-09-10T20:00:00Z"),
        ("2013-01-01T10:00:00Z", "2012-12-31T21:00:00Z"),  # across a year
        ("2013-03-01T16:20:00-05:00", "2013-03-01T21:00:00Z"),  # another offset
        ("2013-03-01T21:20:00.500Z", "2013-03-01T21:00:00Z"),
    ],
)
def test_the_slot_is_the_last_close_at_or_before_the_events_time(time, closes):
    assert str(slot_of(event(time))) == f"XNYS/1d/{closes}"


def test_round_the_clock_the_slot_is_midnight():
    slot = slot_of(event("2013-03-02T00:20:00Z", "24/7"))
    assert str(slot) == "24/7/1d/2013-03-02T00:00:00Z"
    assert slot.session().session.isoformat() == "2013-03-01"


def test_the_recorded_scheduler_event_names_its_slot():
    recorded = json.loads((EVENTS / "scheduler.json").read_text())
    slot = slot_of(recorded)
    assert slot.closes_at <= time_of(recorded)
    assert slot.session().closes == slot.closes_at


@settings(deadline=None, max_examples=60)
@given(seconds=st.integers(0, 13 * 365 * 86400))
def test_a_slot_is_never_later_than_its_event_and_reads_back(seconds):
    when = datetime(2000, 3, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    slot = slot_of(event(when.isoformat()))
    assert slot.closes_at <= when
    assert when - slot.closes_at < timedelta(days=8)
    assert Slot.parse(str(slot)) == slot
    assert slot.session().closes == slot.closes_at
    assert slot_of(event(slot.closes_at.isoformat())) == slot


def test_slots_are_those_later_than_one_instant_and_up_to_another():
    found = slots("XNYS", "1d", instant("2012-07-02T20:00:00Z"), instant("2012-07-05T20:00:00Z"))
    assert [str(slot) for slot in found] == [
        "XNYS/1d/2012-07-03T17:00:00Z",
        "XNYS/1d/2012-07-05T20:00:00Z",
    ]


def test_round_the_clock_no_slot_is_left_out():
    found = slots("24/7", "1d", instant("2013-03-01T00:00:00Z"), instant("2013-03-03T00:00:00Z"))
    assert [slot.closes_at.day for slot in found] == [2, 3]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"detail": {"calendar": "XNYS", "bar": "1d"}}, "the event has no time"),
        ({"time": "2013-03-01T21:20:00Z", "detail": {"calendar": "XNYS"}}, "has no bar"),
        ({"time": "2013-03-01T21:20:00Z"}, "has no calendar"),
        (event("2013-03-01"), "no offset in '2013-03-01'"),
        (event("yesterday"), "no instant 'yesterday'"),
        (event("2013-03-01T21:20:00Z", bar="2h"), "bar must be 1d, 1h, .* or 1m, was '2h'"),
        (event("2013-03-01T21:20:00Z", calendar="NYSE!"), "no calendar named 'NYSE!'"),
    ],
)
def test_what_an_event_lacks_is_named(broken, told):
    with pytest.raises(ParameterError, match=told):
        slot_of(broken)


@pytest.mark.parametrize("text", ["", "XNYS", "1d/2013-03-01T21:00:00Z", "XNYS/1d/now"])
def test_what_is_no_slot_is_refused(text):
    with pytest.raises(ParameterError):
        Slot.parse(text)


def test_an_instant_at_which_nothing_closes_is_no_session():
    with pytest.raises(DataError, match="no session of XNYS closes at"):
        Slot.parse("XNYS/1d/2013-03-01T20:59:00Z").session()


def test_the_anchor_is_the_providers_and_of_daily_bars_nobody_is_asked():
    assert anchor_of("sample", "1h") == "open"
    assert anchor_of("nobody", "1d") == "open"
    with pytest.raises(ParameterError, match="no provider named 'nobody'"):
        anchor_of("nobody", "1h")
