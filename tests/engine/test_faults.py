"""Faults of bars, each found and named; and real bars, in which there are none."""

import warnings

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

from engine import Action, DataError
from engine.frames import faults_in_frames, market_from_frames

pytestmark = pytest.mark.engine

FAULTS = {
    "negative_volume": "has a negative volume; give NaN where it is unknown",
    "close_outside_range": "has its close beyond high or low; mend or leave it out",
    "out_of_order": "follows a later one; sort the frame by time",
    "all_nan": "is empty, which counts as no bar",
    "nan_close": "has a NaN inside; give all of open, high, low and close, or none of them",
    "spike": "cannot be believed: its high is 60% above all around it; mend it or leave",
    "weekend_bar": "lies in no session of the calendar; leave it out",
    "decimal_slip": "cannot be believed: its prices are 100 times those before and after it; mend",
    "missing_bar": "is missing, though its market was open; the symbol has a gap there",
    "duplicate_identical": "is there twice, with the same values; keep one row a session",
    "negative_price": "has low below 1e-8; leave the bar out",
    "duplicate_conflicting": "is there twice, with other values; keep one row a session",
    "non_numeric": "has 'N/A' for its open; give a number",
    "missing_run": "is missing, though its market was open",
    "zero_volume": "has no volume: nothing fills on it",
    "infinite": "has an infinite close; leave the bar out",
    "high_below_low": "has its high below its low; mend or leave it out",
    "zero_price": "has open below 1e-8; leave the bar out",
    "stale_repeat": "repeats the close before it without volume: nothing was traded",
}
TOLD_ONLY = {"all_nan", "missing_bar", "missing_run", "zero_volume", "stale_repeat"}


@pytest.fixture(scope="module")
def schedule():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas deprecates what exchange_calendars still calls
        calendar = exchange_calendars.get_calendar("XNYS", start="1998-01-01", end="2021-12-31")
        return calendar.schedule


@pytest.fixture
def dirty(shared_data):
    path = shared_data / "dirty" / "SPY_2016_2018_dirty.csv"
    return pd.read_csv(
        path, index_col="date", parse_dates=True, keep_default_na=False, na_values=[""]
    )


@pytest.fixture
def listed(shared_data):
    return pd.read_csv(shared_data / "dirty" / "SPY_2016_2018_dirty_faults.csv")


def daily(shared_data, symbol):
    path = shared_data / "us_daily" / f"{symbol}.csv"
    return pd.read_csv(path, index_col="date", parse_dates=True)


def splits(shared_data, symbol):
    table = pd.read_csv(shared_data / "us_daily" / "actions.csv", parse_dates=["ex_date"])
    for row in table[(table.symbol == symbol) & (table.kind == "split")].itertuples():
        yield Action(symbol, row.ex_date.date(), "split", row.value)


def test_every_planted_fault_is_found_with_its_reason(dirty, listed, schedule):
    found = faults_in_frames({"SPY": dirty}, sessions=schedule)
    by_row = {fault.row: fault for fault in found}
    assert len(by_row) == len(found)
    for planted in listed.itertuples():
        fault = by_row.pop(planted.timestamp)
        assert FAULTS[planted.kind] in fault.reason
        assert fault.refused == (planted.kind not in TOLD_ONLY)
    assert sorted(by_row) == ["2018-05-21", "2018-05-22"]  # the rest of the missing run
    assert [fault.row for fault in found] == sorted(fault.row for fault in found)


def test_without_a_calendar_all_is_found_but_what_is_missing(dirty, listed):
    found = {fault.row for fault in faults_in_frames({"SPY": dirty})}
    planted = listed[~listed.kind.str.startswith("missing")]
    assert found == set(planted.timestamp)


def test_a_market_is_refused_with_every_fault_named(dirty, listed, schedule):
    with pytest.raises(DataError) as refusal:
        market_from_frames({"SPY": dirty}, sessions=schedule)
    told = str(refusal.value).splitlines()
    expected = [
        f"the bar of SPY on {planted.timestamp} {FAULTS[planted.kind]}"
        for planted in listed.sort_values("timestamp").itertuples()
        if planted.kind not in TOLD_ONLY
    ]
    assert len(told) == len(expected) == 14
    for line, beginning in zip(told, expected, strict=True):
        assert line.startswith(beginning)


def test_each_fault_alone_is_found_among_clean_bars(dirty, listed, shared_data):
    clean = daily(shared_data, "SPY").loc["2016":"2018"]
    for planted in listed.itertuples():
        day = pd.Timestamp(planted.timestamp)
        if planted.kind.startswith("missing") or planted.kind == "out_of_order":
            continue
        one = pd.concat([clean.drop(day, errors="ignore"), dirty.loc[[day]]]).sort_index()
        (fault,) = faults_in_frames({"SPY": one})
        assert fault.row == planted.timestamp


@pytest.mark.parametrize("symbol", ["SPY", "IBM"])
def test_clean_bars_have_no_faults(symbol, shared_data, schedule):
    bars = {symbol: daily(shared_data, symbol)}
    known = list(splits(shared_data, symbol))
    assert faults_in_frames(bars, known, sessions=schedule) == []
    assert faults_in_frames(bars, known) == []
    assert len(market_from_frames(bars, known, sessions=schedule).sessions) == 5849


def test_a_low_that_may_have_been_paid_refuses_nothing(shared_data):
    bars = {"AAPL": daily(shared_data, "AAPL")}
    known = list(splits(shared_data, "AAPL"))
    found = faults_in_frames(bars, known)
    assert {fault.reason for fault in found} == {"has a low far below all around it"}
    assert not any(fault.refused for fault in found)
    market_from_frames(bars, known)


@pytest.mark.parametrize(
    ("path", "length", "rows"),
    [
        ("fx/EURUSD_daily.csv", "1d", 3738),
        ("fx/EURUSD_hour_2013_2015.csv.gz", "1h", 18_614),
        ("crypto/BTCUSD_bitfinex_hour_2013-10.csv", "1h", 733),
        ("crypto/XRPETH_5m_2019-10.csv", "5m", 706),
        ("us_hour/SPY.csv.gz", "1h", 40_832),
        ("us_minute/SPY_2013-10-04_11_quote.csv.gz", "1m", 5412),
    ],
)
def test_real_bars_of_every_market_and_length_have_no_faults(path, length, rows, shared_data):
    frame = pd.read_csv(shared_data / path)
    instants = frame["start_utc"] if "start_utc" in frame else frame["date"]
    frames = {"X": frame.set_index(pd.to_datetime(instants, utc=True))}
    assert faults_in_frames(frames, length=length) == []
    assert len(market_from_frames(frames, length=length).sessions) == rows


def plain(days, **columns):
    prices = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, **columns}
    return pd.DataFrame(prices, index=pd.to_datetime(days))


def test_a_split_between_two_bars_makes_no_stray_of_either():
    days = ["2012-01-09", "2012-01-10", "2012-01-11"]
    scale = np.array([1.0, 100.0, 100.0])
    prices = {name: plain(days)[name] * scale for name in ("open", "high", "low", "close")}
    split = Action("X", pd.Timestamp(days[1]).date(), "split", 0.01)
    assert faults_in_frames({"X": plain(days, **prices)}, [split]) == []
    one = plain(days, **{name: plain(days)[name] * [1, 100, 1] for name in prices})
    (fault,) = faults_in_frames({"X": one})
    assert (fault.row, fault.refused) == (days[1], True)


def test_a_high_swept_around_the_clock_is_told_only():
    days = pd.date_range("2012-01-09", periods=14)
    spiked = plain(days, high=[12.0] * 7 + [40.0] + [12.0] * 6)
    (fault,) = faults_in_frames({"X": spiked})
    assert (fault.reason, fault.refused) == ("has a high far above all around it", False)
    weekdays = spiked[spiked.index.day_of_week < 5]
    assert [one.refused for one in faults_in_frames({"X": weekdays})] == [True]


def test_an_error_names_twenty_faults_and_counts_the_rest():
    bad = plain(pd.date_range("2012-01-09", periods=30), low=-1.0)
    with pytest.raises(DataError, match=r"2012-01-28 has low below 1e-8.*\nand 10 more$"):
        market_from_frames({"X": bad})
