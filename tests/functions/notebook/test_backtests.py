"""From a frame to a result in one call: what it takes, what it says, and what it refuses."""

import inspect
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import strategies
from engine import (
    Account,
    Action,
    DataError,
    Options,
    ParameterError,
    Strategy,
    parameter,
    simulate,
)
from engine.frames import labelled_market, market_from_frames
from functions.notebook import Backtest, backtest

SMA_CROSS = strategies.get("sma_cross")
FREE = {"commission_bps": 0, "slippage_bps": 0}


def walk(days=300, seed=1, zone=None):
    index = pd.bdate_range("2012-01-09", periods=days, tz=zone)
    close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0005, 0.02, days)))
    prices = {"Open": close, "High": close * 1.01, "Low": close * 0.99, "Close": close}
    return pd.DataFrame({**prices, "Volume": 1e6}, index=index)


class Steps(Strategy):
    """Hold a part every other week."""

    part: float = parameter(0.5, low=0.0, high=1.0)

    def targets(self, market):
        week = np.arange(len(market.sessions))[:, None] // 5
        return np.where(week % 2 == 0, self.part, 0.0) * np.ones(market.close.shape)


def test_it_is_the_simulation_of_the_same_market():
    bars = walk()
    told = backtest("sma_cross", bars, symbol="IBM", fast=20, commission_bps=3, cash=5_000)
    straight = simulate(
        SMA_CROSS(fast=20),
        market_from_frames({"IBM": bars}),
        opening=Account.of_cash(5_000),
        options=Options.from_dict({"commission_bps": 3}),
    )
    assert told.run.ledger() == straight.ledger()
    assert told.run.ledger().count("\n") > 10
    benchmark = told.finished.benchmark
    assert benchmark.options == straight.options
    assert told.finished.metrics == straight.metrics(benchmark=benchmark.equity)


@pytest.mark.parametrize(
    "asked",
    ["sma_cross", SMA_CROSS, SMA_CROSS(), str(Path(strategies.__file__).parent / "sma_cross.py")],
)
def test_a_strategy_may_be_named_or_given_as_a_file_a_class_or_made(asked):
    told = backtest(asked, walk())
    assert told.run.ledger() == backtest("sma_cross", walk()).run.ledger()
    assert told.finished.code == strategies.source("sma_cross")


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_frames_come_back_on_the_rows_of_the_frame_that_was_given(zone, case):
    bars = walk(60, zone=zone).rename(columns=case)
    told = backtest(Steps, bars)
    for made in (told.equity, told.positions, told.returns):
        assert made.index.equals(bars.index)
    assert set(told.fills.index) <= set(bars.index)
    assert set(told.trades["EntryTime"]) <= set(bars.index)
    assert bars.join(told.equity)["Equity"].notna().all()


def test_forms_of_the_same_bars_give_the_same_run():
    a, b = walk(seed=1), walk(seed=2)
    ledger = backtest(Steps, {"A": a, "B": b}, part=0.3).run.ledger()
    both = pd.concat({"A": a, "B": b}, axis=1)
    for bars in (
        both,
        both.swaplevel(axis=1),
        market_from_frames({"A": a, "B": b}),
        labelled_market({"A": a, "B": b}),
    ):
        assert backtest(Steps, bars, part=0.3).run.ledger() == ledger


def test_what_is_given_is_left_as_it_was():
    bars, before = walk(60), walk(60)
    told = backtest(Steps, bars)
    equity, fills, trades = told.equity, told.fills, told.trades
    equity["Equity"] = 0.0
    fills["Price"] = 0.0
    trades["PnL"] = 0.0
    pd.testing.assert_frame_equal(bars, before)
    assert (told.equity["Equity"] > 0).all()
    assert (told.fills["Price"] > 0).all()
    assert (told.trades["PnL"] != 0).any()


@pytest.mark.parametrize(
    "start",
    ["2012-03-01", date(2012, 3, 1), pd.Timestamp("2012-03-01"), np.datetime64("2012-03-01")],
)
def test_decisions_begin_at_the_start(start):
    told = backtest(Steps, walk(), start=start)
    assert told.equity.index[0] == pd.Timestamp("2012-03-01")
    assert told.finished.benchmark.start_row == told.run.start_row > 0


@pytest.mark.parametrize(
    "end", ["2012-03-01", date(2012, 3, 1), pd.Timestamp("2012-03-01"), np.datetime64("2012-03-01")]
)
def test_nothing_after_the_end_is_read(end):
    told = backtest(Steps, walk(), start="2012-02-01", end=end)
    assert told.equity.index[-1] == pd.Timestamp("2012-03-01")
    cut = backtest(Steps, walk()[:"2012-03-01"], start="2012-02-01")
    assert told.run.ledger() == cut.run.ledger()
    assert told.finished.metrics == cut.finished.metrics
    assert told.equity.equals(cut.equity)


def test_the_end_is_of_a_market_too_and_of_each_days_last_bar():
    bars = walk(60)
    made = market_from_frames({"IBM": bars})
    whole, cut = backtest(Steps, made), backtest(Steps, made, end="2012-02-15")
    assert len(cut.run.sessions) < len(whole.run.sessions)
    assert str(cut.run.sessions[-1]) == "2012-02-15"


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("soon", "end must be a day like 2005-01-01, was 'soon'"),
        ([], "end must be a day like"),
        (pd.NaT, "end must be a day like"),
        ("2011-12-30", "no bars up to end 2011-12-30; the first are of 2012-01-09"),
    ],
)
def test_an_end_that_cannot_be_is_refused(end, says):
    with pytest.raises(ParameterError, match=says):
        backtest(Steps, walk(60), end=end)


@pytest.mark.parametrize("name", ["Adj Close", "adj_close", "Adjusted Close"])
def test_an_adjusted_close_that_is_passed_over_is_told(name):
    bars = walk(60)
    told = backtest(Steps, bars.assign(**{name: bars["Close"] * 0.9}))
    (note,) = told.notes
    assert note.startswith(f"adjusted close unused: {name} differs from the close")
    assert "adjusted close unused" in repr(told)
    assert "adjusted close unused" in told._repr_html_()
    assert backtest(Steps, bars.assign(**{name: bars["Close"]})).notes == ()
    split = Action("ASSET", date(2012, 2, 1), "dividend", 0.5)
    assert backtest(Steps, bars.assign(**{name: 1.0}), actions=[split]).notes == ()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"])
def test_days_of_any_timezone_are_the_days_they_were_traded_on(zone):
    plain, moved = walk(), walk(zone=zone).tz_convert("UTC")
    with pytest.raises(DataError, match=f"a day early; give timezone='{zone}'"):
        backtest(Steps, moved, periods_per_year=252)
    told = backtest(Steps, moved, timezone=zone)
    assert told.run.ledger() == backtest(Steps, plain).run.ledger()
    assert told.equity.index.equals(moved.index)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("commission", 0.002, "commission is commission_bps here.*commission_bps=20"),
        ("initial_capital", 10_000, "initial_capital is cash here: cash=10000"),
        ("trade_on_close", True, 'trade_on_close is fill="same_close" here'),
    ],
)
def test_names_of_other_tools_are_answered_with_ours(name, value, says):
    with pytest.raises(ParameterError, match=says):
        backtest(Steps, walk(60), **{name: value})


def test_hours_are_told_from_the_frame():
    index = pd.DatetimeIndex(
        [day + pd.Timedelta(hours=hour) for day in walk(40).index for hour in (10, 11, 12)]
    )
    bars = walk(120).set_axis(index.tz_localize("America/New_York"))
    told = backtest(Steps, bars)
    assert told.finished.length == "1h"
    assert told.equity.index.equals(bars.index)
    naive = backtest(Steps, bars.tz_localize(None), timezone="America/New_York")
    assert naive.run.ledger() == told.run.ledger()
    assert naive.equity.index.equals(index)


def test_actions_are_booked_unless_prices_contain_them():
    split = Action("ASSET", date(2012, 3, 1), "split", 2.0)
    bars = walk(80)
    halved = bars.copy()
    halved.loc["2012-03-01":, ["Open", "High", "Low", "Close"]] /= 2
    told = backtest("buy_and_hold", halved, actions=[split], **FREE)
    assert told.positions["ASSET"].iloc[-1] == 2 * told.positions["ASSET"].iloc[5]
    adjusted = backtest("buy_and_hold", halved, actions=[split], adjusted="splits", **FREE)
    assert adjusted.positions["ASSET"].nunique() == 2


def test_a_year_of_more_sessions_has_another_sharpe_ratio():
    stock, coin = (backtest(Steps, walk(), periods_per_year=year) for year in (252, 365))
    told = [one.metrics.loc["sharpe_ratio", "Value"] for one in (stock, coin)]
    assert told[1] / told[0] == pytest.approx((365 / 252) ** 0.5)
    assert coin.finished.periods_per_year == 365


def test_without_a_benchmark_nothing_is_measured_against_it():
    told = backtest(Steps, walk(), benchmark=None)
    assert "Benchmark" not in told.equity
    assert told.metrics.loc["beta", "Value"] != told.metrics.loc["beta", "Value"]  # NaN
    assert backtest(Steps, walk()).metrics.loc["beta", "Value"] == pytest.approx(0.5, abs=0.3)


def test_a_strategy_of_ones_own_may_be_the_benchmark():
    told = backtest("sma_cross", walk(), benchmark=Steps(part=0.2))
    assert told.finished.benchmark.strategy == "Steps"
    assert told.finished.benchmark.parameters == {"part": 0.2}


def test_what_defines_a_class_is_kept_with_the_run():
    assert backtest(Steps, walk(60)).finished.code == Path(__file__).read_text(encoding="utf-8")


def test_a_class_without_a_source_runs_all_the_same():
    names = {"Strategy": Strategy, "np": np}
    exec(
        "class Made(Strategy):\n"
        "    def targets(self, market): return np.ones(market.close.shape)\n",
        names,
    )
    assert backtest(names["Made"], walk(60)).finished.code == ""


def test_every_setting_of_the_call_is_explained():
    told = inspect.getdoc(backtest)
    names = set(inspect.signature(backtest).parameters) - {"cash", "options"}
    assert [name for name in names if f"{name}:" not in told and f"{name}," not in told] == []


def test_a_result_has_what_a_notebook_needs():
    told = backtest(Steps, walk())
    assert isinstance(told, Backtest)
    assert told.notes == told.run.notes
    assert told.metrics.loc["max_drawdown", "Value"] == pytest.approx(
        -told.equity["DrawdownPct"].max()
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fasst": 3}, "no parameter or option of SmaCross named 'fasst'; did you mean 'fast'"),
        ({"comission_bps": 3}, "named 'comission_bps'; did you mean 'commission_bps'?"),
        ({"symbols": "IBM"}, "named 'symbols'; did you mean 'symbol'?"),
        ({"fast": 500}, "fast must be between 2 and 100, was 500"),
        ({"leverage": 0}, "leverage must be between 1 and 1000, was 0"),
        ({"cash": -1}, "an account must open with cash above 0, was -1"),
        ({"start": "lately"}, "start must be a day like 2005-01-01, was 'lately'"),
        ({"start": 2012}, "start must be a datetime.date, .* was 2012"),
        ({"start": pd.NaT}, "start must be a datetime.date, .* was NaT"),
        ({"benchmark": "sma_cros"}, "no strategy named 'sma_cros'; did you mean 'sma_cross'?"),
        ({"length": "2d"}, "length must be 1d, or shorter like 1h or 5m, was '2d'"),
        ({"options": Options(), "fill": "same_close"}, "fill is an option, and options are given"),
        ({"options": {"fill": "same_close"}}, "options must be Options"),
    ],
)
def test_what_cannot_be_is_named_with_the_way_out(settings, message):
    with pytest.raises(ParameterError, match=message):
        backtest("sma_cross", walk(60), **settings)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("sma_cros", "no strategy named 'sma_cros'; did you mean 'sma_cross'?"),
        ("mine.py", "no strategy file mine.py; give the path of a .py file"),
        (5, "the strategy must be a name, a .py file, a Strategy or its class, was 5"),
        (Account, "must be a name, a .py file, a Strategy or its class, was <class"),
    ],
)
def test_what_is_no_strategy_is_refused(strategy, message):
    with pytest.raises(ParameterError, match=message):
        backtest(strategy, walk(60))


def test_parameters_belong_to_a_strategy_when_it_is_made():
    message = r"part is a parameter of a strategy that is made already; give Steps\(part=0.1\)"
    with pytest.raises(ParameterError, match=message):
        backtest(Steps(part=0.2), walk(60), part=0.1)


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ([1, 2], "bars must be a pandas.DataFrame"),
        (walk().iloc[:0], "the frame of ASSET has no bars"),
        ({}, "no frames were given"),
        (walk().reset_index(drop=True), "must be indexed by dates, was by int64"),
        (walk()[::-1], "follows a later one; sort the frame"),
    ],
)
def test_bars_that_cannot_be_are_refused(bars, message):
    with pytest.raises(DataError, match=message):
        backtest("sma_cross", bars)


@pytest.mark.parametrize(
    ("frequency", "year", "told"),
    [
        ("B", 252, "300 sessions, "),
        ("D", 365, "300 sessions, "),
        ("W-MON", 52, "300 weekly bars, "),
        ("MS", 12, "300 monthly bars, "),
    ],
)
def test_the_year_is_told_from_the_days_and_shown(frequency, year, told):
    bars = walk().set_axis(pd.date_range("1990-01-01", periods=300, freq=frequency))
    made = backtest(Steps, bars)
    assert made.finished.periods_per_year == year
    assert told in repr(made)
    assert f"{year} " in made._repr_html_().partition(" a year")[0][-20:]


def test_hours_around_the_clock_have_every_day_of_the_year():
    bars = walk().set_axis(pd.date_range("2020-01-01", periods=300, freq="h", tz="UTC"))
    made = backtest(Steps, bars)
    assert made.finished.periods_per_year == 365
    assert "300 bars of 1h, " in repr(made)


def test_a_year_in_doubt_is_asked_for():
    bars = walk().set_axis(pd.date_range("2000-01-01", periods=300, freq="3D"))
    with pytest.raises(ParameterError, match="give periods_per_year"):
        backtest(Steps, bars)
    assert backtest(Steps, bars, periods_per_year=122).finished.periods_per_year == 122


@pytest.mark.parametrize("year", ["x", 0, -1, float("nan"), float("inf"), True])
def test_a_year_that_is_no_number_is_refused(year):
    with pytest.raises(ParameterError, match="periods_per_year must be "):
        backtest(Steps, walk(60), periods_per_year=year)


@pytest.mark.parametrize("path", [None, 7, ""])
def test_a_report_needs_a_file(path):
    with pytest.raises(ParameterError, match="path must be a file's name, was "):
        backtest(Steps, walk(60)).report(path)
