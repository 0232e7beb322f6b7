"""Golden runs: readable ledgers, compared as text and rewritten with --update-golden."""

from datetime import date

import pytest

import strategies
from engine import Account, Action, Costs, Market, Options, Position, simulate
from engine.money import UNIT
from tests.builders.bars import NAN, intraday, market, random_market
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


def test_what_was_seen_late_and_what_was_delisted_read_as_lines(golden):
    script = {
        0: lambda broker: broker.buy("AAPL", quantity=11),
        1: lambda broker: broker.sell("AAPL", quantity=4),
        3: lambda broker: (broker.buy("FB", quantity=20), broker.buy("IBM", quantity=6)),
        7: lambda broker: (broker.buy("FB", value=100), broker.target("IBM", weight=0.1)),
        8: lambda broker: broker.buy("FB", quantity=3),
    }
    prices = {
        "AAPL": [100.0, 101.0, 68.0, 69.0, 68.5, 68.0, 67.0, 66.0, 67.0, 68.0],
        "FB": [40.0, 41.0, 42.0, 43.0, 44.0, 30.0, 20.0, 10.0, NAN, NAN],
        "IBM": [180.0, 181.0, 182.0, 183.0, NAN, NAN, NAN, 91.0, 92.0, 93.0],
    }
    actions = [
        Action("AAPL", date(2012, 1, 11), "split", 1.5, seen=date(2012, 1, 13)),
        Action("AAPL", date(2012, 1, 10), "dividend", 0.4, seen=date(2012, 1, 13)),
        Action("IBM", date(2012, 1, 16), "split", 2.0, seen=date(2012, 1, 18)),
        Action("FB", date(2012, 1, 19), "delisting", float("nan")),
    ]
    opening = Account(50_000 * UNIT, {"AAPL": Position(10 * UNIT, 900 * UNIT)})
    made = market(prices, actions)
    run = simulate(scripted(script), made, opening=opening)
    golden("late_actions_and_delisting", run.ledger())


def test_a_run_over_hours_reads_as_lines(golden):
    daily = random_market(11, rows=60, gaps=0.03)
    actions = [
        Action("AAPL", date(2012, 1, 11), "split", 2.0),
        Action("IBM", date(2012, 1, 12), "dividend", 0.75, seen=date(2012, 1, 13)),
    ]
    hours = Market.build(daily.symbols, intraday(daily.raw._replace(ends=None), 7), actions)
    robot = strategies.get("sma_cross")(fast=3, slow=8)
    golden("hours", simulate(robot, hours).ledger())


def test_orders_that_rest_and_exits_read_as_lines(golden):
    kept = []

    def rest(broker):
        low = broker.buy("AAPL", quantity=5, limit=97, tif="day")
        high = broker.buy("AAPL", quantity=5, stop=103, limit=104)
        broker.one_cancels_other(low, high)
        kept.append(broker.buy("IBM", value=20_000, trail_share=0.02))

    script = {
        0: lambda b: b.buy("IBM", quantity=40, stop_loss=0.05, take_profit=0.1, trailing=0.08),
        1: rest,
        3: lambda b: (b.replace(kept[0], trail=1), b.protect("IBM", stop_loss=0.02)),
        4: lambda b: (b.sell("IBM", quantity=4, trail=2), b.sell("FB", quantity=9, tif="close")),
        6: lambda b: (b.cancel_all("IBM"), b.protect("FB", take_profit=0.2)),
        7: lambda b: b.sell("AAPL", value=300, stop=99, reduce_only=True),
    }
    prices = {
        "AAPL": "100-100 100-99 100-104.5 103-102 102-101 50.5-51 51-51 51-51 50-48 48-48",
        "FB": "40-40 40-40 40-40 40-40 40-40 40-40 40-41 41-33 30-30 30-30",
        "IBM": "180-181 181-182 183-185 184-182 182-180 180-178 177-176 176-176 170-170 170-170",
    }
    split = Action("AAPL", date(2012, 1, 16), "split", 2.0)
    run = simulate(scripted(script), market(parsed(prices), [split]))
    golden("resting_orders", run.ledger())


def test_debts_and_ruin_read_as_lines(golden):
    script = {
        0: lambda b: (b.target("IBM", weight=1.5), b.target("FB", weight=-1.0)),
        1: lambda b: b.buy("IBM", quantity=5),
        3: lambda b: b.buy("FB", quantity=10),
        4: lambda b: b.target("FB", weight=-2.0),
        7: lambda b: b.buy("IBM", quantity=1),
    }
    prices = {
        "FB": "40-40 40-40 41-53 52-52 52-52 52-52 53-110 110-110 110-110",
        "IBM": "100-100 100-100 100-90 91-91 91-91 91-91 91-91 91-91 91-91",
    }
    owing = Options(costs=Costs(borrow_rate=0.05, debit_rate=0.08), leverage=2.5)
    opening = Account.of_cash("10000")
    run = simulate(scripted(script), market(parsed(prices)), opening=opening, options=owing)
    golden("debts_and_ruin", run.ledger())


def parsed(prices):
    """Opens and closes by symbol."""
    return {
        symbol: [tuple(float(price) for price in bar.split("-")) for bar in column.split()]
        for symbol, column in prices.items()
    }


def test_partial_fills_and_ambiguous_bars_read_as_lines(golden):
    script = {
        0: lambda b: b.buy("IBM", quantity=30, stop_loss=0.05, take_profit=0.05),
        1: lambda b: b.buy("FB", value=1_000),
    }
    prices = {"FB": [40.0] * 6, "IBM": [100.0] * 6}
    made = market(prices)
    high, low, volume = made.raw.high.copy(), made.raw.low.copy(), made.raw.volume.copy()
    high[3, 1], low[3, 1], volume[:, 1] = 106.0, 94.0, 120.0
    raw = made.raw._replace(high=high, low=low, volume=volume)
    options = Options(size_at="decision", close_at_end=True, fill="next_close")
    run = simulate(scripted(script), Market.build(made.symbols, raw), options=options)
    golden("partial_fills", run.ledger())


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_built_in_strategy_does_today_what_it_did(name, golden):
    robot = strategies.get(name)(**PARAMETERS[name])
    made = random_market(11, rows=90, late=25, gaps=0.03, actions=ACTIONS)
    golden(name, simulate(robot, made).ledger())
