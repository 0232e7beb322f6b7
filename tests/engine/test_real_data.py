"""Real bars: hours of an exchange with its half days, and a split that was seen a week late."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import strategies
from engine import Action, simulate
from engine.frames import market_from_frames

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
