"""The exits attached to a position: stop-loss, take-profit and trailing stop."""

import dataclasses

import pytest

from tests.builders.scenes import (
    FREE,
    both_sides,
    buy,
    check,
    kinds,
    play,
    sell,
    told,
)

pytestmark = pytest.mark.engine

TOUCH = dataclasses.replace(FREE, limit_touch=True)
HOPEFUL = dataclasses.replace(FREE, take_profit_first=True)
IN = "1 buy 10 at 100; "


@both_sides(
    ("not reached", "100 | 100 | 99 100 95.01 96", "1 buy 10 at 100"),
    ("touched", "100 | 100 | 99 100 95 96", IN + "2 sell 10 at 95 stop loss"),
    ("traded through", "100 | 100 | 99 100 90 96", IN + "2 sell 10 at 95 stop loss"),
    ("gap", "100 | 100 | 93 94 92 93", IN + "2 sell 10 at 93 stop loss"),
    ("in the entry's bar", "100 | 100 101 94 96", IN + "1 sell 10 at 95 stop loss"),
    ("no bar", "100 | 100 | - | 94", IN + "3 sell 10 at 94 stop loss"),
    ("no volume", "100 | 100 | 94 v0 | 93", IN + "3 sell 10 at 93 stop loss"),
    ("unknown volume", "100 | 100 | 99 100 95 96 v?", IN + "2 sell 10 at 95 stop loss"),
    ("last bar", "100 | 100 | 96", "1 buy 10 at 100"),
)
def test_stop_loss(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05)}, fills, mirror=mirror)


@both_sides(
    ("not reached", "100 | 100 | 105 109.99 104 108", "1 buy 10 at 100"),
    ("touched", "100 | 100 | 105 110 104 108", "1 buy 10 at 100"),
    ("traded through", "100 | 100 | 105 110.01 104 108", IN + "2 sell 10 at 110 take profit"),
    ("gap", "100 | 100 | 112 113 111 112", IN + "2 sell 10 at 112 take profit"),
    ("in the entry's bar", "100 | 100 111 99 105", IN + "1 sell 10 at 110 take profit"),
    ("no bar", "100 | 100 | - | 111", IN + "3 sell 10 at 111 take profit"),
    ("no volume", "100 | 100 | 111 v0 | 112", IN + "3 sell 10 at 112 take profit"),
    ("last bar", "100 | 100 | 109", "1 buy 10 at 100"),
)
def test_take_profit(bars, fills, mirror):
    check(bars, {0: buy(10, take_profit=0.1)}, fills, mirror=mirror)


@both_sides(
    ("touched", "100 | 100 | 105 110 104 108", IN + "2 sell 10 at 110 take profit"),
    ("not reached", "100 | 100 | 105 109.99 104 108", "1 buy 10 at 100"),
)
def test_take_profit_on_touch(bars, fills, mirror):
    check(bars, {0: buy(10, take_profit=0.1)}, fills, TOUCH, mirror=mirror)


@both_sides(
    ("follows the best price", "100 | 100 110 99 108 | 108 109 104 106", "2 sell 10 at 105"),
    ("touched", "100 | 100 110 99 108 | 108 109 105 106", "2 sell 10 at 105"),
    ("not reached", "100 | 100 110 99 108 | 108 109 105.01 106", ""),
    ("gap", "100 | 100 110 99 108 | 103", "2 sell 10 at 103"),
    ("at the entry's level in its bar", "100 | 100 110 94 108", "1 sell 10 at 95"),
    ("never back", "100 | 100 110 99 108 | 107 108 106 107 | 106 107 104 105", "3 sell 10 at 105"),
    ("no bar", "100 | 100 110 99 108 | - | 104", "3 sell 10 at 104"),
    ("no volume", "100 | 100 110 99 108 | 104 v0 | 103", "3 sell 10 at 103"),
)
def test_trailing_exit(bars, fills, mirror):
    told_fills = f"{IN}{fills} trailing stop" if fills else IN.rstrip("; ")
    check(bars, {0: buy(10, trailing=0.05)}, told_fills, mirror=mirror)


@both_sides(
    ("inside", "100 | 100 | 100 111 94 100", IN + "2 sell 10 at 95 stop loss"),
    ("in the entry's bar", "100 | 100 111 94 100", IN + "1 sell 10 at 95 stop loss"),
)
def test_both_in_one_bar_take_the_loss(bars, fills, mirror):
    run = check(bars, {0: buy(10, stop_loss=0.05, take_profit=0.1)}, fills, mirror=mirror)
    assert run.ambiguous_bars == 1
    assert [kind for kind in kinds(run) if "ambiguous" in kind] == [f"{run.fills[1].row} ambiguous"]


@both_sides(
    ("gap beyond the profit", "100 | 100 | 111 112 94 100", IN + "2 sell 10 at 111 take profit"),
    ("gap beyond the loss", "100 | 100 | 94 112 93 100", IN + "2 sell 10 at 94 stop loss"),
    ("profit touched alone", "100 | 100 | 100 110 94 100", IN + "2 sell 10 at 95 stop loss"),
    (
        "on two days",
        "100 | 100 | 100 109 96 100 | 100 111 96 100",
        IN + "3 sell 10 at 110 take profit",
    ),
)
def test_what_is_not_ambiguous(bars, fills, mirror):
    run = check(bars, {0: buy(10, stop_loss=0.05, take_profit=0.1)}, fills, mirror=mirror)
    assert run.ambiguous_bars == 0


@both_sides(
    ("inside", "100 | 100 | 100 111 94 100", IN + "2 sell 10 at 110 take profit"),
    ("in the entry's bar", "100 | 100 111 94 100", IN + "1 sell 10 at 110 take profit"),
    ("loss alone", "100 | 100 | 100 109 94 100", IN + "2 sell 10 at 95 stop loss"),
)
def test_with_the_take_profit_first(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05, take_profit=0.1)}, fills, HOPEFUL, mirror=mirror)


def test_the_result_range_is_this_run_and_the_one_with_the_take_profit_first():
    asks = {0: buy(10, stop_loss=0.05, take_profit=0.1)}
    worse, better = play("100 | 100 | 100 111 94 100 | 90", asks).result_range()
    assert (told(worse), told(better)) == (
        IN + "2 sell 10 at 95 stop loss",
        IN + "2 sell 10 at 110 take profit",
    )
    assert worse.equity[-1] == 1_000_000 - 50
    assert better.equity[-1] == 1_000_000 + 100


@both_sides(
    ("no profit in its bar", "105 | 105 106 99 103", IN.rstrip("; ")),
    (
        "profit in the next bar",
        "105 | 105 106 99 103 | 103 106 102 104",
        IN + "2 sell 10 at 105 take profit",
    ),
    ("profit by the next gap", "105 | 105 106 99 103 | 107", IN + "2 sell 10 at 107 take profit"),
    ("loss in its bar", "105 | 105 106 94 96", IN + "1 sell 10 at 95 stop loss"),
)
def test_an_entry_by_limit_inside_the_bar(bars, fills, mirror):
    asks = {0: buy(10, limit=100, stop_loss=0.05, take_profit=0.05)}
    run = check(bars, asks, fills, mirror=mirror)
    assert run.ambiguous_bars == (1 if "stop loss" in fills else 0)


@both_sides(
    ("no profit in its bar", "98 | 98 106 97 105", IN.rstrip("; ")),
    ("loss in its bar, at its level", "98 | 98 102 94 96", IN + "1 sell 10 at 95 stop loss"),
    (
        "loss above the open, at its level",
        "94 | 94 102 93 101",
        IN + "1 sell 10 at 95 stop loss",
    ),
    (
        "profit in the next bar",
        "98 | 98 103 97 102 | 102 106 101 105",
        IN + "2 sell 10 at 105 take profit",
    ),
)
def test_an_entry_by_stop_inside_the_bar(bars, fills, mirror):
    asks = {0: buy(10, stop=100, stop_loss=0.05, take_profit=0.05)}
    run = check(bars, asks, fills, mirror=mirror)
    assert run.ambiguous_bars == (1 if "stop loss" in fills else 0)


@pytest.mark.parametrize(
    ("bars", "ask", "fills"),
    [
        (
            "105 | 99 106 97 104",
            buy(10, limit=100, take_profit=0.05),
            "1 buy 10 at 99; 1 sell 10 at 103.95 take profit",
        ),
        (
            "95 | 101 103 94 96",
            sell(10, limit=100, take_profit=0.05),
            "1 sell 10 at 101; 1 buy 10 at 95.95 take profit",
        ),
    ],
)
def test_an_entry_by_the_opening_gap_has_its_whole_bracket_live(bars, ask, fills):
    assert told(play(bars, {0: ask})) == fills
