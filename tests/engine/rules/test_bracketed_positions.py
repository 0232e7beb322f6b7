"""Whose a bracket is: the position's, through increases, reductions, turns and partial fills."""

import numpy as np
import pytest

from engine import Costs, Options, Strategy, Targets
from tests.builders.scenes import (
    both_sides,
    buy,
    check,
    held,
    play,
    protect,
    sell,
    target,
    told,
)

pytestmark = pytest.mark.engine

IN = "1 buy 10 at 100; "


@both_sides(
    (
        "more without a bracket keeps it, at the average price",
        "100 | 90 | 110 | 100 101 96 97 | 97 98 94 95",
        "1 buy 10 at 90; 2 buy 10 at 110; 4 sell 20 at 95 stop loss",
    ),
)
def test_a_bracket_belongs_to_the_position(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.05), 1: buy(10)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    (
        "the later one counts",
        "100 | 100 | 100 | 100 101 96 97 | 97 98 89 95",
        "1 buy 10 at 100; 2 buy 10 at 100; 4 sell 20 at 90 stop loss",
    ),
)
def test_more_with_a_bracket_brings_its_own(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.02), 1: buy(10, stop_loss=0.1)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    (
        "a part is sold",
        "100 | 100 | 104 | 97 98 94 95",
        "1 buy 10 at 100; 2 sell 4 at 104; 3 sell 6 at 95 stop loss",
    ),
)
def test_a_reduction_leaves_the_bracket_as_it_was(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05), 1: sell(4)}, fills, mirror=mirror)


@both_sides(
    (
        "in again",
        "100 | 100 | 100 | 100 | 90",
        "1 buy 10 at 100; 2 sell 10 at 100; 3 buy 10 at 100",
    ),
)
def test_flat_clears_the_bracket(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.05), 1: sell(10), 2: buy(10)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    (
        "short now",
        "100 | 100 | 100 | 104 106 103 104",
        "1 buy 10 at 100; 2 sell 10 at 100; 2 sell 10 at 100; 3 buy 10 at 105 stop loss",
    ),
)
def test_through_zero_the_new_side_has_the_new_bracket(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.02), 1: sell(20, stop_loss=0.05)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    (
        "without one",
        "100 | 100 | 100 | 104 106 103 104 | 96 97 90 91",
        "1 buy 10 at 100; 2 sell 10 at 100; 2 sell 10 at 100",
    ),
)
def test_through_zero_the_old_bracket_is_gone(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.02, take_profit=0.05), 1: sell(20)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(("", "100 | 100 | 100 101 94 95 | 95", IN + "2 sell 10 at 95 stop loss"))
def test_an_exit_never_opens_the_other_side(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.05), 1: sell(10, stop=92, reduce_only=True)}
    run = check(bars, asks, fills, mirror=mirror)
    assert held(run) == 0


@both_sides(
    ("loss", "100 | 100 | 100 101 94 95", IN + "2 sell 10 at 95 stop loss"),
    ("profit", "100 | 100 | 100 106 99 105", IN + "2 sell 10 at 105 take profit"),
)
def test_a_position_can_be_protected_later(bars, fills, mirror):
    asks = {0: buy(10), 1: protect(stop_loss=0.05, take_profit=0.05)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(("", "100 | 100 | 94 | 89", IN + "3 sell 10 at 89 stop loss"))
def test_protection_can_be_changed(bars, fills, mirror):
    asks = {0: buy(10, stop_loss=0.05), 1: protect(stop_loss=0.1)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    (
        "partly, then at the opens",
        "100 | 100 | 99 100 94 95 v50 | 96 97 95 96 v40 | 97",
        IN + "2 sell 5 at 95 stop loss; 3 sell 4 at 96 stop loss; 4 sell 1 at 97 stop loss",
    ),
)
def test_a_stop_loss_that_fills_partly_goes_on_at_the_opens(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05)}, fills, mirror=mirror)


@both_sides(
    (
        "partly, then where it is traded through",
        "100 | 100 | 104 106 103 105 v50 | 104 105 103 104 | 104 107 103 104",
        IN + "2 sell 5 at 105 take profit; 4 sell 5 at 105 take profit",
    ),
)
def test_a_take_profit_that_fills_partly_waits_on(bars, fills, mirror):
    check(bars, {0: buy(10, take_profit=0.05)}, fills, mirror=mirror)


@both_sides(
    (
        "the bracket is live on what came",
        "100 | 100 v40 | 100 101 94 95",
        "1 buy 4 at 100; 2 buy 6 at 100; 2 sell 10 at 95 stop loss",
    ),
)
def test_a_partial_entry_is_protected_too(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05)}, fills, mirror=mirror)


@pytest.mark.parametrize(
    ("bars", "fills"),
    [
        ("100 | 100 | 100 101 94 96", "1 buy 10 at 100; 2 sell 10 at 94.05 stop loss"),
        ("100 | 100 | 100 106 99 104", "1 buy 10 at 100; 2 sell 10 at 105 take profit"),
        ("100 | 100 | 90", "1 buy 10 at 100; 2 sell 10 at 89.1 stop loss"),
    ],
)
def test_slippage_moves_the_loss_and_not_the_profit(bars, fills):
    slipping = Options(costs=Costs(0.0, 100.0))
    asks = {0: buy(10, limit=100.5, stop_loss=0.05, take_profit=0.05)}
    assert told(play(bars, asks, slipping)) == fills


def test_an_exit_bears_the_id_of_the_order_that_brought_the_bracket():
    run = play("100 | 100 | 100 | 90", {0: buy(10, stop_loss=0.05), 1: buy(10)})
    assert [fill.order_id for fill in run.fills] == [
        "2012-01-09-IBM-1",
        "2012-01-10-IBM-1",
        "2012-01-09-IBM-1",
    ]


@both_sides(
    (
        "stays out",
        "100 | 100 | 100 101 94 95 | 95 | 95",
        "1 buy 10 at 100; 2 sell 10 at 95 stop loss",
    ),
)
def test_a_target_with_a_bracket(bars, fills, mirror):
    check(bars, {0: target(quantity=10, stop_loss=0.05)}, fills, mirror=mirror)


class Protected(Strategy):
    """Hold all in one symbol, with exits."""

    def targets(self, market):
        weights = np.full(market.close.shape, 0.5)
        exits = np.full(market.close.shape, 0.05)
        return Targets(weights, stop_loss=exits, take_profit=0.1)


@pytest.mark.parametrize(
    ("bars", "fills"),
    [
        ("100 | 100 | 99 100 94 95 | 95 | 95", "1 buy 5000 at 100; 2 sell 5000 at 95 stop loss"),
        ("100 | 100 | 99 112 98 99", "1 buy 5000 at 100; 2 sell 5000 at 110 take profit"),
    ],
)
def test_targets_may_bring_their_exits(bars, fills):
    assert told(play(bars, Protected)) == fills


@both_sides(("", "100 | 100 | 100 | 90", "1 buy 10 at 100"))
def test_protection_can_be_taken_away(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05), 1: protect()}, fills, mirror=mirror)


def test_a_trailing_exit_over_an_increase_keeps_the_best_price():
    bars = "100 | 100 110 99 108 | 108 | 108 109 103 104"
    # Five hundredths of the average entry, 104, under the best price, 110.
    assert told(play(bars, {0: buy(10, trailing=0.05), 1: buy(10)})) == (
        "1 buy 10 at 100; 2 buy 10 at 108; 3 sell 20 at 104.8 trailing stop"
    )


@both_sides(
    ("of a bracket", "100 | 100 | 100 106 94 100 v0 | 100", "1 buy 10 at 100"),
    ("halted", "100 | 100 | - | 100", "1 buy 10 at 100"),
)
def test_a_bar_in_which_nothing_traded_reaches_no_exit(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05, take_profit=0.05)}, fills, mirror=mirror)


@both_sides(
    (
        "each once",
        "105 | 105 106 94 96 | 97 98 96 97",
        "1 buy 10 at 100; 1 sell 10 at 95 stop loss; 1 buy 10 at 99",
    ),
)
def test_an_order_behind_one_that_was_stopped_at_once_is_filled_once(bars, fills, mirror):
    asks = {0: [buy(10, limit=100, stop_loss=0.05), buy(10, limit=99)]}
    check(bars, asks, fills, mirror=mirror)
