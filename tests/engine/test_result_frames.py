"""Frames of results: what they hold, what they are called, and that they are the caller's own."""

import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest

from engine import Account, Action, Options, Strategy, simulate
from engine.estimates import Estimate
from engine.frames import (
    equity_frame,
    fills_frame,
    labels_of,
    metrics_frame,
    positions_frame,
    returns_series,
    trades_frame,
)
from engine.money import UNIT
from engine.positions import Position
from tests.builders.bars import market, random_market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine

PRICES = {"IBM": [(100.0, 101.0), (102.0, 99.0), (98.0, 95.0), (96.0, 104.0), (105.0, 106.0)]}
FREE = Options.from_dict({"commission_bps": 0, "slippage_bps": 0, "participation": None})


class Walks(Strategy):
    """Change sides often."""

    def targets(self, market):
        rows = np.arange(len(market.sessions))[:, None]
        return np.where(rows % 7 < 4, 0.3, -0.2) * np.ones(market.close.shape)


class Holds(Strategy):
    """Hold equal parts."""

    def targets(self, market):
        return np.full(market.close.shape, 1 / len(market.symbols))


@pytest.fixture(scope="module")
def walk():
    return simulate(Walks(), random_market(rows=200), options=Options(leverage=2))


def bought_and_sold(asked=None):
    asked = asked or {
        0: lambda broker: broker.buy("IBM", quantity=10),
        2: lambda broker: broker.sell("IBM", quantity=10),
    }
    return simulate(scripted(asked), market(PRICES), options=FREE)


def test_a_round_trip_is_told_as_backtesting_py_tells_it():
    (trade,) = trades_frame(bought_and_sold()).to_dict("records")
    assert trade == {
        "Symbol": "IBM",
        "Size": 10.0,
        "EntryBar": 1,
        "ExitBar": 3,
        "EntryPrice": 102.0,
        "ExitPrice": 96.0,
        "PnL": -60.0,
        "Commission": 0.0,
        "ReturnPct": pytest.approx(-60 / 1020),
        "EntryTime": pd.Timestamp("2012-01-10"),
        "ExitTime": pd.Timestamp("2012-01-12"),
        "Duration": pd.Timedelta(days=2),
        "MAE": pytest.approx(-70 / 1020),
        "MFE": 0.0,
    }


def test_a_short_round_trip_has_a_size_below_zero():
    run = bought_and_sold(
        {
            0: lambda broker: broker.sell("IBM", quantity=5),
            1: lambda broker: broker.buy("IBM", quantity=5),
        }
    )
    assert trades_frame(run)[["Size", "PnL"]].to_numpy().tolist() == [[-5.0, 20.0]]


@pytest.mark.filterwarnings("ignore")  # of what backtesting.py asks pandas
def test_what_the_columns_of_trades_share_with_backtesting_py_is_called_the_same():
    backtesting = theirs()
    data = pd.DataFrame(
        {"Open": 10.0, "High": 11.0, "Low": 9.0, "Close": 10.0},
        index=pd.date_range("2012-01-02", periods=9),
    )

    class Once(backtesting.Strategy):
        def init(self):
            pass

        def next(self):
            self.position.close() if self.position else self.buy()

    stats = backtesting.Backtest(data, Once, finalize_trades=True).run()
    ours, told = trades_frame(bought_and_sold()), stats["_trades"]
    assert set(told.columns) - set(ours.columns) == {"SL", "TP", "Tag"}
    assert set(ours.columns) - set(told.columns) == {"Symbol", "MAE", "MFE"}
    assert [name for name in told.columns if name in ours] == [
        name for name in ours.columns if name in told
    ]
    assert list(stats["_equity_curve"].columns) == list(equity_frame(bought_and_sold()))[:3]


def theirs():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        return pytest.importorskip("backtesting")


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_drawdowns_and_how_long_they_took_are_those_of_backtesting_py(seed):
    theirs()
    from backtesting._stats import compute_drawdown_duration_peaks

    told = equity_frame(simulate(Holds(), random_market(seed, rows=200)))
    durations, _ = compute_drawdown_duration_peaks(told["DrawdownPct"])
    assert durations.notna().sum() > 3
    pd.testing.assert_series_equal(
        told["DrawdownDuration"], durations, check_names=False, check_dtype=False
    )


def test_drawdown_is_the_metric_of_that_name(walk):
    assert equity_frame(walk)["DrawdownPct"].max() == pytest.approx(
        -walk.metrics()["max_drawdown"].value
    )


def test_a_fall_from_what_it_opened_with_is_a_drawdown():
    opening = Account(0, {"IBM": Position(10 * UNIT, 1_000 * UNIT)})
    run = simulate(
        scripted({}), market(PRICES), start=date(2012, 1, 10), opening=opening, options=FREE
    )
    told = equity_frame(run)
    assert told["Equity"].tolist() == [990.0, 950.0, 1040.0, 1060.0]
    assert told["DrawdownPct"].tolist() == pytest.approx([1 - 990 / 1010, 1 - 950 / 1010, 0, 0])
    assert told["DrawdownDuration"].dropna().to_dict() == {
        pd.Timestamp("2012-01-12"): pd.Timedelta(days=2)
    }
    assert returns_series(run).iloc[0] == pytest.approx(990 / 1010 - 1)


def test_returns_grow_into_the_equity(walk):
    grown = walk.start_equity / UNIT * (1 + returns_series(walk)).cumprod()
    assert grown.to_numpy() == pytest.approx(walk.equity)


def test_cash_and_what_is_held_make_the_equity(walk):
    told, held = equity_frame(walk), positions_frame(walk)
    closes = pd.DataFrame(walk.market.raw.close, held.index, held.columns).ffill().fillna(0.0)
    worth = told["Cash"] + (held * closes).sum(axis=1)
    assert worth.to_numpy() == pytest.approx(told["Equity"].to_numpy())


def test_fills_add_up_to_what_is_held(walk):
    fills = fills_frame(walk)
    signed = fills["Size"].where(fills["Side"] == "buy", -fills["Size"])
    by_bar = signed.groupby([fills.index, fills["Symbol"]]).sum().unstack(fill_value=0.0)
    held = positions_frame(walk)
    summed = by_bar.reindex(held.index, fill_value=0.0).cumsum()[held.columns]
    assert np.abs(summed - held).to_numpy().max() < 1e-9


def test_positions_are_those_of_the_account_after_each_row(walk):
    held = positions_frame(walk)
    for row in range(0, 200, 17):
        own = walk.account_at(row).positions
        assert held.iloc[row].tolist() == [
            own[symbol].quantity / UNIT if symbol in own else 0.0 for symbol in held.columns
        ]


def test_shares_are_counted_as_they_were_held_on_that_day():
    split = Action("IBM", date(2012, 1, 11), "split", 2.0)
    prices = {"IBM": [100.0, 100.0, 50.0, 50.0]}
    buy = {0: lambda broker: broker.buy("IBM", quantity=10)}
    run = simulate(scripted(buy), market(prices, [split]), options=FREE)
    assert positions_frame(run)["IBM"].tolist() == [0.0, 10.0, 20.0, 20.0]


def test_round_trips_sum_to_their_fills(walk):
    still_open = {
        symbol for symbol, held in walk.account_at(199).positions.items() if held.quantity
    }
    trades, fills = trades_frame(walk), fills_frame(walk)
    closed = ~fills["Symbol"].isin(still_open)
    assert len(trades) > 20
    by_symbol = trades.groupby("Symbol")["PnL"].sum()
    for symbol, pnl in fills[closed].groupby("Symbol")["PnL"].sum().items():
        assert by_symbol[symbol] == pytest.approx(pnl, abs=1e-4)


def test_a_run_without_a_trade_has_frames_of_the_same_columns_and_types(walk):
    nothing = bought_and_sold({0: lambda broker: None})
    for made in (trades_frame, fills_frame):
        empty, full = made(nothing), made(walk)
        assert len(empty) == 0
        assert dict(empty.dtypes) == dict(full.dtypes)
        assert empty.index.dtype == full.index.dtype
    assert set(positions_frame(nothing)["IBM"]) == {0.0}
    assert equity_frame(nothing)["DrawdownDuration"].isna().all()


def test_rows_before_the_start_are_in_no_frame():
    run = simulate(scripted({}), market(PRICES), start=date(2012, 1, 11))
    days = [pd.Timestamp(day) for day in ("2012-01-11", "2012-01-12", "2012-01-13")]
    for told in (equity_frame(run), positions_frame(run), returns_series(run)):
        assert told.index.tolist() == days


def test_several_bars_a_session_are_called_by_the_time_they_open():
    hours = market(PRICES, rows_a_session=3)
    assert labels_of(hours)[:2].tolist() == [
        pd.Timestamp("2012-01-09 14:30", tz="UTC"),
        pd.Timestamp("2012-01-09 15:30", tz="UTC"),
    ]


def test_the_benchmark_stands_beside_the_equity_where_there_is_one(walk):
    assert "Benchmark" not in equity_frame(walk)
    told = equity_frame(walk, benchmark=walk.equity * 2)
    assert (told["Benchmark"] == 2 * told["Equity"]).all()


def test_what_is_done_to_a_frame_changes_neither_the_run_nor_the_next_frame(walk):
    before = walk.equity.copy(), walk.quantity_units.copy()
    for made in (equity_frame, positions_frame, fills_frame, trades_frame):
        told, column = made(walk), made(walk).columns[0]
        told.loc[told.index[0], column] = None
        told["more"] = 1
        assert made(walk)[column].notna().all()
    assert (walk.equity == before[0]).all()
    assert (walk.quantity_units == before[1]).all()


def test_metrics_have_their_unit_and_interval():
    told = metrics_frame(
        {"sharpe_ratio": Estimate(1.0, 0.5, 1.5, 250), "win_rate": Estimate(None, reason="none")}
    )
    assert told.loc["sharpe_ratio"].tolist() == [1.0, 0.5, 1.5, "ratio", 250]
    assert told.loc["win_rate", ["Value", "Low", "High", "SampleSize"]].isna().all()
    assert told["Value"].dtype == np.float64


def test_all_metrics_of_a_run_are_told(walk):
    told = metrics_frame(walk.metrics())
    assert told.index.tolist() == list(walk.metrics())
    assert told.loc["total_return", "Value"] == walk.metrics()["total_return"].value
