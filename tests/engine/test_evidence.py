"""The verdict says what is missing, in words, and never more than is known."""

import re

import numpy as np
import pytest

from engine.evidence import verdict
from engine.metrics import Estimate, measure

pytestmark = pytest.mark.engine


def record_of(returns):
    returns = np.asarray(returns, dtype=float)
    equity = 100_000.0 * np.cumprod(1.0 + returns)
    sessions = np.datetime64("2012-01-02") + np.arange(len(returns))
    return measure(equity=equity, start_equity=100_000.0, sessions=sessions, periods_per_year=252.0)


def drawn(mean, sessions):
    noise = np.random.default_rng(3).normal(0.0, 0.01, sessions)
    return (noise - noise.mean()) / noise.std(ddof=1) * 0.01 + mean


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ([], "There is no record yet"),
        ([0.01], "The record has 1 session and no Sharpe ratio yet: fewer than two sessions."),
        ([0.0] * 50, "The record has 50 sessions and no Sharpe ratio yet: the returns do not vary"),
        ([0.01, -0.005, 0.01], "The record has 3 sessions, too few to tell"),
        (drawn(-0.0005, 100), "Over the 100 sessions of its record the robot earned nothing"),
        (drawn(0.000001, 100), "more than a century"),
    ],
)
def test_it_says_what_is_missing(returns, expected):
    found = verdict(record_of(returns))
    assert found.level == "unproven"
    assert expected in found.text


def test_the_sessions_still_needed_make_up_the_minimum_track_record():
    record = record_of(drawn(0.0008, 100))
    more = int(record["minimum_track_record"].value) - 100
    text = f"At least {more} more sessions of record are needed before this Sharpe ratio"
    assert verdict(record).text.startswith(text)
    assert re.search(r"between −?\d+\.\d\d and \d+\.\d\d, with 95 % conf", verdict(record).text)


def test_one_more_session_is_one():
    record = {
        "sharpe_ratio": Estimate(1.0, sample_size=213),
        "minimum_track_record": Estimate(214.0),
    }
    assert verdict(record).text.startswith("At least 1 more session of record is needed")


def test_a_long_enough_record_is_still_not_called_proven():
    found = verdict(record_of(drawn(0.003, 500)))
    assert found.level == "unproven"
    assert "how many were tried before it is not weighed yet" in found.text
