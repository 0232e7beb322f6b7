"""Lots, ticks and multipliers come from the instrument."""

import dataclasses

import pytest

from engine import Costs, Options
from engine.instruments import Instrument
from tests.builders.scenes import FREE, both_sides, buy, check, held, play, sell, target, told

pytestmark = pytest.mark.engine


def trading(costs=FREE.costs, **steps):
    return Options(costs=costs, instruments={"IBM": Instrument(**steps)})


FUTURE = trading(multiplier=50.0)


@pytest.mark.parametrize(
    ("lot", "asked", "fills"),
    [
        (10.0, 25, "1 buy 20 at 100"),
        (10.0, 9, ""),
        (1.0, 2.5, "1 buy 2 at 100"),
        (0.001, 2.5, "1 buy 2.5 at 100"),
        (0.001, 2.5555, "1 buy 2.555 at 100"),
        (1e-8, 0.12345678, "1 buy 0.12345678 at 100"),
    ],
)
def test_quantities_are_whole_lots(lot, asked, fills):
    assert told(play("100 | 100", {0: buy(asked)}, trading(lot_size=lot))) == fills


def test_an_instruments_lot_goes_before_the_runs():
    bars = {"AAPL": "100 | 100", "IBM": "100 | 100"}
    options = dataclasses.replace(trading(lot_size=100.0), lot_size=0.5)
    asks = {0: [buy(150.7, "AAPL"), buy(150.7, "IBM")]}
    assert told(play(bars, asks, options)) == "1 buy 150.5 AAPL at 100; 1 buy 100 IBM at 100"


@pytest.mark.parametrize(
    ("bars", "ask", "fills"),
    [
        ("100 | 100 101 90 99", buy(10, limit=95.04), "1 buy 10 at 95"),
        ("100 | 100 101 90 99", buy(10, limit=95), "1 buy 10 at 95"),
        ("100 | 100 106 90 99", buy(10, stop=105.04), "1 buy 10 at 105.05"),
        ("100 | 100 106 99 99", sell(10, limit=105.01), "1 sell 10 at 105.05"),
        ("100 | 100 105.02 90 99", buy(10, trail=5.02), "1 buy 10 at 105"),
    ],
)
def test_prices_are_rounded_to_the_tick_at_the_door(bars, ask, fills):
    assert told(play(bars, {0: ask}, trading(tick_size=0.05))) == fills


def test_without_a_tick_a_price_stays_as_it_is():
    assert told(play("100 | 100 101 90 99", {0: buy(10, limit=95.03)})) == "1 buy 10 at 95.03"


def test_a_multiplier_counts_in_cash_equity_and_pnl():
    run = play("100 | 100 | 101 | 103", {0: buy(2), 2: sell(2)}, FUTURE)
    assert run.equity.tolist() == [1_000_000, 1_000_000, 1_000_100, 1_000_300]
    assert run.account_at(1).cash == (1_000_000 - 2 * 100 * 50) * 10**8
    assert run.fills[1].pnl == 300 * 10**8


@both_sides(
    ("weight", "100 | 100", "1 buy 20 at 100"),
)
def test_a_weight_counts_the_multiplier(bars, fills, mirror):
    check(bars, {0: target(weight=0.1)}, fills, FUTURE, mirror=mirror)


@both_sides(("value", "100 | 100", "1 buy 3 at 100"))
def test_a_value_counts_the_multiplier(bars, fills, mirror):
    check(bars, {0: target(value=19_000)}, fills, FUTURE, mirror=mirror)


def test_buying_power_counts_the_multiplier():
    fits, not_ = (play("100 | 100", {0: buy(n)}, FUTURE) for n in (200, 201))
    assert (told(fits), told(not_)) == ("1 buy 200 at 100", "")


def test_a_commission_counts_the_multiplier():
    costs = Costs(commission_bps=100.0, slippage_bps=0.0)
    run = play("100 | 100", {0: buy(2)}, trading(costs, multiplier=50.0))
    assert run.fills[0].commission == 100 * 10**8


@both_sides(
    ("", "100 | 100 | 100 101 94 95", "1 buy 2 at 100; 2 sell 2 at 95 stop loss"),
)
def test_a_bracket_is_a_share_of_the_price(bars, fills, mirror):
    check(bars, {0: buy(2, stop_loss=0.05)}, fills, FUTURE, mirror=mirror)


def test_margin_counts_the_multiplier():
    double = dataclasses.replace(FUTURE, leverage=2.0)
    run = play("100 | 100 | 66 | 60", {0: buy(40)}, double, cash="100000")
    assert told(run) == "1 buy 40 at 100; 3 sell 40 at 60 liquidation"
    assert held(run) == 0


def test_a_round_trips_pnl_counts_the_multiplier():
    run = play("100 | 100 | 101 | 103", {0: buy(2), 2: sell(2)}, FUTURE)
    assert run.trades[0].gross_pnl == 300 * 10**8
