from itertools import pairwise

import numpy as np
import pytest

from engine import Account, Costs, Options, Position, simulate
from engine.money import UNIT
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

FREE = Options(costs=Costs(0, 0))


def test_round_trips_bring_what_their_fills_realised():
    random = np.random.default_rng(4)
    weights = random.choice([0.0, 0.3], (120, 3))
    weights[-2:] = 0.0
    run = simulate(weighted(weights), random_market(4, rows=120, gaps=0.0))
    assert len(run.trades) > 10
    assert sum(trade.net_pnl for trade in run.trades) == sum(fill.pnl or 0 for fill in run.fills)
    assert run.equity_units[-1] == run.opening.cash + sum(trade.net_pnl for trade in run.trades)


def test_metrics_measure_the_run():
    prices = {"IBM": [100.0, 100.0, 110.0, 121.0]}
    buy = {0: lambda broker: broker.target("IBM", weight=1)}
    run = simulate(scripted(buy), market(prices), options=FREE)
    assert run.metrics()["total_return"].value == pytest.approx(0.21)


def test_an_opening_position_counts_at_the_close_before():
    opening = Account(10 * UNIT, {"IBM": Position(2 * UNIT, 150 * UNIT)})
    made = market({"IBM": [100.0, 120.0]})
    run = simulate(scripted({}), made, start=made.sessions[1].item(), opening=opening)
    assert run.start_equity == 210 * UNIT
    assert run.equity.tolist() == [250.0]


def test_the_pnl_of_a_part_is_at_average_cost():
    script = {
        0: lambda b: b.buy("IBM", quantity=10),
        1: lambda b: b.buy("IBM", quantity=10),
        2: lambda b: b.sell("IBM", quantity=5),
        3: lambda b: b.target("IBM", weight=0),
    }
    made = market({"IBM": [100.0, 100.0, 200.0, 300.0, 50.0]})
    run = simulate(scripted(script), made, options=Options(costs=Costs(100.0, 0.0)))
    cost = 10 * 100 * 1.01 + 10 * 200 * 1.01
    pnl = [fill.pnl / UNIT for fill in run.fills if fill.pnl is not None]
    assert pnl == pytest.approx([5 * 300 * 0.99 - cost / 4, 15 * 50 * 0.99 - cost * 3 / 4])
    assert run.account_at(3).positions["IBM"].cost / UNIT == pytest.approx(cost * 3 / 4)


def test_events_tell_why_an_order_was_not_filled():
    huge = {0: lambda b: b.buy("IBM", quantity=8e10), 1: lambda b: b.buy("IBM", quantity=1e4)}
    run = simulate(scripted(huge), market({"IBM": [181.0] * 3}))
    assert [(event.kind, event.reason) for event in run.events] == [
        ("reject", "not enough cash"),
        ("reject", "not enough cash"),
    ]
    assert run.events[1].asked > 1_810_000 * UNIT
    assert run.events[1].order_id == "2012-01-10-IBM-1"


def test_a_price_too_small_for_whole_cash_buys_what_can_be_counted():
    run = simulate(weighted(np.ones((2, 1))), market({"DUST": [1e-7, 1e-7]}), options=FREE)
    assert run.fills[0].quantity == 90_000_000_000 * UNIT


def test_accounts_of_all_rows_are_there_when_nothing_ever_traded():
    run = simulate(scripted({}), market({"IBM": [NAN, 1.0]}))
    assert [run.account_at(row) for row in (0, 1)] == [Account.of_cash("100000")] * 2
    assert run.ledger() == ""
    assert run.trades == ()


def test_a_row_on_which_nothing_happens_has_the_account_of_the_one_before():
    script = {1: lambda broker: broker.buy("IBM", quantity=2)}
    run = simulate(scripted(script), market({"IBM": [100.0] * 6}), options=FREE)
    accounts = [run.account_at(row) for row in range(6)]
    same = [one is before for before, one in pairwise(accounts)]
    assert same == [False, False, True, True, True]
    assert [len(account.waiting) for account in accounts] == [0, 1, 0, 0, 0, 0]
    assert [account.cash // UNIT for account in accounts] == [100_000] * 2 + [99_800] * 4
