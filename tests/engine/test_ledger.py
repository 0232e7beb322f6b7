"""Golden runs: readable ledgers, compared as text and rewritten with --update-golden."""

from datetime import date

import pytest

import strategies
from engine import Account, Action, Position, simulate
from engine.money import UNIT
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine

ACTIONS = [
    Action("AAPL", date(2012, 2, 20), "split", 2.0),
    Action("IBM", date(2012, 3, 5), "dividend", 0.75),
    Action("MSFT", date(2012, 3, 12), "split", 1.5),
]
PARAMETERS = {
    "buy_and_hold": {},
    "channel_breakout": {"channel": 10, "range_bars": 5, "trail": 1.5},
    "momentum_rotation": {"lookback": 10, "hold": 2},
    "rsi_reversion": {"trend": 20},
    "sma_cross": {"fast": 5, "slow": 15},
    "volatility_target": {"bars": 10, "band": 0.25},
}


def test_every_kind_of_event_reads_as_a_line(golden):
    script = {
        0: lambda broker: broker.buy("IBM", quantity=57),
        1: lambda broker: broker.buy("AAPL", quantity=20_000),
        2: lambda broker: broker.buy("AAPL", quantity=15),
        3: lambda broker: (broker.buy("IBM", quantity=3), broker.buy("AAPL", value=500)),
        4: lambda broker: broker.target("IBM", weight=0.1),
        5: lambda broker: broker.sell("IBM", quantity=500),
        6: lambda broker: broker.target("IBM", weight=0),
        7: lambda broker: broker.target("IBM", weight=0),
    }
    prices = {
        "AAPL": [100.0, 101.0, 102.0, 103.0, NAN, 69.0, 70.0, 71.0, 72.0, 73.0],
        "IBM": [180.0, 181.1, 182.0, 183.0, NAN, NAN, 185.0, 186.0, 187.0, 188.0],
    }
    actions = [
        Action("AAPL", date(2012, 1, 16), "split", 1.5),
        Action("IBM", date(2012, 1, 16), "split", 2.0),
        Action("AAPL", date(2012, 1, 18), "dividend", 0.25),
    ]
    opening = Account(50_000 * UNIT, {"AAPL": Position(10 * UNIT, 900 * UNIT)})
    run = simulate(scripted(script), market(prices, actions), opening=opening)
    golden("events", run.ledger())


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_built_in_strategy_does_today_what_it_did(name, golden):
    robot = strategies.get(name)(**PARAMETERS[name])
    made = random_market(11, rows=90, late=25, gaps=0.03, actions=ACTIONS)
    golden(name, simulate(robot, made).ledger())
