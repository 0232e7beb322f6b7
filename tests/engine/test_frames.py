from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from engine import Action, DataError, ParameterError, simulate
from engine.bars import instant_text
from engine.frames import faults_in_frames, market_from_frames
from engine.money import UNIT
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


def frame(days=("2012-01-09", "2012-01-10"), **columns):
    prices = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, **columns}
    return pd.DataFrame(prices, index=pd.to_datetime(list(days), format="mixed"))


def quotes(days=("2012-01-09", "2012-01-10"), **columns):
    bid = {"bid_open": 10.0, "bid_high": 12.0, "bid_low": 9.0, "bid_close": 11.0}
    ask = {"ask_open": 10.2, "ask_high": 12.2, "ask_low": 9.2, "ask_close": 11.2}
    return pd.DataFrame({**bid, **ask, **columns}, index=pd.to_datetime(list(days)))


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


def test_numbers_of_any_kind_are_read():
    kinds = {
        "open": [Decimal("10.5"), Decimal(10)],
        "high": pd.array([12, 12], dtype="Int64"),
        "low": ["9", "9.5"],
        "volume": pd.array([5, None], dtype="Float64"),
    }
    market = market_from_frames({"IBM": frame(**kinds)})
    assert market.open[:, 0].tolist() == [10.5, 10.0]
    assert (market.high[0, 0], market.low[1, 0]) == (12.0, 9.5)
    assert pd.isna(market.volume[:, 0]).tolist() == [False, True]


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


def test_quotes_alone_make_a_market_of_their_middles():
    market = market_from_frames({"EURUSD": quotes()})
    assert market.open[0, 0] == pytest.approx(10.1)
    assert market.close[1, 0] == pytest.approx(11.1)
    assert (market.ask.open[0, 0], market.bid.open[0, 0]) == (10.2, 10.0)
    assert market.prices.quoted.all()
    assert (market.prices.ask.open[0, 0], market.prices.bid.open[0, 0]) == (1020000000, 1000000000)


def test_trades_stand_beside_quotes_and_one_symbol_may_have_none():
    both = pd.concat([frame(open=10.05), quotes()], axis=1)
    market = market_from_frames({"IBM": both, "FB": frame()})
    assert market.open[0].tolist() == [10.05, 10.0]
    assert market.prices.quoted.tolist() == [[True, False], [True, False]]
    assert (market.prices.ask.open[0] / UNIT).tolist() == [10.2, 10.0]


SCHEDULE = pd.DataFrame(
    {
        "open": pd.to_datetime(["2012-01-09 14:30Z", "2012-01-10 14:30Z"]),
        "close": pd.to_datetime(["2012-01-09 21:00Z", "2012-01-10 18:00Z"]),
    },
    index=pd.to_datetime(["2012-01-09", "2012-01-10"]),
)


def test_daily_bars_open_and_close_with_their_session():
    market = market_from_frames({"IBM": frame()}, sessions=SCHEDULE)
    assert [instant_text(at) for at in market.opens] == [
        "2012-01-09T14:30:00Z",
        "2012-01-10T14:30:00Z",
    ]
    assert instant_text(market.closes[1]) == "2012-01-10T18:00:00Z"
    with pytest.raises(DataError, match="IBM on 2012-01-11 lies in no session of the calendar"):
        market_from_frames({"IBM": frame(["2012-01-11"])}, sessions=SCHEDULE)


def test_shorter_bars_are_cut_to_their_session_and_know_its_last():
    starts = ("08:00", "14:00", "15:00", "20:00", "21:00")
    hours = frame([f"2012-01-09 {start}" for start in starts] + ["2012-01-10 16:00"])
    market = market_from_frames({"IBM": hours}, length="1h", timezone="UTC", sessions=SCHEDULE)
    assert (market.closes - market.opens).tolist() == [1800, 3600, 3600, 3600]
    assert market.prices.closes_session.tolist() == [False, False, True, False]
    left_out = faults_in_frames({"IBM": hours}, length="1h", timezone="UTC", sessions=SCHEDULE)
    assert [fault.row for fault in left_out] == ["2012-01-09T08:00:00Z", "2012-01-09T21:00:00Z"]
    assert not any(fault.refused for fault in left_out)


def test_a_schedule_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="sessions must be indexed by day, with instants in"):
        market_from_frames({"IBM": frame()}, sessions=frame())


SECOND = date(2012, 1, 10)
ACTIONS = [
    Action("IBM", SECOND, "split", 2.0),
    Action("IBM", SECOND, "dividend", 0.5),
    Action("IBM", SECOND, "delisting", float("nan")),
]


@pytest.mark.parametrize(
    ("adjusted", "booked"),
    [
        ("none", ["split", "dividend", "delisting"]),
        ("splits", ["dividend", "delisting"]),
        ("all", ["delisting"]),
    ],
)
def test_actions_that_prices_contain_are_not_booked(adjusted, booked):
    market = market_from_frames({"IBM": frame()}, ACTIONS, adjusted=adjusted)
    assert [action.kind for action in market.actions] == booked
    earlier = market_from_frames({"IBM": frame(["2012-01-09"])}, ACTIONS, adjusted=adjusted)
    assert len(earlier.actions) == 3  # what came after the bars is not in their prices


def test_another_adjustment_is_refused():
    with pytest.raises(ParameterError, match="adjusted must be none, splits or all, was 'yes'"):
        market_from_frames({"IBM": frame()}, adjusted="yes")


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        (frame(HOURS), {"length": "1h"}, DataError, "frame of IBM has no timezone; give timezone"),
        (
            frame(HOURS[::-1]),
            {},
            DataError,
            "IBM on 2012-01-09T11:00:00Z follows a later one; sort",
        ),
        (frame([HOURS[0]] * 2), {}, DataError, "IBM on 2012-01-09T10:00:00Z is there twice, with"),
        (frame([*HOURS[:1], None]), {}, DataError, "has a row without a date; drop it"),
        (frame(["2012-01-09 10:00", "2012-01-09 10:30"]), {}, DataError, "before the row before"),
        (frame(["2012-03-11 02:30"]), {"timezone": NEW_YORK}, DataError, "clocks in America/New"),
        (frame(HOURS), {"timezone": "Mars"}, ParameterError, "no timezone named 'Mars'; give one"),
        (frame(HOURS), {"length": "2d"}, ParameterError, "length must be 1d, or shorter like 1h"),
        (frame(HOURS), {"length": "24h"}, ParameterError, "or shorter like 1h or 5m, was '24h'"),
        (frame(HOURS), {"length": ""}, ParameterError, "or shorter like 1h or 5m, was ''"),
        (frame(HOURS, close=1.0), {}, DataError, "IBM on 2012-01-09T10:00:00Z has its close beyo"),
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
        ({"IBM": frame().iloc[::-1]}, "IBM on 2012-01-09 follows a later one; sort the frame"),
        ({"IBM": frame(["2012-01-09", "2012-01-09 15:00"])}, "twice, .* or give the length of its"),
        ({"IBM": frame([])}, "frame of IBM has no bars; leave the symbol out"),
        ({"IBM": frame(ask_open=1.0)}, "frame of IBM has no column ask_high, ask_low, ask_close, "),
        ({"IBM": quotes().assign(open=1.0)}, "frame of IBM has no column high, low, close; it has"),
        ({"IBM": quotes(bid_close=float("nan"))}, "has a NaN inside its ask and bid; give all ei"),
        ({"IBM": quotes(bid_low=-1.0)}, "on 2012-01-09 has bid low below 1e-8; leave the bar out"),
        ({"IBM": quotes(ask_open=9.5)}, "has its ask below its bid at the open; mend or leave it"),
        ({"IBM": frame(["2012-01-09", None])}, "frame of IBM has a row without a date; drop it"),
        (
            {"IBM": frame(close="eleven")},
            "IBM on 2012-01-09 has 'eleven' for its close; give a number",
        ),
        ({"IBM": frame(low=float("nan"))}, "bar of IBM on 2012-01-09 has a NaN inside"),
        ({"IBM": frame(high=1.0)}, "bar of IBM on 2012-01-09 has its high below its low"),
    ],
)
def test_a_frame_that_cannot_be_bars_is_named_with_the_way_out(given, message):
    with pytest.raises(DataError, match=message):
        market_from_frames(given)


@pytest.mark.parametrize(
    ("frames", "actions", "message"),
    [
        ([frame()], (), 'frames must be a dict of one frame for each symbol, were a list; give {"'),
        (frame(), (), "frames must be a dict of one frame for each symbol, were a DataFrame"),
        ({"IBM": frame()["close"]}, (), "the frame of IBM must be a pandas.DataFrame .* a Series"),
        ({"IBM": None}, (), "the frame of IBM must be a pandas.DataFrame with .* was a NoneType"),
        ({"IBM": frame(Close=11.0)}, (), "column close twice, as close and as Close; keep one"),
        ({"IBM": pd.concat([frame(), frame()], axis=1)}, (), "IBM has the column open twice"),
        ({5: frame()}, (), "a symbol must be text on one line like 'IBM', was 5"),
        ({"": frame()}, (), "a symbol must be text on one line like 'IBM', was ''"),
        ({"I\nBM": frame()}, (), "a symbol must be text on one line like 'IBM', was 'I"),
        (
            {"IBM": frame()},
            None,
            r"actions must be a list of Action, were None; give \(\) for none",
        ),
        ({"IBM": frame()}, ["split"], r"actions must be Action\(symbol, .*, had 'split'"),
        (
            {"IBM": frame()},
            [Action("IBM", SECOND, "split", "2")],
            "the split of IBM on 2012-01-10 must have a number, was '2'",
        ),
        (
            {"IBM": frame()},
            [Action("IBM", "2012-01-10", "split", 2.0)],
            "must have a datetime.date for its ex_date, was '2012-01-10'; read text with date.from",
        ),
        (
            {"IBM": frame()},
            [Action("IBM", pd.Timestamp("2012-01-10"), "split", 2.0)],
            r"a datetime.date for its ex_date, was Timestamp.* and take .date\(\) of a time",
        ),
        (
            {"IBM": frame()},
            [Action("IBM", SECOND, "split", 2.0, seen="2012-01-10")],
            "must have a datetime.date for its seen, was '2012-01-10'",
        ),
        (
            {"IBM": frame()},
            [Action("IBM", SECOND, "dividend", 0.5)] * 2,
            "the dividend of IBM on 2012-01-10 is there twice; keep it once",
        ),
    ],
)
def test_what_makes_no_market_is_named(frames, actions, message):
    with pytest.raises(DataError, match=message):
        market_from_frames(frames, actions)


def test_two_dividends_of_one_day_may_both_be_paid():
    paid = [Action("IBM", SECOND, "dividend", value) for value in (0.5, 0.25)]
    assert len(market_from_frames({"IBM": frame()}, iter(paid)).actions) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"length": None}, "length must be 1d, or shorter like 1h or 5m, was None"),
        ({"length": 5}, "length must be 1d, or shorter like 1h or 5m, was 5"),
        ({"length": f"{'9' * 5000}m"}, "or shorter like 1h or 5m, was '999"),
        ({"length": "1h", "timezone": 5}, "no timezone named 5; give one like UTC"),
        ({"sessions": [1]}, "sessions must be indexed by day, with instants in its columns"),
        ({"adjusted": ["all"]}, r"adjusted must be none, splits or all, was \['all'\]"),
    ],
)
def test_arguments_that_cannot_be_are_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        market_from_frames({"IBM": frame()}, **given)
