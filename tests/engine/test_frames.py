import pandas as pd
import pytest

from engine import DataError, simulate
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
