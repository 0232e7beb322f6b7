"""LEAN's published whole backtests, to the cent, by its rules chosen as options."""

import json
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest

from engine import Costs, Options, Strategy, simulate
from engine.frames import market_from_frames
from engine.money import UNIT

pytestmark = pytest.mark.engine

FEES = Costs(commission_bps=0.0, slippage_bps=0.0, per_share=0.005, minimum=1.0, maximum=0.005)
RULES = {
    "costs": FEES,
    "size_at": "decision",
    "cash_buffer": 0.0025,
    "min_trade": 0.001,
    "leverage": 2.0,
}
DAILY = Options(**RULES)
HOURLY = Options(**RULES, fill="same_close")


@pytest.fixture(scope="module")
def published(shared_data):
    told = json.loads((shared_data / "reference" / "lean_verified_dev.json").read_text())
    return {case["id"]: case["expect"] for case in told["cases"]}


def factors_of(folder, symbol, days):
    """The factors of the first row whose last date is not before each day."""
    factors = pd.read_csv(folder / "us_daily" / "factors" / f"{symbol}.csv")
    at = np.searchsorted(factors["last_date"].to_numpy(), days)
    return (factors["price_factor"] * factors["split_factor"]).to_numpy()[at]


def adjusted(folder, symbol, frame):
    factor = factors_of(folder, symbol, frame.index.strftime("%Y-%m-%d"))
    prices = ["open", "high", "low", "close"]
    return frame.assign(**{name: frame[name] * factor for name in prices})


def days(folder, symbols, first, last):
    def bars(symbol):
        path = folder / "us_daily" / f"{symbol}.csv"
        frame = pd.read_csv(path, index_col="date", parse_dates=["date"])
        return adjusted(folder, symbol, frame.loc[first:last])

    return market_from_frames({symbol: bars(symbol) for symbol in symbols})


def hours(folder, first, last):
    frame = pd.read_csv(folder / "us_hour" / "SPY.csv.gz", index_col="start_local")
    frame.index = pd.to_datetime(frame.index)
    frame = adjusted(folder, "SPY", frame.loc[first : f"{last} 23:59"].drop(columns="start_utc"))
    return market_from_frames({"SPY": frame}, length="1h", timezone="America/New_York")


class BuyAndHold(Strategy):
    """All in when flat."""

    def on_bar(self, now, broker):
        if broker.quantity("SPY") == 0 and not broker.waiting("SPY"):
            broker.target("SPY", weight=1.0)


class TwoWeights(Strategy):
    """The same weights at every close."""

    rebalance = "row"

    def targets(self, market):
        return np.tile([0.8, 0.2], (len(market.sessions), 1))


class AtMidnight(Strategy):
    """After the session of the first of March, a share at the next open, asked for in both ways."""

    def prepare(self, market):
        first = np.flatnonzero(market.sessions == np.datetime64("2021-03-01"))
        self.last_row = int(first[-1])

    def on_bar(self, now, broker):
        if now.row == self.last_row:
            broker.buy("SPY", quantity=1, tif="open")
            broker.buy("SPY", quantity=1)


def to_cents(units):
    """Rounded as LEAN prints it, half a cent up."""
    return float((Decimal(int(units)) / UNIT).quantize(Decimal("0.01"), ROUND_HALF_UP))


def assert_published(run, expected):
    assert to_cents(run.equity_units[-1]) == expected["end_equity"]
    assert to_cents(sum(fill.commission for fill in run.fills)) == expected["total_fees"]
    assert len(run.fills) == expected["total_orders"]


def test_buy_and_hold_over_days(shared_data, published):
    expected = published["lean_buy_hold_daily"]
    run = simulate(
        BuyAndHold, days(shared_data, ["SPY"], "2013-10-08", "2013-10-17"), options=DAILY
    )
    assert_published(run, expected)
    (fill,) = run.fills
    assert str(fill.session) == expected["fill_date"]
    assert fill.quantity == expected["quantity"] * UNIT


def test_buy_and_hold_over_hours(shared_data, published):
    expected = published["lean_buy_hold_hour"]
    run = simulate(BuyAndHold, hours(shared_data, "2013-10-07", "2013-10-11"), options=HOURLY)
    assert_published(run, expected)
    assert run.fills[0].quantity == expected["quantity"] * UNIT


def test_two_weights(shared_data, published):
    expected = published["lean_two_asset_weights"]
    market = days(shared_data, ["SPY", "IBM"], "2018-01-04", "2018-01-10")
    run = simulate(TwoWeights, market, options=DAILY)
    assert_published(run, expected)
    bought = {fill.symbol: fill.quantity // UNIT for fill in run.fills}
    assert bought == expected["quantities"]


def test_market_on_open(shared_data, published):
    expected = published["lean_market_on_open"]
    market = hours(shared_data, "2021-03-01", "2021-03-03")
    run = simulate(AtMidnight, market, options=Options(**RULES))
    assert_published(run, expected)
    factor = factors_of(shared_data, "SPY", ["2021-03-02"])[0]
    raw = {round(fill.price / factor, 2) for fill in run.fills}
    assert raw == {expected["fill_price_raw"]}
