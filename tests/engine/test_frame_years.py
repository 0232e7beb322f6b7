"""How many sessions a year has is told from the days of bars, or asked for."""

import numpy as np
import pandas as pd
import pytest

from engine import ParameterError
from engine.frames.years import told_year, year_of


def days_of(frequency, periods=120):
    return pd.date_range("2012-01-09", periods=periods, freq=frequency).to_numpy()


@pytest.mark.parametrize(
    ("frequency", "sessions", "length"),
    [
        ("B", 252, "1d"),
        ("D", 365, "1d"),
        ("h", 365, "1d"),
        ("W-MON", 52, "1w"),
        ("W-SUN", 52, "1w"),
        ("MS", 12, "1mo"),
        ("BME", 12, "1mo"),
    ],
)
def test_it_is_told_where_the_days_leave_no_doubt(frequency, sessions, length):
    assert year_of(days_of(frequency, 500)) == (sessions, length)


@pytest.mark.parametrize("frequency", ["3D", "2W-MON", "QS"])
def test_it_is_asked_for_where_they_do(frequency):
    with pytest.raises(ParameterError, match="cannot be told from these bars; give periods_per_y"):
        told_year(days_of(frequency))


def test_sunday_evenings_are_neither_an_exchange_nor_every_day():
    days = days_of("D", 140)
    without_saturdays = days[pd.DatetimeIndex(days).day_of_week != 5]
    assert year_of(without_saturdays) is None


def test_one_special_saturday_is_still_an_exchange():
    days = np.sort(np.append(days_of("B", 250), np.datetime64("2012-03-03")))
    assert year_of(days).sessions == 252


def test_two_sessions_tell_nothing_and_count_as_an_exchange():
    assert year_of(days_of("D", 2)).sessions == 252
