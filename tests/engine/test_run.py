import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from engine import Account, Costs, Instrument, Market, Options, Position, simulate
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


HEDGED = {0: lambda b: [b.buy("IBM", quantity=500), b.sell("MSFT", quantity=500)]}
LEVERED = {0: lambda b: [b.buy("IBM", quantity=1500), b.sell("MSFT", quantity=500)]}
IN_CONTRACTS = {0: lambda b: [b.buy("IBM", quantity=5), b.sell("MSFT", quantity=500)]}
LONG_ONLY = {0: lambda b: b.buy("IBM", quantity=500)}
SHORT_ONLY = {0: lambda b: b.sell("MSFT", quantity=500)}


@pytest.mark.parametrize(
    ("script", "exposures"),
    [
        # Of 100 000 at the first two closes; at the last one IBM is at 120 and MSFT at 90.
        (HEDGED, [0.0, 1.0, (60_000 + 45_000) / 115_000]),
        (LEVERED, [0.0, 2.0, (180_000 + 45_000) / 135_000]),
        (LONG_ONLY, [0.0, 0.5, 60_000 / 110_000]),
        (SHORT_ONLY, [0.0, 0.5, 45_000 / 105_000]),
    ],
)
def test_exposure_is_all_that_was_at_work(script, exposures):
    made = market({"IBM": [100.0, 100.0, 120.0], "MSFT": [100.0, 100.0, 90.0]})
    options = dataclasses.replace(FREE, leverage=2.0)
    run = simulate(scripted(script), made, options=options)
    assert run.metrics()["exposure"].value == pytest.approx(sum(exposures) / 3, rel=1e-12)


def test_exposure_counts_contracts_with_their_multiplier():
    made = market({"IBM": [100.0, 100.0, 120.0], "MSFT": [100.0, 100.0, 90.0]})
    contract = {
        name: Instrument(multiplier=100.0 if name == "IBM" else 1.0) for name in made.symbols
    }
    options = dataclasses.replace(FREE, leverage=2.0, instruments=contract)
    run = simulate(scripted(IN_CONTRACTS), made, options=options)
    expected = (0.0 + 1.0 + (60_000 + 45_000) / 115_000) / 3
    assert run.metrics()["exposure"].value == pytest.approx(expected, rel=1e-12)


def test_exposure_of_what_is_long_alone_is_what_is_not_cash():
    weights = np.random.default_rng(5).choice([0.0, 0.3], (120, 3))
    run = simulate(weighted(weights), random_market(5, rows=120))
    not_cash = np.abs(1.0 - run.cash_units / run.equity_units).mean()
    assert not run.short_units.any()
    assert run.metrics()["exposure"].value == pytest.approx(not_cash, rel=1e-12)


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
    assert run.fills[0].quantity == 100_000 * UNIT  # a tenth of the volume
    free = dataclasses.replace(FREE, participation=None)
    run = simulate(weighted(np.ones((2, 1))), market({"DUST": [1e-4, 1e-4]}), options=free)
    assert run.fills[0].quantity == 1_000_000_000 * UNIT


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


def ranging(high, low):
    """One symbol bought at 100 on the second bar, which then moves between low and high."""
    made = market({"IBM": [100.0, 100.0, 100.0]})
    raw = made.raw._replace(
        high=np.array([[100.0], [high], [100.0]]), low=np.array([[100.0], [low], [100.0]])
    )
    script = {0: lambda b: b.buy("IBM", quantity=10, stop_loss=0.05, take_profit=0.05)}
    return simulate(scripted(script), Market.build(["IBM"], raw), options=FREE)


def test_the_result_range_of_an_ambiguous_bar_is_two_runs():
    run = ranging(110.0, 90.0)
    assert run.ambiguous_bars == 1
    worse, better = run.result_range()
    assert worse is run
    ends = [round(one.equity[-1], 6) for one in (worse, better)]
    assert ends == [99_950.0, 100_050.0]
    assert [one.fills[1].reason for one in (worse, better)] == ["stop loss", "take profit"]
    assert any(note.startswith("ambiguous: in 1 bar what") for note in run.notes)


def test_without_an_ambiguous_bar_the_range_is_one_result():
    run = ranging(110.0, 99.0)
    assert run.ambiguous_bars == 0
    assert run.result_range() == (run, run)
    assert not any(note.startswith("ambiguous") for note in run.notes)


def test_a_run_says_what_must_be_said():
    made = market({"IBM": [100.0] * 3})
    unknown = Market.build(["IBM"], made.raw._replace(volume=np.full((3, 1), NAN)))
    names = [note.split(":")[0] for note in simulate(scripted({}), unknown, options=FREE).notes]
    assert names == ["no costs", "volume unknown"]
    assert simulate(scripted({}), made).notes == ()
    assert simulate(scripted({}), unknown, start=made.sessions[1].item()).notes[0][:14] == (
        "volume unknown"
    )


def test_a_position_without_a_bar_is_stale():
    buy = {0: lambda b: b.buy("IBM", quantity=1)}
    prices = {"FB": [50.0, NAN, 50.0, 50.0], "IBM": [100.0, 100.0, NAN, 100.0]}
    run = simulate(scripted(buy), market(prices))
    assert run.stale.tolist() == [[False, False], [False, False], [False, True], [False, False]]


def test_an_account_without_equity_is_ruined():
    levered = Options(costs=Costs(0, 0), leverage=4.0)
    buy = {0: lambda b: b.target("IBM", weight=4.0), 2: lambda b: b.buy("IBM", quantity=1)}
    made = market({"IBM": [100.0, (100.0, 70.0), 70.0, 70.0]})
    run = simulate(scripted(buy), made, options=levered)
    assert run.ruined
    assert [(fill.side, fill.order_id, fill.reason) for fill in run.fills] == [
        ("buy", "2012-01-09-IBM-1", None),
        ("sell", "ruin", "ruined"),
    ]
    last = run.account_at(3)
    assert (last.ruined, last.positions, last.waiting) == (True, {}, ())
    assert run.events[-1].reason == "ruined"
    assert any(note.startswith("ruined: ") for note in run.notes)
    assert simulate(scripted(buy), made, opening=last).ruined


def test_a_run_is_shown_in_one_line():
    run = simulate(scripted({0: lambda b: b.buy("IBM", quantity=1)}), market({"IBM": [100.0] * 3}))
    assert repr(run) == "Run(Scripted, IBM, 2012-01-09 to 2012-01-11, 1 fills)"


def test_fills_at_the_close_have_its_time():
    made, late = market({"IBM": [100.0] * 3}), Options(fill="next_close")
    run = simulate(scripted({0: lambda b: b.buy("IBM", quantity=1)}), made, options=late)
    assert [(fill.row, fill.time) for fill in run.fills] == [(1, int(made.closes[1]))]
