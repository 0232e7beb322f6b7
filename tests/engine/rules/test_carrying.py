"""What it costs to hold: the fee on borrowed shares, the interest on borrowed cash."""

import dataclasses

import pytest

from engine import Costs, Options
from tests.builders.scenes import FREE, buy, kinds, play, sell, target

pytestmark = pytest.mark.engine

BORROWING = Options(costs=Costs(0.0, 0.0, borrow_rate=0.365))
INDEBTED = Options(costs=Costs(0.0, 0.0, debit_rate=0.365), leverage=2.0)
CASH = "100000"
WEEK = " | ".join(["100"] * 8)


def paid(run, kind):
    return {event.row: event.cash / 1e8 for event in run.events if event.kind == kind}


def test_what_is_short_pays_for_every_day():
    run = play(WEEK, {0: sell(1000), 6: buy(1000)}, BORROWING, cash=CASH)
    fees = paid(run, "borrow")
    assert {row: fees.get(row, 0.0) for row in range(2, 7)} == {
        **dict.fromkeys([2, 3, 4], -100.0),
        5: -300.0,  # over the weekend
        6: -100.0,
    }


def test_what_is_long_borrows_nothing():
    run = play(WEEK, {0: buy(1000)}, BORROWING, cash=CASH)
    assert kinds(run) == []


def test_the_fee_follows_the_price():
    run = play("100 | 100 | 110 | 120", {0: sell(100)}, BORROWING, cash=CASH)
    fees = paid(run, "borrow")
    assert (fees[2], fees[3]) == (-11.0, -12.0)


def test_a_symbol_without_a_bar_pays_at_its_last_close():
    run = play("100 | 100 | - | 100", {0: sell(100)}, BORROWING, cash=CASH)
    assert paid(run, "borrow")[2] == -10.0


def test_cash_below_zero_pays_interest():
    run = play(WEEK, {0: target(weight=2.0)}, INDEBTED, cash=CASH)
    interest = paid(run, "interest")
    assert interest[3] == pytest.approx(interest[2] * 1.001, rel=1e-9)
    assert interest[2] == pytest.approx(-100.0, rel=2e-3)
    assert interest[5] == pytest.approx(3 * interest[4] * 1.001, rel=1e-9)


def test_cash_above_zero_earns_nothing():
    run = play(WEEK, {0: buy(100)}, INDEBTED, cash=CASH)
    assert kinds(run) == []


def test_what_is_carried_is_cash_and_equity():
    run = play(WEEK, {0: sell(1000)}, BORROWING, cash=CASH)
    total = sum(event.cash for event in run.events)
    assert run.cash_units[-1] == run.opening.cash + total
    assert run.equity[-1] == 100_000 + sum(paid(run, "borrow").values())


def test_a_short_and_a_long_pay_for_the_short_alone():
    bars = {"AAPL": "100 | 100 | 100", "IBM": "100 | 100 | 100"}
    run = play(bars, {0: [buy(100, "AAPL"), sell(100, "IBM")]}, BORROWING, cash=CASH)
    assert {event.symbol for event in run.events if event.kind == "borrow"} == {"IBM"}


def test_without_rates_nothing_is_carried():
    levered = dataclasses.replace(FREE, leverage=2.0)
    run = play(WEEK, {0: target(weight=2.0)}, levered, cash=CASH)
    assert kinds(run) == []
