"""What is told of the sessions before a place, against the metrics themselves."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics import OURS
from engine.metrics._calendars import PERIODS_PER_YEAR
from engine.metrics._intervals import LO_2002
from engine.metrics.benchmark import beta
from engine.metrics.ratios import sharpe_ratio
from functions.charts.subject import SESSIONS_OF_A_YEAR, USUAL
from functions.charts.windows import betas, reach, returns_of, sharpes, window_of

some_returns = st.lists(st.floats(-0.2, 0.2), min_size=12, max_size=60).filter(
    lambda values: np.std(values) > 1e-3
)


@settings(deadline=None, max_examples=50)
@given(some_returns, st.integers(5, 12))
def test_a_window_has_the_sharpe_ratio_of_its_sessions(returns, window):
    found = sharpes(returns, window, 252, range(len(returns)))
    assert found[: window - 1] == [None] * (window - 1)
    for place in range(window - 1, len(returns)):
        inside = np.array(returns[place + 1 - window : place + 1])
        if found[place] is not None:
            assert found[place] == pytest.approx(sharpe_ratio(inside, 252), rel=1e-4, abs=1e-4)
        else:
            assert np.std(inside) < 1e-3


@settings(deadline=None, max_examples=50)
@given(some_returns, st.integers(5, 12), st.integers(0, 10_000))
def test_a_window_has_the_beta_of_its_sessions(returns, window, seed):
    market = np.random.default_rng(seed).normal(0.0, 0.02, len(returns))
    found = betas(returns, market.tolist(), window, range(len(returns)))
    for place in range(window - 1, len(returns)):
        inside = slice(place + 1 - window, place + 1)
        wanted = beta(np.array(returns[inside]), market[inside])
        assert found[place] == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.floats(-5, 5), st.integers(20, 400), st.sampled_from([252.0, 365.0]))
def test_its_reach_is_that_of_the_metric(ratio, window, year):
    """A series of that ratio: any mean over any deviation, on a line between two values."""
    rng = np.random.default_rng(window)
    returns = rng.normal(size=window)
    returns = (returns - returns.mean()) / returns.std(ddof=1) + ratio / math.sqrt(year)
    low, high = LO_2002.bounds(returns, year, 0.0, OURS)
    assert reach(ratio, window, year) == pytest.approx((high - low) / 2)


def test_nothing_is_told_of_a_window_in_which_nothing_moves():
    flat = [0.0] * 30 + [0.01, -0.02, 0.03] * 10
    found = sharpes(flat, 10, 252, range(len(flat)))
    assert found[:30] == [None] * 30
    assert None not in found[30:]
    still = betas([0.01] * 60, flat, 10, range(60))
    assert still[:30] == [None] * 30


def test_a_window_that_lacks_a_session_is_not_told():
    returns = [0.01, -0.01, 0.02, None, 0.01, 0.02, -0.03]
    found = sharpes(returns, 3, 252, range(7))
    assert [each is None for each in found] == [True, True, False, True, True, True, False]


def test_only_the_places_asked_for_are_told():
    returns = [0.01, -0.01] * 10
    found = sharpes(returns, 4, 252, [7, 19])
    assert [at for at, each in enumerate(found) if each is not None] == [7, 19]


def test_returns_begin_with_the_start():
    assert returns_of([101.0, 99.99], 100.0) == pytest.approx([0.01, -0.01])
    assert returns_of([101.0, 202.0], None) == [None, 1.0]
    assert returns_of([0.0, 5.0], 10.0) == [-1.0, None]


@pytest.mark.parametrize(
    ("sessions", "window"), [(3000, 252), (378, 252), (377, 126), (100, 63), (0, 63)]
)
def test_the_longest_window_with_room_is_chosen(sessions, window):
    assert window_of(sessions, 252) == window


def test_calendars_have_the_same_year_as_in_the_metrics():
    ours = {"XNYS": USUAL} | SESSIONS_OF_A_YEAR
    assert ours == PERIODS_PER_YEAR
