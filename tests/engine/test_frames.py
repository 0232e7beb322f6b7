import pandas as pd
import pytest

from engine import DataError, ParameterError, simulate
from engine.frames import market_from_frames
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


def frame(days=("2012-01-09", "2012-01-10"), **columns):
    prices = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, **columns}
    return pd.DataFrame(prices, index=pd.to_datetime(list(days), format="mixed"))


def test_frames_of_different_days_share_one_timeline():
    market = market_from_frames({"IBM": frame(), "FB": frame(["2012-01-10", "2012-01-11"])})
    assert market.symbols == ("IBM", "FB")
    assert [str(day) for day in market.sessions] == ["2012-01-09", "2012-01-10", "2012-01-11"]
    assert pd.isna(market.close[0, 1])
    assert pd.isna(market.close[2, 0])
    assert pd.isna(market.volume).all()


def test_column_names_are_read_in_either_case():
    upper = frame(volume=5).rename(columns=str.title)
    assert market_from_frames({"IBM": upper}).volume.tolist() == [[5.0], [5.0]]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_session_is_the_date_in_the_frames_own_timezone(zone):
    market = market_from_frames({"IBM": frame().tz_localize(zone)})
    assert [str(day) for day in market.sessions] == ["2012-01-09", "2012-01-10"]


def test_a_market_from_frames_simulates():
    market = market_from_frames({"IBM": frame()})
    run = simulate(scripted({0: lambda broker: broker.buy("IBM", quantity=1)}), market)
    assert [fill.price for fill in run.fills] == [10.005]


HOURS = ("2012-01-09 10:00", "2012-01-09 11:00", "2012-01-10 10:00")
NEW_YORK = "America/New_York"


def test_bars_of_an_hour_share_their_session_and_close_an_hour_after_their_start():
    market = market_from_frames({"IBM": frame(HOURS)}, length="1h", timezone=NEW_YORK)
    assert [str(day) for day in market.sessions] == ["2012-01-09", "2012-01-09", "2012-01-10"]
    assert market.name_of(1) == "2012-01-09T17:00:00Z"
    assert (market.closes - market.opens).tolist() == [3600] * 3


@pytest.mark.parametrize("length", ["30m", "5m"])
def test_symbols_without_a_bar_at_an_instant_have_a_gap_there(length):
    frames = {"IBM": frame(HOURS), "FB": frame(HOURS[1:])}
    market = market_from_frames(frames, length=length, timezone="UTC")
    assert pd.isna(market.close[:, 1]).tolist() == [True, False, False]


def test_the_session_is_the_date_in_the_timezone_given_or_else_in_the_indexs_own():
    late = frame(["2012-01-09 23:00"]).tz_localize("UTC")
    own = market_from_frames({"BTC": late}, length="1h")
    tokyo = market_from_frames({"BTC": late}, length="1h", timezone="Asia/Tokyo")
    assert [str(market.sessions[0]) for market in (own, tokyo)] == ["2012-01-09", "2012-01-10"]
    assert own.opens.tolist() == tokyo.opens.tolist()


def test_a_column_may_say_the_session():
    evening = frame(["2012-01-08 18:00", "2012-01-09 09:00"]).assign(Session="2012-01-09")
    market = market_from_frames({"ES": evening}, length="1h", timezone="America/Chicago")
    assert [str(day) for day in market.sessions] == ["2012-01-09", "2012-01-09"]


def test_hours_from_frames_simulate():
    market = market_from_frames({"IBM": frame(HOURS)}, length="1h", timezone=NEW_YORK)
    run = simulate(scripted({0: lambda broker: broker.buy("IBM", quantity=1)}), market)
    assert [(fill.row, str(fill.session)) for fill in run.fills] == [(1, "2012-01-09")]


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        (frame(HOURS), {"length": "1h"}, DataError, "frame of IBM has no timezone; give timezone"),
        (frame(HOURS[::-1]), {}, DataError, "2012-01-09T11:00:00Z follows 2012-01-10T10:00:00Z"),
        (frame([HOURS[0]] * 2), {}, DataError, "2012-01-09T10:00:00Z follows 2012-01-09T10:00"),
        (frame([*HOURS[:1], None]), {}, DataError, "has a row without a date; drop it"),
        (frame(["2012-01-09 10:00", "2012-01-09 10:30"]), {}, DataError, "before the row before"),
        (frame(["2012-03-11 02:30"]), {"timezone": NEW_YORK}, DataError, "clocks in America/New"),
        (frame(HOURS), {"timezone": "Mars"}, ParameterError, "no timezone named 'Mars'; give one"),
        (frame(HOURS), {"length": "2d"}, ParameterError, "length must be 1d, or shorter like 1h"),
        (frame(HOURS), {"length": "24h"}, ParameterError, "or shorter like 1h or 5m, was '24h'"),
        (frame(HOURS), {"length": ""}, ParameterError, "or shorter like 1h or 5m, was ''"),
        (frame(HOURS, close=1.0), {}, DataError, "bar of IBM on 2012-01-09 has its close beyond"),
    ],
)
def test_frames_of_shorter_bars_that_cannot_be_are_refused(given, options, error, message):
    told = {"length": "1h", "timezone": "UTC", **options}
    if "no timezone; give" in message:
        told["timezone"] = None
    with pytest.raises(error, match=message):
        market_from_frames({"IBM": given}, **told)


def test_two_symbols_must_agree_on_a_session():
    frames = {"IBM": frame(HOURS), "FB": frame(HOURS).assign(session="2012-01-09")}
    with pytest.raises(DataError, match="FB: the bar of 2012-01-10T10:00:00Z is of session 2012-"):
        market_from_frames(frames, length="1h", timezone="UTC")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no frames were given"),
        ({"IBM": frame().drop(columns="close")}, "frame of IBM has no column close; it has open"),
        ({"IBM": frame().reset_index()}, "frame of IBM must be indexed by dates, was by int64"),
        ({"IBM": frame().iloc[::-1]}, "IBM: 2012-01-09 follows 2012-01-10; sort the frame"),
        ({"IBM": frame(["2012-01-09", "2012-01-09 15:00"])}, "2012-01-09 follows 2012-01-09"),
        ({"IBM": frame(["2012-01-09", None])}, "frame of IBM has a row without a date; drop it"),
        ({"IBM": frame(close="eleven")}, "close of IBM must be numbers"),
        ({"IBM": frame(low=float("nan"))}, "bar of IBM on 2012-01-09 has a NaN inside"),
        ({"IBM": frame(high=1.0)}, "bar of IBM on 2012-01-09 has its high below its low"),
    ],
)
def test_a_frame_that_cannot_be_bars_is_named_with_the_way_out(given, message):
    with pytest.raises(DataError, match=message):
        market_from_frames(given)
