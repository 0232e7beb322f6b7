"""What buying power cannot pay for: weights and values are scaled, quantities rejected."""

import dataclasses

import pytest

from engine import Costs, Options
from tests.builders.scenes import (
    FREE,
    both_sides,
    buy,
    play,
    refusals,
    sell,
    target,
    told,
    waiting,
)

pytestmark = pytest.mark.engine

DOUBLE = dataclasses.replace(FREE, leverage=2.0)
DEAR = Options(costs=Costs(commission_bps=100.0, slippage_bps=0.0))
DEAR_DOUBLE = dataclasses.replace(DEAR, leverage=2.0)
CASH = "100000"


@pytest.mark.parametrize(
    ("ask", "options", "fills"),
    [
        (target(weight=1.0), FREE, "1 buy 1000 at 100"),
        (target(weight=1.0), DEAR, "1 buy 990 at 100"),
        (target(weight=-1.0), FREE, "1 sell 1000 at 100"),
        (target(weight=-1.0), DEAR, "1 sell 990 at 100"),
        (target(weight=2.0), FREE, "1 buy 1000 at 100"),
        (target(weight=2.0), DOUBLE, "1 buy 2000 at 100"),
        (target(weight=-2.0), DOUBLE, "1 sell 2000 at 100"),
        (target(weight=2.0), DEAR_DOUBLE, "1 buy 1960 at 100"),
        (target(weight=-2.0), DEAR_DOUBLE, "1 sell 1960 at 100"),
        (target(weight=3.0), DOUBLE, "1 buy 2000 at 100"),
        (target(value=150_000), FREE, "1 buy 1000 at 100"),
        (target(value=-150_000), FREE, "1 sell 1000 at 100"),
        (target(value=-5_000), FREE, "1 sell 50 at 100"),
        (buy(value=150_000), FREE, "1 buy 1000 at 100"),
        (sell(value=150_000), FREE, "1 sell 1000 at 100"),
        (sell(value=5_050), FREE, "1 sell 50 at 100"),
    ],
)
def test_weights_and_values_are_scaled(ask, options, fills):
    assert told(play("100 | 100", {0: ask}, options, cash=CASH)) == fills


@pytest.mark.parametrize(
    ("ask", "options", "fills"),
    [
        (buy(1000), FREE, "1 buy 1000 at 100"),
        (buy(1001), FREE, ""),
        (buy(1000), DEAR, ""),
        (buy(990), DEAR, "1 buy 990 at 100"),
        (buy(991), DEAR, ""),
        (sell(1000), FREE, "1 sell 1000 at 100"),
        (sell(1001), FREE, ""),
        (sell(991), DEAR, ""),
        (buy(2000), DOUBLE, "1 buy 2000 at 100"),
        (buy(2001), DOUBLE, ""),
        (sell(2000), DOUBLE, "1 sell 2000 at 100"),
        (sell(2001), DOUBLE, ""),
        (target(quantity=1001), FREE, ""),
        (target(quantity=-1001), FREE, ""),
    ],
)
def test_explicit_quantities_are_rejected(ask, options, fills):
    run = play("100 | 100 | 100", {0: ask}, options, cash=CASH)
    assert told(run) == fills
    assert [each.split(":")[0] for each in refusals(run)] == ([] if fills else ["1 reject"])


@both_sides(
    ("at the limit", "100 | 100 101 49 99 | 49", ""),
)
def test_a_resting_order_is_rejected_when_it_would_fill(bars, fills, mirror):
    poor = dataclasses.replace(FREE)
    made = play(bars, {0: buy(2001, limit=50)}, poor, cash=CASH)
    assert (told(made), waiting(made)) == (fills, [])
    assert refusals(made)[0].startswith("1 reject")


def test_a_change_through_zero_loses_only_what_it_cannot_pay_for():
    run = play("100 | 100 | 100 | 100", {0: buy(600), 1: sell(1700)}, cash=CASH)
    assert told(run) == "1 buy 600 at 100; 2 sell 600 at 100"
    assert refusals(run)[0].startswith("2 reject")


def test_a_target_through_zero_is_scaled():
    asks = {0: target(weight=1.0), 1: target(weight=-1.0), 2: target(weight=1.0)}
    run = play("100 | 100 | 100 | 100", asks, DEAR, cash=CASH)
    assert told(run) == (
        "1 buy 990 at 100; 2 sell 990 at 100; 2 sell 970 at 100; 3 buy 970 at 100; 3 buy 951 at 100"
    )


def test_cash_freed_at_the_open_is_spent_there():
    bars = {"AAPL": "50 | 50 | 50", "IBM": "100 | 100 | 100"}
    asks = {0: buy(1000, "IBM"), 1: [sell(1000, "IBM"), buy(2000, "AAPL")]}
    run = play(bars, asks, cash=CASH)
    assert told(run).endswith("2 sell 1000 IBM at 100; 2 buy 2000 AAPL at 50")


def test_cash_freed_inside_a_bar_waits_for_the_next_open():
    bars = {"AAPL": "50 | 50 | 50 51 44 50 | 50", "IBM": "100 | 100 | 100 101 94 95 | 95"}
    asks = {
        0: buy(1000, "IBM", stop_loss=0.05),
        1: buy(1000, "AAPL", limit=45),
        2: buy(1000, "AAPL"),
    }
    run = play(bars, asks, cash=CASH)
    assert told(run) == (
        "1 buy 1000 IBM at 100; 2 sell 1000 IBM at 95 stop loss; 3 buy 1000 AAPL at 50"
    )
    assert refusals(run)[0].startswith("2 reject")


def test_what_the_open_left_can_be_spent_inside():
    bars = {"AAPL": "50 | 50 | 50 51 44 50", "IBM": "100 | 100 | 100"}
    asks = {0: buy(500, "IBM"), 1: buy(1000, "AAPL", limit=45)}
    run = play(bars, asks, cash=CASH)
    assert told(run).endswith("2 buy 1000 AAPL at 45")


def test_what_one_fill_inside_took_another_cannot_spend():
    bars = {"AAPL": "50 | 50 51 44 50", "IBM": "100 | 100 101 89 100"}
    asks = {0: [buy(2000, "AAPL", limit=45), buy(200, "IBM", limit=90)]}
    run = play(bars, asks, cash=CASH)
    assert told(run) == "1 buy 2000 AAPL at 45"
    assert refusals(run)[0].startswith("1 reject")


def test_long_and_short_share_one_account():
    bars = {"AAPL": "50 | 50", "IBM": "100 | 100"}
    asks = {0: [target("AAPL", weight=0.5), target("IBM", weight=-0.5)]}
    run = play(bars, asks, cash=CASH)
    assert told(run) == "1 buy 1000 AAPL at 50; 1 sell 500 IBM at 100"


def test_long_and_short_are_scaled_together():
    bars = {"AAPL": "50 | 50", "IBM": "100 | 100"}
    asks = {0: [target("AAPL", weight=1.0), target("IBM", weight=-1.0)]}
    run = play(bars, asks, cash=CASH)
    assert told(run) == "1 buy 1000 AAPL at 50; 1 sell 500 IBM at 100"


def test_covering_a_short_needs_no_buying_power():
    run = play("100 | 100 | 130 | 130", {0: sell(1000), 1: buy(1000)}, cash=CASH)
    assert told(run) == "1 sell 1000 at 100; 2 buy 1000 at 130"


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_the_cash_buffer_is_left_alone(weight):
    buffered = dataclasses.replace(FREE, cash_buffer=0.0025)
    run = play("100 | 100", {0: target(weight=weight)}, buffered, cash=CASH)
    assert run.fills[0].quantity == 997 * 10**8


@pytest.mark.parametrize(("weight", "changes"), [(-0.5005, 0), (-0.502, 1), (0.0, 1)])
def test_small_changes_of_a_short_are_left_alone(weight, changes):
    lazy = dataclasses.replace(FREE, min_trade=0.001)
    asks = {0: target(weight=-0.5), 1: target(weight=weight)}
    run = play("100 | 100 | 100", asks, lazy, cash=CASH)
    assert len(run.fills) == 1 + changes


def test_a_short_position_closes_to_its_last_fraction():
    fractions = dataclasses.replace(FREE, lot_size=0.01)
    asks = {0: target(quantity=-10.55), 1: target(weight=0)}
    assert told(play("100 | 100 | 90", asks, fractions)) == (
        "1 sell 10.55 at 100; 2 buy 10.55 at 90"
    )
