"""A crossing of averages on GOOG, as backtesting.py trades it, by its rules chosen as options.

What it does otherwise and no option takes over: it books commissions of a fill at a close one bar
later, and a take-profit the opening gap is beyond comes after a stop-loss of the same bar.
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Costs, Options, Strategy, simulate
from engine.frames import market_from_frames
from engine.indicators import sma
from engine.money import UNIT

pytestmark = pytest.mark.engine

RECORDED = json.loads(Path(__file__).with_name("backtesting_goog.json").read_text())
FAST, SLOW = 10, 30


@pytest.fixture(scope="module")
def goog():
    package = importlib.util.find_spec("backtesting")
    if package is None or package.origin is None:
        pytest.skip("the GOOG bars are in the package backtesting, which is not installed")
    bars = pd.read_csv(Path(package.origin).parent / "test" / "GOOG.csv", index_col=0)
    bars.index = pd.to_datetime(bars.index)
    return market_from_frames({"GOOG": bars.rename(columns=str.lower)})


def crossings(close):
    """1 where the fast average rises above the slow one, -1 where it falls below, else 0."""
    apart = np.sign(sma(close, FAST) - sma(close, SLOW))
    before = np.vstack([np.full_like(apart[:1], np.nan), apart[:-1]])
    return np.where((apart > 0) & (before < 0), 1, np.where((apart < 0) & (before > 0), -1, 0))


def crossing(down):
    """All in at a rise; at a fall the weight `down`."""

    class Cross(Strategy):
        """Turn with the averages."""

        rebalance = "row"

        def targets(self, market):
            cross = crossings(market.close)
            return np.where(cross > 0, 1.0, np.where(cross < 0, down, np.nan))

    return Cross


def bracketed(loss, profit):
    class Bracketed(Strategy):
        """All in at a rise, with exits at shares of the close that decides."""

        def prepare(self, market):
            self.cross = crossings(market.close)

        def on_bar(self, now, broker):
            cross, price = self.cross[now.row, 0], now.close[-1, 0]
            if cross:
                broker.target("GOOG", weight=max(cross, 0))
            if cross > 0:
                terms = {"quantity": 1e6, "reduce_only": True}
                stop = broker.sell("GOOG", stop=price * (1 - loss), **terms)
                limit = broker.sell("GOOG", limit=price * (1 + profit), **terms)
                broker.one_cancels_other(stop, limit)

    return Bracketed


def simulated(goog, case):
    options = Options(
        costs=Costs(commission_bps=case["commission"] * 1e4, slippage_bps=0.0),
        fill="same_close" if case["trade_on_close"] else "next_open",
        limit_touch=True,
    )
    if case["exits"]:
        return simulate(bracketed(*case["exits"]), goog, options=options)
    return simulate(crossing(-1.0 if case["short"] else 0.0), goog, options=options)


def names(case):
    sides = "long and short" if case["short"] else "long"
    when = "at closes" if case["trade_on_close"] else "at opens"
    exits = ", with exits" if case["exits"] else ""
    return f"{sides} {when}, commission {case['commission']}{exits}"


@pytest.mark.parametrize("case", RECORDED["cases"], ids=names)
def test_its_trades_and_equity_are_ours(case, goog):
    run = simulated(goog, case)
    trades = [
        [
            trip.quantity / UNIT * (1 if trip.side == "long" else -1),
            trip.entry.row,
            trip.exit.row,
            trip.entry_price,
            trip.exit_price,
            trip.net_pnl / UNIT,
        ]
        for trip in run.trades
    ]
    np.testing.assert_allclose(trades, case["trades"], rtol=0, atol=2e-6)
    late = np.zeros(len(run.equity))
    if case["trade_on_close"]:
        for fill in run.fills:
            late[fill.row] += fill.commission / UNIT
    rows = [int(row) for row in case["equity"]]
    np.testing.assert_allclose(
        (run.equity + late)[rows], list(case["equity"].values()), rtol=0, atol=1e-5
    )
