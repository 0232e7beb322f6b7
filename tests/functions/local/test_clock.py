from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from functions.local.clock import LIVE_SESSIONS, Clock

SESSIONS = [date(2000, 3, 1) + timedelta(days=n) for n in range(1200)]


def test_a_new_platform_starts_right_before_the_live_window():
    clock = Clock(SESSIONS, None)
    assert clock.left == LIVE_SESSIONS
    assert clock.today == SESSIONS[-LIVE_SESSIONS - 1]


def test_it_goes_on_from_the_newest_session_collected():
    clock = Clock(SESSIONS, SESSIONS[-100])
    assert (clock.today, clock.left) == (SESSIONS[-100], 99)


def test_history_that_was_cut_short_does_not_count_as_lived():
    assert Clock(SESSIONS, SESSIONS[10]).left == LIVE_SESSIONS


def test_the_end_is_reached_and_not_passed():
    clock = Clock(SESSIONS, SESSIONS[-2])
    assert clock.advance() == SESSIONS[-1]
    assert clock.left == 0
    with pytest.raises(IndexError):
        clock.advance()


def test_a_sample_must_be_longer_than_the_live_window():
    with pytest.raises(DataError, match="more than 500 sessions, had 500"):
        Clock(SESSIONS[:LIVE_SESSIONS], None)


@given(newest=st.none() | st.sampled_from(SESSIONS))
def test_history_is_collected_in_order_up_to_today_and_never_beyond(newest):
    clock = Clock(SESSIONS, newest)
    steps = clock.history(newest)
    assert steps == sorted(set(steps))
    assert steps[-1] == clock.today
    assert all(newest is None or step >= newest for step in steps)
