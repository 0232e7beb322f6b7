"""Stop-losses and take-profits as freqtrade's own tests have them.

There a take-profit fills when it is touched, here (without `limit_touch`) when it is traded
through; no case stops exactly at one, so both give the published results.
"""

import json

import numpy as np
import pytest

from engine import Bars, Costs, Market, Options, simulate
from engine.money import UNIT
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine

START = 1_538_524_800  # 2018-10-03T00:00Z
REASONS = {"STOP_LOSS": "stop loss", "ROI": "take profit"}
CASES = ("tc1", "tc2", "tc5", "tc7", "tc13", "tc14")


@pytest.fixture(scope="module")
def published(shared_data):
    told = json.loads((shared_data / "reference" / "freqtrade_fills_dev.json").read_text())
    return {case["id"]: case for case in told["cases"]}


def candles(rows):
    table = np.array(rows, dtype=float)
    opens = START + 3600 * table[:, 0].astype(np.int64)
    sessions = opens.astype("datetime64[s]").astype("datetime64[D]")
    bars = Bars(sessions, opens, opens + 3600, *(table[:, at : at + 1] for at in range(1, 6)))
    return Market.build(["BTC"], bars)


def entering(case):
    """Buy one at each signal, with the case's exits."""
    exits = {"stop_loss": -case["stop_loss"]}
    profit = case["roi"]["0"]
    if profit < 1:
        exits["take_profit"] = profit
    signals = [row[0] for row in case["data"] if row[6]]
    return scripted({row: lambda broker: broker.buy("BTC", quantity=1, **exits) for row in signals})


def test_every_case_is_tried(published):
    assert set(published) == set(CASES)


@pytest.mark.parametrize("touch", [False, True], ids=["traded through", "touched"])
@pytest.mark.parametrize("case", CASES)
def test_exits_are_filled_as_published(case, touch, published):
    case = published[case]
    options = Options(costs=Costs(0.0, 0.0), limit_touch=touch)
    run = simulate(entering(case), candles(case["data"]), options=options)
    trades = [(trip.entry.row, trip.exit.row) for trip in run.trades]
    assert trades == [(trade["open_tick"], trade["close_tick"]) for trade in case["trades"]]
    gained = sum(trip.net_return for trip in run.trades)
    assert round(gained, 3) == case["profit_perc"]
    exits = [fill.reason for fill in run.fills if fill.side == "sell"]
    assert exits == [REASONS[trade["exit_reason"]] for trade in case["trades"]]
    assert run.account_at(len(run.equity) - 1).positions == {}
    assert all(fill.quantity == UNIT for fill in run.fills)
