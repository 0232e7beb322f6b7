"""Longer bars, none seen before it was complete."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Action, Market, ParameterError
from engine.frames import market_from_frames
from engine.indicators import carried, sma
from tests.builders.bars import NAN, bars, intraday, market, random_market

pytestmark = pytest.mark.engine


def hours(prices, rows_a_session=3, ends=None):
    made = intraday(bars(np.array(prices, dtype=float)[:, None]), rows_a_session)
    return Market.build(("IBM",), made._replace(ends=ends))


def rows_of(series):
    return np.flatnonzero(~np.isnan(series[:, 0])).tolist()


def test_a_day_of_hours_is_seen_with_its_sessions_last_row():
    made = hours([10, 14, 12, 20, 18, 22, 30])
    day = made.resample("1d")
    assert rows_of(day.close) == [2, 5, 6]
    assert [each[5, 0] for each in day] == [20, 22, 18, 22, 3_000_000]
    assert day.carried().high[:, 0].tolist()[2:] == [14, 14, 14, 22, 30]


def test_a_session_whose_last_row_is_missing_is_seen_with_the_next_row():
    made = hours([10, 14, 12, 20, 18, 22, 30])
    end = made.raw.ends.copy()
    end[:3] += 3600
    day = hours([10, 14, 12, 20, 18, 22, 30], ends=end).resample("1d")
    assert rows_of(day.close) == [3, 5, 6]
    assert day.close[3, 0] == 12


def test_hours_are_put_together_by_the_clock_of_utc():
    made = hours([10, 14, 12, 20, 18, 22, 30], rows_a_session=7)  # 14:30 to 21:30
    pair = made.resample("2h")  # 14:30 counts to 14:00, 15:30 and 16:30 on one side of 16:00
    assert rows_of(pair.close) == [1, 3, 5, 6]
    assert pair.open[3, 0] == 12
    assert pair.close[3, 0] == 20


def test_a_week_is_complete_with_its_friday_and_a_cut_short_one_with_the_next_row():
    made = market({"IBM": [1.0 + row for row in range(12)]})  # Monday the 9th to Tuesday the 24th
    week = made.resample("1w")
    assert rows_of(week.close) == [4, 9]
    assert week.close[[4, 9], 0].tolist() == [5.0, 10.0]
    without_friday = Market.build(
        ("IBM",),
        bars(np.arange(1.0, 11.0)[:, None])._replace(
            sessions=np.delete(made.sessions, [4, 9])[:10]
        ),
    )
    assert rows_of(without_friday.resample("1w").close) == [4, 8]


def test_a_market_with_weekends_ends_its_week_on_sunday():
    days = pd.date_range("2012-01-09", periods=21)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), 1.0), index=days)
    week = market_from_frames({"BTC": frame}).resample("1w")
    # No weekend was seen yet on the first Friday: the first weekend is a week of its own.
    assert rows_of(week.close) == [4, 6, 13, 20]


def test_a_month_is_complete_with_its_last_weekday():
    made = market({"IBM": [float(row) for row in range(1, 60)]})
    month = made.resample("1M")
    seen = [str(made.sessions[row]) for row in rows_of(month.close)]
    assert seen == ["2012-01-31", "2012-02-29"]


def test_longer_bars_stand_on_the_one_price_scale():
    split = Action("IBM", date(2012, 1, 11), "split", 2.0)
    made = market({"IBM": [(100.0, 102.0), (102.0, 104.0), (52.0, 53.0), 53.0, 53.0]}, [split])
    week = made.resample("1w")
    assert week.high[4, 0] == 106.0
    assert week.volume[4, 0] == 1_000_000 * 3.5


def test_a_symbol_without_bars_has_none_and_one_that_lists_late_begins_there():
    nothing = [NAN] * 5
    made = market({"A": [1.0] * 10, "B": [*nothing, *[2.0] * 5], "C": [*[3.0] * 2, *[NAN] * 8]})
    week = made.resample("1w")
    assert np.isnan(week.close[4, 1])
    assert week.close[9].tolist()[:2] == [1.0, 2.0]
    assert week.close[4, 2] == 3.0
    assert np.isnan(week.volume[9, 2])


def test_an_indicator_reads_longer_bars_as_bars_of_their_own():
    made = random_market(2, rows=120, gaps=0.0, symbols=("IBM",))
    week = made.resample("1w")
    own = week.close[rows_of(week.close)]
    expected = carried(week.close)
    average = sma(week.close, 3)
    assert average[rows_of(week.close)[5], 0] == pytest.approx(own[3:6].mean())
    assert not np.isnan(average[rows_of(average)[0] :]).any()
    assert np.isnan(expected[0, 0])


@given(
    seed=st.integers(0, 30),
    rows=st.integers(1, 79),
    a_session=st.sampled_from([1, 5, 7]),
    length=st.sampled_from(["1h", "2h", "4h", "1d", "1w", "1M"]),
)
def test_no_longer_bar_is_seen_before_it_was_complete(seed, rows, a_session, length):
    made = random_market(seed, rows=80, gaps=0.2, late=30)
    if a_session > 1:
        made = Market.build(made.symbols, intraday(made.raw, a_session))
    elif length.endswith("h"):
        length = "1w"
    full, head = made.resample(length), made.head(rows).resample(length)
    for one, other in zip(full, head, strict=True):
        np.testing.assert_array_equal(one[:rows], other)


def test_every_bar_is_in_one_longer_bar():
    made = random_market(9, rows=100, gaps=0.1)
    hourly = Market.build(made.symbols, intraday(made.raw, 5))
    traded = np.nansum(hourly.volume, axis=0)
    for length in ("2h", "1d"):
        np.testing.assert_allclose(np.nansum(hourly.resample(length).volume, axis=0), traded)


@pytest.mark.parametrize(
    ("length", "message"),
    [
        ("2d", "bars can be put together to 1d, 1w, 1M, 30m or 4h, not '2d'"),
        ("", "bars can be put together to 1d, 1w, 1M, 30m or 4h, not ''"),
        ("30m", "bars of 3600 seconds cannot be put together to 30m; give a longer length"),
    ],
)
def test_a_length_that_cannot_be_is_refused(length, message):
    with pytest.raises(ParameterError, match=message):
        hours([10, 11]).resample(length)
