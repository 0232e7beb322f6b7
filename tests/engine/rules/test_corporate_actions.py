"""What splits, dividends and delistings do to positions, resting orders and exits."""

import dataclasses
from datetime import date

import pytest

from engine import Action
from engine.money import UNIT
from tests.builders.scenes import (
    FREE,
    buy,
    held,
    kinds,
    play,
    protect,
    refusals,
    scene,
    sell,
    target,
    told,
    waiting,
)

pytestmark = pytest.mark.engine

SECOND = date(2012, 1, 11)  # the day of row 2
HALVED = Action("IBM", SECOND, "split", 2.0)
GONE = Action("IBM", SECOND, "delisting", float("nan"))
PAID = Action("IBM", SECOND, "delisting", 80.0)


def dividend(amount):
    return Action("IBM", SECOND, "dividend", amount)


def play_with(action, bars, asks, options=FREE, **words):
    return play(scene(bars, actions=[action]), asks, options, **words)


@pytest.mark.parametrize(
    ("ask", "bars", "fills"),
    [
        (buy(10, limit=90), "100 | 100 | 50 51 45 50 | 50 51 44 50", "3 buy 20 at 45"),
        (buy(10, limit=90), "100 | 100 | 44", "2 buy 20 at 44"),
        (sell(10, limit=110), "100 | 100 | 50 56 49 50", "2 sell 20 at 55"),
        (buy(10, stop=110), "100 | 100 | 50 54.9 49 50 | 50 55 49 50", "3 buy 20 at 55"),
        (sell(10, stop=90), "100 | 100 | 50 51 45 50", "2 sell 20 at 45"),
        (buy(10, stop=110, limit=112), "100 | 100 | 55.5 56 54 55", "2 buy 20 at 55.5"),
        (buy(10, trail=5), "100 | 100 101 90 92 | 45 47.5 44 46", "2 buy 20 at 47.5"),
        (sell(10, trail=5), "100 | 100 110 99 108 | 54 55 52.5 53", "2 sell 20 at 52.5"),
        (sell(10, trail_share=0.1), "100 | 100 110 99.5 108 | 54 55 49.5 53", "2 sell 20 at 49.5"),
        (buy(value=9_000, limit=90), "100 | 100 | 50 51 44 50", "2 buy 200 at 45"),
        (target(weight=0.009, limit=90), "100 | 100 | 50 51 44 50", "2 buy 200 at 45"),
        (target(quantity=-10, limit=110), "100 | 100 | 50 56 49 50", "2 sell 20 at 55"),
        (buy(10), "100 | 100 v40 | 50", "1 buy 4 at 100; 2 buy 12 at 50"),
        (
            buy(10, limit=101),
            "100 | 100 v40 | 51 52 50.6 51 | 50.6 51 50.4 50.5",
            "1 buy 4 at 100; 3 buy 12 at 50.5",
        ),
    ],
)
def test_a_split_divides_the_prices_of_resting_orders(ask, bars, fills):
    run = play_with(HALVED, bars, {0: ask})
    assert told(run) == fills, run.ledger()


@pytest.mark.parametrize(
    ("ask", "bars", "fills"),
    [
        (
            buy(10, stop_loss=0.05),
            "100 | 100 | 50 51 47.5 50",
            "1 buy 10 at 100; 2 sell 20 at 47.5 stop loss",
        ),
        (
            sell(10, stop_loss=0.05),
            "100 | 100 | 50 52.5 49 50",
            "1 sell 10 at 100; 2 buy 20 at 52.5 stop loss",
        ),
        (
            buy(10, take_profit=0.1),
            "100 | 100 | 50 55.1 49 50",
            "1 buy 10 at 100; 2 sell 20 at 55 take profit",
        ),
        (
            sell(10, take_profit=0.1),
            "100 | 100 | 50 51 44.9 50",
            "1 sell 10 at 100; 2 buy 20 at 45 take profit",
        ),
        (
            buy(10, trailing=0.05),
            "100 | 100 110 99 108 | 54 55 52.5 54",
            "1 buy 10 at 100; 2 sell 20 at 52.5 trailing stop",
        ),
        (
            sell(10, trailing=0.05),
            "100 | 100 101 90 92 | 46 47.5 45 46",
            "1 sell 10 at 100; 2 buy 20 at 47.5 trailing stop",
        ),
        (buy(10, stop_loss=0.05), "100 | 100 | 50 51 47.6 50", "1 buy 10 at 100"),
        (buy(10, stop_loss=0.6), "100 | 100 | 50 51 47.6 50", "1 buy 10 at 100"),
    ],
)
def test_a_split_divides_the_prices_of_exits(ask, bars, fills):
    assert told(play_with(HALVED, bars, {0: ask})) == fills


def test_a_split_multiplies_a_short():
    run = play_with(HALVED, "100 | 100 | 50", {0: sell(10)})
    assert held(run) == -20
    assert run.equity[-1] == 1_000_000


@pytest.mark.parametrize(
    ("asked", "kept", "cash"),
    [(5, 7, 1_000_000 - 500 + 0.5 * 66), (-5, -7, 1_000_000 + 500 - 0.5 * 66)],
)
def test_the_fraction_a_split_leaves_is_settled_in_cash(asked, kept, cash):
    split = Action("IBM", SECOND, "split", 1.5)
    run = play_with(split, "100 | 100 | 66", {0: target(quantity=asked)})
    assert (held(run), run.account_at(2).cash) == (kept, cash * UNIT)
    assert kinds(run) == ["2 split", "2 cash in lieu"]


def test_a_reverse_split():
    split = Action("IBM", SECOND, "split", 0.1)
    run = play_with(split, "10 | 10 | 100", {0: [buy(25), buy(30, limit=9)]})
    assert held(run) == 2
    assert [order.amount / UNIT for order in run.account_at(2).waiting] == [3]


def test_prices_asked_after_a_split_are_in_the_one_scale():
    run = play_with(HALVED, "100 | 100 | 50 | 50 51 44 50", {2: buy(10, limit=90)})
    assert told(run) == "3 buy 10 at 45"


def test_prices_asked_after_a_dividend_are_in_the_one_scale():
    run = play_with(dividend(20.0), "100 | 100 | 80 | 80 81 70 75", {2: buy(10, limit=90)})
    assert told(run) == "3 buy 10 at 72"


@pytest.mark.parametrize(("asked", "change"), [(10, 20.0), (-10, -20.0)])
def test_a_dividend_pays_the_long_and_debits_the_short(asked, change):
    run = play_with(dividend(2.0), "100 | 100 | 98", {0: target(quantity=asked)})
    assert [event.cash / UNIT for event in run.events if event.kind == "dividend"] == [change]
    assert run.equity[-1] == 1_000_000


@pytest.mark.parametrize("asks", [{1: buy(10)}, {0: buy(10), 1: sell(10), 2: buy(5)}])
def test_a_dividend_counts_what_was_held_before_its_day(asks):
    run = play_with(dividend(2.0), "100 | 100 | 98 | 98", asks)
    held_before = 10 if 0 in asks else 0
    paid = sum(event.cash for event in run.events if event.kind == "dividend")
    assert paid == 2 * held_before * UNIT


@pytest.mark.parametrize(
    ("ask", "bars", "fills"),
    [
        (buy(10, limit=90), "100 | 100 | 95 96 90 95 | 95 96 89 95", "3 buy 10 at 90"),
        (
            buy(10, stop_loss=0.05),
            "100 | 100 | 96 97 95 96",
            "1 buy 10 at 100; 2 sell 10 at 95 stop loss",
        ),
    ],
)
def test_a_dividend_moves_no_resting_order(ask, bars, fills):
    assert told(play_with(dividend(5.0), bars, {0: ask})) == fills


@pytest.mark.parametrize(
    ("asked", "action", "fills"),
    [
        (10, GONE, "1 buy 10 at 100; 2 sell 10 at 90 delisting"),
        (-10, GONE, "1 sell 10 at 100; 2 buy 10 at 90 delisting"),
        (10, PAID, "1 buy 10 at 100; 2 sell 10 at 80 delisting"),
        (-10, PAID, "1 sell 10 at 100; 2 buy 10 at 80 delisting"),
    ],
)
def test_a_delisting_closes_long_and_short(asked, action, fills):
    run = play_with(action, "100 | 100 101 89 90 | -", {0: target(quantity=asked)})
    assert told(run) == fills


def test_a_delisting_ends_what_waits_and_what_protects():
    asks = {0: [buy(10, stop_loss=0.05), buy(5, limit=50), sell(10, limit=200, reduce_only=True)]}
    run = play_with(GONE, "100 | 100 | -", asks)
    assert told(run) == "1 buy 10 at 100; 2 sell 10 at 100 delisting"
    assert waiting(run) == []
    assert len(refusals(run)) == 2


def test_without_a_delisting_a_position_is_marked_at_its_last_close():
    run = play("100 | 100 | 90 | - | -", {0: buy(10)})
    assert (told(run), run.equity[-1]) == ("1 buy 10 at 100", 999_900)
    assert run.stale[:, 0].tolist() == [False, False, False, True, True]


def test_protection_asked_after_a_split_counts_in_new_prices():
    run = play_with(HALVED, "100 | 100 | 50 | 48", {0: buy(10), 2: protect(stop_loss=0.02)})
    assert told(run) == "1 buy 10 at 100; 3 sell 20 at 48 stop loss"


def test_lots_of_fractions_leave_nothing_to_pay():
    fractions = dataclasses.replace(FREE, lot_size=1e-8)
    split = Action("IBM", SECOND, "split", 1.5)
    run = play_with(split, "100 | 100 | 66", {0: buy(5)}, fractions)
    assert (held(run), kinds(run)) == (7.5, ["2 split"])


@pytest.mark.parametrize(
    ("asks", "bars", "fills"),
    [
        ({0: buy(5)}, "100 | 100 v20 | 66 | 66", "1 buy 2 at 100; 2 buy 4 at 66"),
        ({1: buy(5)}, "100 | 100 | 66 | 66", "2 buy 7 at 66"),
    ],
    ids=["partly filled", "not yet"],
)
def test_a_split_leaves_orders_for_whole_lots(asks, bars, fills):
    split = Action("IBM", SECOND, "split", 1.5)
    run = play_with(split, bars, asks)
    assert told(run) == fills
    assert waiting(run) == []
