"""Real bars of every market: days, hours and minutes, trades and quotes, sessions and none."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import strategies
from engine import Action, Options, simulate
from engine.frames import market_from_frames
from engine.money import UNIT
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


@pytest.fixture
def hours(shared_data):
    frame = pd.read_csv(shared_data / "us_hour" / "SPY.csv.gz")
    return frame[frame["start_local"].str.startswith("2020")]


@pytest.fixture
def apple(shared_data):
    frame = pd.read_csv(shared_data / "us_daily" / "AAPL.csv", index_col="date", parse_dates=True)
    return frame.loc["2014-03-03":"2014-12-31"]


def dividends(shared_data):
    table = pd.read_csv(shared_data / "us_daily" / "actions.csv")
    mine = table[(table["symbol"] == "AAPL") & (table["kind"] == "cash_dividend")]
    for row in mine.itertuples():
        yield Action("AAPL", date.fromisoformat(row.ex_date), "dividend", row.value)


def test_hours_of_an_exchange_are_measured_by_session(hours):
    local = hours.set_index(pd.to_datetime(hours["start_local"]))
    market = market_from_frames({"SPY": local}, length="1h", timezone="America/New_York")
    run = simulate(strategies.get("sma_cross")(fast=5, slow=20), market)
    assert len(market.sessions) == 1765
    assert run.metrics()["sharpe_ratio"].sample_size == len(set(market.sessions.tolist())) == 253
    assert len(run.trades) > 20
    assert len({order.id for order in run.orders}) == len(run.orders)


def test_instants_in_utc_and_on_local_clocks_make_one_market(hours):
    local = hours.set_index(pd.to_datetime(hours["start_local"]))
    told = hours.set_index(pd.to_datetime(hours["start_utc"], utc=True))
    markets = [
        market_from_frames({"SPY": frame}, length="1h", timezone="America/New_York")
        for frame in (local, told)
    ]
    for one, other in zip(*(market.raw for market in markets), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_split_seen_a_week_late_leaves_what_one_on_time_does(apple, shared_data):
    others = list(dividends(shared_data))
    split = Action("AAPL", date(2014, 6, 9), "split", 7.0)
    on_time, late = (
        simulate(
            strategies.get("buy_and_hold"), market_from_frames({"AAPL": apple}, [one, *others])
        )
        for one in (split, split._replace(seen=date(2014, 6, 16)))
    )
    apart = np.flatnonzero(on_time.equity_units != late.equity_units)
    assert late.market.sessions[apart].tolist() == [date(2014, 6, day) for day in range(9, 14)]
    assert on_time.account_at(210) == late.account_at(210)
    assert abs(on_time.equity / np.roll(on_time.equity, 1) - 1)[1:].max() < 0.1
    assert sum(event.kind == "dividend" for event in on_time.events) == 3


def read(path, start):
    frame = pd.read_csv(path)
    return frame.set_index(pd.to_datetime(frame[start], utc=True))


def bought_and_sold(symbol, at, until):
    return scripted(
        {
            at: lambda broker: broker.buy(symbol, quantity=1000),
            until: lambda broker: broker.close(symbol),
        }
    )


def test_currencies_are_bought_at_the_ask_and_sold_at_the_bid(shared_data):
    frame = read(shared_data / "fx" / "EURUSD_daily.csv", "date")
    market = market_from_frames({"EURUSD": frame})
    bought, sold = simulate(bought_and_sold("EURUSD", 10, 20), market).fills
    assert (bought.price, sold.price) == (frame.ask_open.iloc[11], frame.bid_open.iloc[21])
    run = simulate(bought_and_sold("EURUSD", 10, 200), market)
    middle = (frame.ask_close.iloc[20] + frame.bid_close.iloc[20]) / 2
    worth = run.equity[20] - run.cash_units[20] / UNIT
    assert worth == pytest.approx(1000 * middle, abs=1e-5)


def test_minutes_with_quotes_fill_at_them_and_are_marked_at_trades(shared_data):
    folder = shared_data / "us_minute"
    trades, quotes = (
        read(folder / f"SPY_2013-10-04_11_{kind}.csv.gz", "start_utc")
        for kind in ("trade", "quote")
    )
    both = trades.join(quotes.drop(columns=["start_local", "start_utc"]), how="outer")
    market = market_from_frames({"SPY": both}, length="1m", timezone="America/New_York")
    prices = market.prices
    assert prices.quoted[:, 0].tolist() == both.ask_open.notna().tolist()
    untraded = both.open.isna().to_numpy()
    assert untraded.any()
    middle = (both.ask_close + both.bid_close).to_numpy()[untraded] / 2
    np.testing.assert_allclose(market.close[untraded, 0], middle)
    (fill,) = simulate(scripted({600: lambda broker: broker.buy("SPY", quantity=1)}), market).fills
    assert fill.price == both.ask_open.iloc[fill.row]


def test_crypto_runs_around_the_clock_with_its_gaps(shared_data):
    hours = read(shared_data / "crypto" / "BTCUSD_bitfinex_hour_2013-10.csv", "start_utc")
    market = market_from_frames({"BTC": hours}, length="1h")
    assert len(set(market.sessions.tolist())) == 31
    assert market.prices.closes_session.sum() == 31
    options = Options(lot_size=1e-8, participation=None)
    run = simulate(strategies.get("sma_cross")(fast=5, slow=20), market, options=options)
    assert len(run.trades) > 5
    longer = market.resample("4h")
    seen = np.flatnonzero(~np.isnan(longer.close[:, 0]))
    assert len(seen) >= 180
    at_clock = market.closes[seen] % (4 * 3600) == 0
    assert at_clock.mean() > 0.95  # the others lacked their last hour


def test_symbols_of_different_listing_dates_share_one_timeline(shared_data):
    paths = {symbol: shared_data / "us_daily" / f"{symbol}.csv" for symbol in ("SPY", "IBM")}
    frames = {
        symbol: pd.read_csv(path, index_col="date", parse_dates=True)
        for symbol, path in paths.items()
    }
    frames["SPY"] = frames["SPY"].loc["2010-06-01":"2011-06-01"]
    frames["IBM"] = frames["IBM"].loc["2010-01-04":"2012-01-03"].drop(pd.Timestamp("2010-07-06"))
    market = market_from_frames(frames)
    assert not market.prices.listed[0, 0]
    gap = market.row_of(date(2010, 7, 6))
    assert not market.prices.listed[gap, 1]
    assert market.prices.close[gap, 1] == market.prices.close[gap - 1, 1]
    run = simulate(strategies.get("buy_and_hold"), market)
    bought = {fill.symbol: str(fill.session) for fill in run.fills if fill.side == "buy"}
    assert bought["SPY"] >= "2010-06-01"
    assert bought["IBM"] == "2010-01-05"
