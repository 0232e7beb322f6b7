"""A market order fills at its symbol's next open, moved by slippage against you."""

import pytest

from engine import Costs, Options
from engine.state import KINDS, REJECT
from tests.builders.scenes import FREE, both_sides, buy, check, play, sell, told, waiting

pytestmark = pytest.mark.engine


@both_sides(
    ("next open", "100 | 101 103 99 102", "1 buy 10 at 101"),
    ("gap up", "100 | 108", "1 buy 10 at 108"),
    ("gap down", "100 | 92", "1 buy 10 at 92"),
    ("no bar", "100 | - | 102 103 99 101", "2 buy 10 at 102"),
    ("no volume", "100 | 100 v0 | 101 v0 | 102", "3 buy 10 at 102"),
    ("unknown volume", "100 | 101 v?", "1 buy 10 at 101"),
    ("last bar", "100", ""),
    ("nothing but halts", "100 | - | -", ""),
)
def test_market(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, mirror=mirror)


@pytest.mark.parametrize(
    ("ask", "fills"), [(buy(10), "1 buy 10 at 101"), (sell(10), "1 sell 10 at 99")]
)
def test_slippage_moves_a_market_order_against_you(ask, fills):
    slipping = Options(costs=Costs(0.0, 100.0))
    assert told(play("100 | 100", {0: ask}, slipping)) == fills


def test_what_was_asked_at_the_last_close_still_waits():
    run = play("100", {0: buy(10)})
    assert (run.fills, waiting(run)) == ((), ["2012-01-09-IBM-1"])


@both_sides(("", "100 | 101 | 102 | 103", "1 buy 10 at 101; 2 sell 10 at 102; 2 sell 5 at 102"))
def test_a_change_through_zero_is_two_fills_of_one_order(bars, fills, mirror):
    run = check(bars, {0: buy(10), 1: sell(15)}, fills, mirror=mirror)
    assert [fill.order_id for fill in run.fills[1:]] == ["2012-01-10-IBM-1"] * 2
    assert [fill.pnl is None for fill in run.fills] == [True, False, True]


@both_sides(
    ("more", "100 | 100 | 100", "1 buy 10 at 100; 2 buy 15 at 100"),
)
def test_buys_add(bars, fills, mirror):
    check(bars, {0: buy(10), 1: buy(15)}, fills, mirror=mirror)


def test_orders_of_one_close_fill_reductions_first_and_then_by_symbol():
    bars = {"AAPL": "50 | 50 | 50", "IBM": "100 | 100 | 100"}
    asks = {0: buy(10, "IBM"), 1: [buy(4, "AAPL"), sell(10, "IBM")]}
    run = play(bars, asks)
    assert told(run) == ("1 buy 10 IBM at 100; 2 sell 10 IBM at 100; 2 buy 4 AAPL at 50")


def test_a_rejection_is_an_event_and_no_exception():
    run = play("100 | 100", {0: buy(20_000)}, FREE)
    assert [event.kind for event in run.events] == [KINDS[REJECT]]


@both_sides(
    ("", "100 | 100", "1 buy 30 at 100; 1 sell 30 at 100; 1 sell 350 at 100"),
)
def test_opposite_orders_of_one_close(bars, fills, mirror):
    check(bars, {0: [buy(30), sell(380)]}, fills, mirror=mirror)
