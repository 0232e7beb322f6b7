"""Bars may carry bid and ask: buys use ask, sales bid; half the spread takes slippage's place."""

import pytest

from engine import Costs, Options
from tests.builders.scenes import both_sides, buy, check, play, told

pytestmark = pytest.mark.engine

SLIPPING = Options(costs=Costs(0.0, 100.0))


@both_sides(
    ("market", "100 q0.5 | 101 q0.5", "1 buy 10 at 101.5"),
    ("gap", "100 q0.5 | 108 q1", "1 buy 10 at 109"),
    ("no bar", "100 q0.5 | - | 101 q0.5", "2 buy 10 at 101.5"),
    ("no volume", "100 q0.5 | 101 q0.5 v0 | 102 q0.5", "2 buy 10 at 102.5"),
    ("unknown volume", "100 q0.5 | 101 q0.5 v?", "1 buy 10 at 101.5"),
)
def test_market_at_the_quotes(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, mirror=mirror)


@both_sides(
    ("ask not low enough", "100 q0.5 | 100 101 94.6 99 q0.5", ""),
    ("ask touches", "100 q0.5 | 100 101 94.5 99 q0.5", ""),
    ("ask trades through", "100 q0.5 | 100 101 94.4 99 q0.5", "1 buy 10 at 95"),
    ("gap", "100 q0.5 | 93 q0.5", "1 buy 10 at 93.5"),
)
def test_a_limit_is_tested_against_the_ask(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95)}, fills, mirror=mirror)


@both_sides(
    ("ask not high enough", "100 q0.5 | 100 104.4 99 100 q0.5", ""),
    ("ask touches", "100 q0.5 | 100 104.5 99 100 q0.5", "1 buy 10 at 105"),
    ("gap", "100 q0.5 | 106 q0.5", "1 buy 10 at 106.5"),
)
def test_a_stop_is_tested_against_the_ask(bars, fills, mirror):
    check(bars, {0: buy(10, stop=105)}, fills, mirror=mirror)


@both_sides(
    (
        "stop-loss at the bid",
        "99.5 q0.5 | 99.5 q0.5 | 99 100 95.5 98 q0.5",
        "1 buy 10 at 100; 2 sell 10 at 95 stop loss",
    ),
)
def test_exits_are_tested_against_the_other_side(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05)}, fills, mirror=mirror)


def test_half_the_spread_replaces_slippage_where_there_is_one():
    run = play("100 q0.5 | 100 q0.5 | 100", {0: buy(10), 1: buy(10)}, SLIPPING)
    assert told(run) == "1 buy 10 at 100.5; 2 buy 10 at 101"


def test_positions_are_marked_at_the_trade_price():
    run = play("100 q0.5 | 100 q0.5 | 110 q2", {0: buy(10)})
    assert run.equity.tolist() == [1_000_000, 999_995, 1_000_095]
