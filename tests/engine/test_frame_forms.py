"""Bars in the forms that people have them in, and what their rows are called afterwards."""

import numpy as np
import pandas as pd
import pytest

from engine import DataError, Market, ParameterError
from engine.frames import Labelled, by_symbol, labelled_market, length_of
from engine.frames.forms import bar_length
from tests.builders.bars import market

pytestmark = pytest.mark.engine

DAYS = ("2012-01-09", "2012-01-10", "2012-01-11")
HOURS = ("2012-01-09 10:00", "2012-01-09 11:00", "2012-01-10 10:00")
NEW_YORK, TOKYO = "America/New_York", "Asia/Tokyo"


def frame(times=DAYS, **columns):
    prices = {"Open": 10.0, "High": 12.0, "Low": 9.0, "Close": 11.0, "Volume": 5.0, **columns}
    return pd.DataFrame(prices, index=pd.to_datetime(list(times), format="mixed"))


def as_yfinance(frames, *, group_by):
    """One frame with two levels of names, over the union of all days."""
    joined = pd.concat(frames, axis=1, names=["Ticker", "Price"])
    return joined.swaplevel(axis=1) if group_by == "column" else joined


def test_one_frame_is_of_the_symbol_that_is_given():
    assert list(by_symbol(frame(), "IBM")) == ["IBM"]
    assert list(by_symbol(frame())) == ["ASSET"]


@pytest.mark.parametrize("group_by", ["column", "ticker"])
def test_two_levels_of_names_are_read_in_either_order(group_by):
    frames = {"IBM": frame(), "BRK-B": frame(DAYS[1:], Close=10.5)}
    parts = by_symbol(as_yfinance(frames, group_by=group_by))
    assert list(parts) == ["IBM", "BRK-B"]
    for symbol, part in parts.items():
        pd.testing.assert_frame_equal(part, frames[symbol], check_names=False, check_freq=False)


def test_rows_that_are_there_for_other_symbols_are_no_bars():
    weekend = ("2012-01-13", "2012-01-14", "2012-01-15", "2012-01-16")
    both = as_yfinance({"BTC": frame(weekend), "SPY": frame(weekend[::3])}, group_by="column")
    built = labelled_market(by_symbol(both)).market
    assert np.isnan(built.close[:, 1]).tolist() == [False, True, True, False]


def test_a_hole_inside_a_bar_is_still_refused():
    both = as_yfinance({"IBM": frame(Low=[9.0, np.nan, 9.0])}, group_by="column")
    with pytest.raises(DataError, match="bar of IBM on 2012-01-10 has a NaN inside"):
        labelled_market(by_symbol(both))


def test_a_dict_of_downloads_keeps_its_own_names():
    alone = as_yfinance({"SPY": frame()}, group_by="column")
    assert list(by_symbol({"fund": alone, "IBM": frame()})) == ["fund", "IBM"]
    assert list(by_symbol({"fund": alone})["fund"].columns) == list(frame().columns)


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        (None, "bars must be a pandas.DataFrame .* or a dict of one for each symbol, were a None"),
        (frame()["Close"], "or a dict of one for each symbol, were a Series"),
        (
            {"two": as_yfinance({"A": frame(), "B": frame()}, group_by="column")},
            "the frame of two has the columns of A, B; give it alone",
        ),
        (
            pd.concat({"A": frame()[["Volume"]]}, axis=1),
            r"one must hold open, high, low and close.* there are 2 levels, with \('A', 'Volume'\)",
        ),
        (pd.concat({1: pd.concat({2: frame()}, axis=1)}, axis=1), "there are 3 levels"),
    ],
)
def test_another_form_is_refused_with_the_way_out(bars, message):
    with pytest.raises(DataError, match=message):
        by_symbol(bars)


@pytest.mark.parametrize("form", ["one", "dict", "column", "ticker"])
def test_what_is_given_is_not_changed(form):
    frames = {"IBM": frame(), "FB": frame(DAYS[1:])}
    forms = {"one": frame(), "dict": frames}
    given = forms.get(form)
    given = as_yfinance(frames, group_by=form) if given is None else given
    before = {name: each.copy() for name, each in by_symbol(given).items()}
    labelled_market(by_symbol(given))
    for name, each in by_symbol(given).items():
        pd.testing.assert_frame_equal(each, before[name])


def test_a_market_does_not_follow_a_frame_that_changes_afterwards():
    given = frame()
    built = labelled_market({"IBM": given}).market
    given["Close"] = 10.0
    given.iloc[0, 0] = 9.0
    assert built.raw.close[:, 0].tolist() == [11.0] * 3
    assert built.raw.open[0, 0] == 10.0


@pytest.mark.parametrize("zone", [None, "UTC", NEW_YORK, TOKYO])
def test_days_are_called_as_they_were(zone):
    given = frame() if zone is None else frame().tz_localize(zone)
    assert labelled_market({"IBM": given}).index.equals(given.index)


def test_days_that_are_stamped_with_a_time_keep_it():
    given = frame([f"{day} 16:00" for day in DAYS]).tz_localize(NEW_YORK)
    assert labelled_market({"IBM": given}).index.equals(given.index)


@pytest.mark.parametrize("zone", ["UTC", NEW_YORK])
def test_hours_are_called_by_their_start(zone):
    given = frame(HOURS).tz_localize(zone)
    assert labelled_market({"IBM": given}, length="1h").index.equals(given.index)


def test_hours_without_a_timezone_get_none():
    given = frame(HOURS)
    told = labelled_market({"IBM": given}, length="1h", timezone=NEW_YORK)
    assert told.index.equals(given.index)
    assert told.market.name_of(1) == "2012-01-09T17:00:00Z"


def test_each_row_is_called_as_the_first_frame_that_has_it_calls_it():
    frames = {"IBM": frame(DAYS[:2]), "FB": frame([DAYS[1], "2012-01-11 12:00"])}
    index = labelled_market(frames).index
    assert index.tolist() == [*pd.to_datetime(DAYS[:2]), pd.Timestamp("2012-01-11 12:00")]


def test_of_frames_with_different_timezones_days_are_called_by_their_date():
    frames = {"IBM": frame().tz_localize(NEW_YORK), "BTC": frame().tz_localize("UTC")}
    assert labelled_market(frames).index.equals(pd.DatetimeIndex(DAYS))


def test_of_frames_with_different_timezones_hours_are_called_in_utc():
    hours = frame(HOURS).tz_localize(NEW_YORK)
    told = labelled_market({"A": hours, "B": hours.tz_convert("Europe/London")}, length="1h")
    assert told.index.equals(hours.index.tz_convert("UTC"))


def test_bars_of_no_session_are_counted():
    schedule = pd.DataFrame(
        {
            "open": pd.to_datetime(["2012-01-09 14:30Z"]),
            "close": pd.to_datetime(["2012-01-09 21:00Z"]),
        },
        index=pd.to_datetime(["2012-01-09"]),
    )
    hours = frame([f"2012-01-09 {hour}:00" for hour in ("13", "14", "15", "21")])
    told = labelled_market({"IBM": hours}, length="1h", timezone="UTC", sessions=schedule)
    assert isinstance(told, Labelled)
    assert told.outside == 2
    assert told.index.tolist() == hours.index[1:3].tolist()


@pytest.mark.parametrize(
    ("times", "length"),
    [
        (DAYS, "1d"),
        (DAYS[:1], "1d"),
        (("2012-01-09", "2012-01-16", "2012-01-23"), "1d"),
        (HOURS, "1h"),
        (("2012-01-09 09:30", "2012-01-09 13:30", "2012-01-10 09:30"), "4h"),
        (("2012-01-09 10:00", "2012-01-09 10:05", "2012-01-09 10:15"), "5m"),
        (("2012-01-09 10:00", "2012-01-09 11:30"), "90m"),
        (("2012-01-09", "2012-01-09"), "1d"),
        ((), "1d"),
    ],
)
def test_the_length_is_told_from_how_bars_follow_on_a_day(times, length):
    assert length_of({"IBM": frame(times)}) == length


def test_the_length_is_that_of_the_shortest_bars_of_any_frame():
    assert length_of({"A": frame(DAYS), "B": frame(HOURS)}) == "1h"


def test_the_shift_of_clocks_makes_no_day_of_two_bars():
    days = pd.date_range("2012-03-09", "2012-03-14", freq="D", tz=NEW_YORK).tz_convert("UTC")
    assert length_of({"IBM": frame(days)}) == "1d"


def test_a_bar_out_of_step_is_named_and_does_not_tell_the_length():
    hours = [f"2012-01-09 {hour}:00" for hour in (10, 11, 12, 13)]
    with pytest.raises(DataError, match=r"IBM 2012-01-09 11:05:00: .* 5 minutes after .* after 60"):
        length_of({"IBM": frame((*hours[:2], "2012-01-09 11:05", *hours[2:]))})


def test_seconds_are_no_length():
    with pytest.raises(ParameterError, match="bars are 7 seconds apart; give length, such as 1h"):
        length_of({"IBM": frame(("2012-01-09 10:00:00", "2012-01-09 10:00:07"))})


@pytest.mark.parametrize(("rows", "length"), [(1, "1d"), (3, "1h")])
def test_a_market_knows_how_long_its_bars_are(rows, length):
    made: Market = market({"IBM": [10.0] * 6}, rows_a_session=rows)
    assert bar_length(made) == length
