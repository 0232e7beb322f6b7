"""Margin is tested at closes; a call closes everything at the next open, ruin ends the run."""

import dataclasses

import pytest

from engine.money import UNIT
from tests.builders.robots import scripted
from tests.builders.scenes import FREE, buy, kinds, play, refusals, sell, target, told, waiting

pytestmark = pytest.mark.engine

DOUBLE = dataclasses.replace(FREE, leverage=2.0)
CASH = "100000"
IN = "1 buy 2000 at 100"
SHORT = "1 sell 1000 at 100"


# Bought 2000 at 100 for half of it: maintenance is a quarter, met down to 66.67.
@pytest.mark.parametrize(
    ("bars", "fills"),
    [
        ("100 | 100 | 67 | 60", IN),
        ("100 | 100 | 66 | 60", IN + "; 3 sell 2000 at 60 liquidation"),
        ("100 | 100 | 66 | 90", IN + "; 3 sell 2000 at 90 liquidation"),
        ("100 | 100 | 66 | 60 v10", IN + "; 3 sell 2000 at 60 liquidation"),
        ("100 | 100 | 66 | - | 61", IN + "; 4 sell 2000 at 61 liquidation"),
        ("100 | 100 | 90 91 55 90 | 90", IN),
        ("100 | 100 | 66", IN),
        ("100 | 100 | 100 101 65 66 | - | -", IN),
    ],
    ids=[
        *("met", "called", "called and recovered", "no cap", "no bar", "low alone", "last bar"),
        "halted",
    ],
)
def test_margin_of_a_long(bars, fills):
    run = play(bars, {0: target(weight=2.0)}, DOUBLE, cash=CASH)
    assert told(run) == fills
    assert not run.ruined


# Sold 1000 at 100 without leverage: maintenance is a half, met up to 133.33.
@pytest.mark.parametrize(
    ("bars", "fills"),
    [
        ("100 | 100 | 133 | 140", SHORT),
        ("100 | 100 | 134 | 140", SHORT + "; 3 buy 1000 at 140 liquidation"),
        ("100 | 100 | 134 | 140 v10", SHORT + "; 3 buy 1000 at 140 liquidation"),
        ("100 | 100 | 134 | - | 120", SHORT + "; 4 buy 1000 at 120 liquidation"),
        ("100 | 100 | 110 180 109 110 | 110", SHORT),
    ],
    ids=["met", "called", "no cap", "no bar", "high alone"],
)
def test_margin_of_a_short(bars, fills):
    run = play(bars, {0: target(weight=-1.0)}, cash=CASH)
    assert told(run) == fills


def test_a_margin_call_is_an_event_and_cancels_what_waits():
    asks = {0: [target(weight=2.0), buy(5, limit=40), sell(2000, stop=50, reduce_only=True)]}
    run = play("100 | 100 | 66 | 30 | 30", asks, DOUBLE, cash=CASH)
    assert kinds(run, "margin call") == ["2 margin call"]
    assert told(run) == IN + "; 3 sell 2000 at 30 liquidation"
    assert len(refusals(run)) == 2
    assert waiting(run) == []


def test_a_liquidation_closes_every_symbol_long_and_short():
    bars = {"AAPL": "100 | 100 | 100 | 100", "IBM": "100 | 100 | 30 | 30"}
    asks = {0: [target("AAPL", weight=-1.0), target("IBM", weight=1.0)]}
    run = play(bars, asks, DOUBLE, cash=CASH)
    assert told(run) == (
        "1 sell 1000 AAPL at 100; 1 buy 1000 IBM at 100; "
        "3 buy 1000 AAPL at 100 liquidation; 3 sell 1000 IBM at 30 liquidation"
    )
    assert run.equity[-1] == 30_000


def test_a_liquidation_pays_costs():
    dear = dataclasses.replace(DOUBLE, costs=dataclasses.replace(FREE.costs, commission_bps=100.0))
    run = play("100 | 100 | 64 | 60", {0: buy(1900)}, dear, cash=CASH)
    assert run.fills[1].commission == 1900 * 60 // 100 * UNIT


def test_trading_goes_on_after_a_liquidation():
    asks = {0: target(weight=2.0), 3: buy(10)}
    run = play("100 | 100 | 66 | 60 | 60 | 60", asks, DOUBLE, cash=CASH)
    assert told(run) == IN + "; 3 sell 2000 at 60 liquidation; 4 buy 10 at 60"


def test_a_bracket_inside_the_bar_of_the_call_comes_first():
    asks = {0: target(weight=2.0, stop_loss=0.3)}
    run = play("100 | 100 | 80 81 60 62 | 60", asks, DOUBLE, cash=CASH)
    assert told(run) == IN + "; 2 sell 2000 at 70 stop loss"
    assert kinds(run, "margin call") == []


@pytest.mark.parametrize(
    ("weight", "bars", "fills"),
    [
        (2.0, "100 | 100 | 49 | 100", IN + "; 2 sell 2000 at 49 ruin"),
        (2.0, "100 | 100 | 50 | 100", IN + "; 2 sell 2000 at 50 ruin"),
        (2.0, "100 | 100 | 66 | 49 | 100", IN + "; 3 sell 2000 at 49 liquidation"),
        (-1.0, "100 | 100 | 201 | 100", SHORT + "; 2 buy 1000 at 201 ruin"),
        (-1.0, "100 | 100 | 200 | 100", SHORT + "; 2 buy 1000 at 200 ruin"),
    ],
)
def test_equity_at_or_below_zero_is_ruin(weight, bars, fills):
    run = play(bars, {0: target(weight=weight), 3: buy(1), 4: buy(1)}, DOUBLE, cash=CASH)
    assert told(run) == fills
    assert run.ruined
    assert len(kinds(run, "ruin")) == 1
    assert run.equity[-1] <= 0


def test_the_ruined_ask_in_vain():
    asked = []

    def ask(broker):
        asked.append(broker.equity)
        broker.buy("IBM", quantity=1)

    script = {0: target(weight=2.0), 2: ask, 3: ask}
    run = play("100 | 100 | 49 | 49 | 49", scripted(script), DOUBLE, cash=CASH)
    assert (run.ruined, told(run)) == (True, IN + "; 2 sell 2000 at 49 ruin")
    assert waiting(run) == []


def test_without_borrowed_money_there_is_no_call():
    run = play("100 | 100 | 1 | 0.01 | 0.01", {0: target(weight=1.0)}, cash=CASH)
    assert told(run) == "1 buy 1000 at 100"
    assert (kinds(run), run.ruined) == ([], False)


def test_nothing_is_booked_after_ruin():
    costs = dataclasses.replace(FREE.costs, debit_rate=0.365)
    options = dataclasses.replace(DOUBLE, costs=costs)
    run = play("100 | 100 | 40 | 41 | 42", {0: target(weight=2.0)}, options, cash=CASH)
    assert run.ruined
    assert max(event.row for event in run.events) == 2
    assert run.equity[-1] == run.equity[2]


def test_a_liquidation_is_over_once_all_was_closed():
    options = dataclasses.replace(DOUBLE, fill="next_close")
    asks = {0: target(weight=2.0), 2: buy(10)}
    run = play("100 | 100 | 66 | 60 61 59 60 | 61", asks, options, cash=CASH)
    assert told(run) == IN + "; 3 sell 2000 at 60 liquidation; 3 buy 10 at 60"
    assert [run.account_at(row).liquidating for row in (2, 3)] == [True, False]
