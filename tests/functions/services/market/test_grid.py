"""Where bars begin and close, over thirty years of half days, holidays and summer times."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError, ParameterError
from functions.services.market.calendars import sessions
from functions.services.market.grid import BAR_LENGTHS, LENGTHS, bars_of
from functions.services.market.slots import Slot, slot_of, slots

FIRST, LAST = date(2000, 1, 1), date(2030, 12, 31)
CALENDARS = ("XNYS", "XLON", "XTKS", "CMES", "24/7")
ANCHORS = ("open", "clock")
HOUR = timedelta(hours=1)

every = pytest.mark.parametrize("calendar", CALENDARS)
anchored = pytest.mark.parametrize("anchor", ANCHORS)


@cache
def thirty_years(calendar, length, anchor):
    return bars_of(calendar, length, anchor, FIRST, LAST)


@cache
def closes(calendar, length, anchor):
    return [bar.closes for bar in thirty_years(calendar, length, anchor)]


@every
@anchored
@pytest.mark.parametrize("length", ["1d", "1h", "30m"])
def test_bars_follow_one_another_and_the_last_closes_with_its_session(calendar, length, anchor):
    bars = thirty_years(calendar, length, anchor)
    for before, bar in pairwise(bars):
        assert before.closes <= bar.opens
        assert before.starts < bar.starts
        assert bar.opens < bar.closes
    last = {bar.session: bar.closes for bar in bars}
    first = {bar.session: bar.opens for bar in reversed(bars)}
    known = sessions(calendar, FIRST, LAST)
    assert len(known) > 7000
    assert last == {session.session: session.closes for session in known}
    assert first == {session.session: session.opens for session in known}


@every
@anchored
@pytest.mark.parametrize("length", ["15m", "5m", "1m"])
def test_short_bars_of_each_kind_of_session_fill_it(calendar, length, anchor):
    """One session of each length and offset in UTC: half days, and both sides of each change."""
    kinds = {
        (one.closes - one.opens, one.opens.time()): one for one in sessions(calendar, FIRST, LAST)
    }
    assert kinds
    step = LENGTHS[length]
    for session in kinds.values():
        bars = bars_of(calendar, length, anchor, session.session, session.session)
        assert (bars[0].opens, bars[-1].closes) == (session.opens, session.closes)
        for before, bar in pairwise(bars):
            assert bar.closes - bar.starts == step or bar is bars[-1]
            paused = session.pause and before.closes <= session.pause[1] <= bar.closes
            assert before.closes == bar.starts or paused


@every
@settings(max_examples=40, deadline=None)
@given(
    seconds=st.integers(40 * 86400, 30 * 365 * 86400),
    length=st.sampled_from(["1d", "1h"]),
    anchor=st.sampled_from(ANCHORS),
)
def test_the_slot_of_any_instant_is_the_last_close_at_or_before_it(
    calendar, anchor, seconds, length
):
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    event = {"time": now.isoformat(), "detail": {"calendar": calendar, "bar": length}}
    known = closes(calendar, length, anchor)
    slot = slot_of(event, anchor)
    assert slot.closes_at == known[bisect_right(known, now) - 1]
    assert slot.session().opens < slot.closes_at <= slot.session().closes
    assert Slot.parse(str(slot)) == slot
    assert slots(calendar, length, slot.closes_at - HOUR / 2, slot.closes_at, anchor)[-1] == slot


def changes(calendar):
    """The first session of each new offset to UTC or length, and the one before it."""
    known = sessions(calendar, FIRST, LAST)
    for before, session in pairwise(known):
        if before.opens.time() != session.opens.time() or (
            before.closes - before.opens != session.closes - session.opens
        ):
            yield before, session


@pytest.mark.parametrize("calendar", ["XNYS", "XLON", "CMES"])
def test_around_each_change_of_the_clock_and_each_half_day_no_slot_is_lost(calendar):
    found = list(changes(calendar))
    assert len(found) > 120
    for before, session in found:
        for anchor in ANCHORS:
            known = closes(calendar, "1h", anchor)
            first, last = (bisect_right(known, one) for one in (before.opens, session.closes))
            told = slots(calendar, "1h", before.opens, session.closes, anchor)
            assert [slot.closes_at for slot in told] == known[first:last]


def test_the_hour_of_a_clock_holds_the_half_hour_after_the_open():
    bars = bars_of("XNYS", "1h", "clock", date(2013, 3, 1), date(2013, 3, 1))
    assert [f"{bar.starts:%H:%M} {bar.opens:%H:%M} {bar.closes:%H:%M}" for bar in bars] == [
        "14:00 14:30 15:00",
        *(f"{hour}:00 {hour}:00 {hour + 1}:00" for hour in range(15, 21)),
    ]


def test_hours_counted_from_the_open_end_with_half_an_hour():
    bars = bars_of("XNYS", "1h", "open", date(2013, 3, 1), date(2013, 3, 1))
    assert [f"{bar.starts:%H:%M} {bar.closes:%H:%M}" for bar in bars][-2:] == [
        "19:30 20:30",
        "20:30 21:00",
    ]


def test_a_half_day_has_fewer_bars():
    day = date(2012, 7, 3)
    assert [len(bars_of("XNYS", length, "open", day, day)) for length in BAR_LENGTHS] == [
        *(1, 4, 7, 14, 42, 210)
    ]


def test_no_bar_lies_in_a_pause():
    day = date(2013, 3, 1)
    (session,) = sessions("XTKS", day, day)
    assert session.pause is not None
    starts = [bar.starts for bar in bars_of("XTKS", "5m", "open", day, day)]
    assert len(starts) == 60
    assert not [one for one in starts if session.pause[0] <= one < session.pause[1]]


def test_round_the_clock_a_daily_and_an_hourly_bar_start_at_midnight():
    day = date(2013, 3, 1)
    (daily,) = bars_of("24/7", "1d", "open", day, day)
    hourly = bars_of("24/7", "1h", "clock", day, day)
    assert daily.starts == hourly[0].starts == datetime(2013, 3, 1, tzinfo=UTC)
    assert len(hourly) == 24


def test_a_length_there_is_not_is_refused():
    with pytest.raises(ParameterError, match="bar must be 1d, 1h, 30m, 15m, 5m or 1m, was '2h'"):
        bars_of("XNYS", "2h", "open", FIRST, FIRST + timedelta(days=9))


@pytest.mark.parametrize("text", ["15:30", "16:00", "21:00"])
def test_an_hours_slot_is_one_of_either_anchor(text):
    slot = Slot.parse(f"XNYS/1h/2013-03-01T{text}:00Z")
    assert slot.session().session == date(2013, 3, 1)
    with pytest.raises(DataError, match="no 1h bar of XNYS closes at"):
        Slot.parse("XNYS/1h/2013-03-01T15:15:00Z").session()
