"""Orders that only reduce, and the targets that take the place of what waits."""

import pytest

from tests.builders.robots import scripted
from tests.builders.scenes import (
    both_sides,
    buy,
    check,
    play,
    refusals,
    sell,
    target,
    told,
    waiting,
)

pytestmark = pytest.mark.engine


@both_sides(
    ("more than is held", "100 | 100 | 101 | 102", "1 buy 10 at 100; 2 sell 10 at 101"),
)
def test_reduce_only_ends_at_zero(bars, fills, mirror):
    check(bars, {0: buy(10), 1: sell(25, reduce_only=True)}, fills, mirror=mirror)


@both_sides(("", "100 | 100 | 101 | 102", ""))
def test_reduce_only_without_a_position_does_nothing(bars, fills, mirror):
    run = check(bars, {0: sell(10, reduce_only=True)}, fills, mirror=mirror)
    assert waiting(run) == []
    assert len(refusals(run)) == 1


@both_sides(("", "100 | 100 | 101 | 102", "1 buy 10 at 100"))
def test_reduce_only_never_adds(bars, fills, mirror):
    check(bars, {0: buy(10), 1: buy(5, reduce_only=True)}, fills, mirror=mirror)


@both_sides(
    (
        "a resting exit asked for with its entry",
        "100 | 100 | 100 106 99 104 | 106",
        "1 buy 10 at 100; 2 sell 10 at 105",
    ),
)
def test_a_resting_exit_waits_for_its_entry(bars, fills, mirror):
    asks = {0: [buy(10), sell(10, limit=105, reduce_only=True)]}
    check(bars, asks, fills, mirror=mirror)


@both_sides(
    ("", "100 | 100 | 100 | 106 | 106", "1 buy 10 at 100; 2 sell 10 at 100; 3 buy 10 at 106"),
)
def test_reduce_only_orders_end_with_their_position(bars, fills, mirror):
    asks = {
        0: buy(10),
        1: [sell(10), sell(10, limit=105, reduce_only=True)],
        2: buy(10),
    }
    run = check(bars, asks, fills, mirror=mirror)
    assert len(refusals(run)) == 1
    assert waiting(run) == []


@both_sides(
    ("", "100 | 100 | 100 | 100 106 99 104", "1 buy 10 at 100; 2 sell 4 at 100; 3 sell 6 at 105"),
)
def test_reduce_only_takes_what_is_left(bars, fills, mirror):
    asks = {0: [buy(10), sell(10, limit=105, reduce_only=True)], 1: sell(4)}
    check(bars, asks, fills, mirror=mirror)


@both_sides(("", "100 | 100 | 94", "2 buy 5 at 94"))
def test_a_new_target_cancels_what_waits(bars, fills, mirror):
    asks = {0: buy(10, limit=95), 1: target(quantity=5)}
    run = check(bars, asks, fills, mirror=mirror)
    assert refusals(run) == ["1 cancel: a new target replaces it"]


@both_sides(
    ("", "100 | 100 | 94 | 106", "1 buy 10 at 100; 2 buy 2 at 94; 3 sell 10 at 106"),
)
def test_a_new_target_leaves_reduce_only_orders(bars, fills, mirror):
    asks = {
        0: [buy(10), sell(10, limit=105, reduce_only=True)],
        1: target(quantity=12),
    }
    check(bars, asks, fills, mirror=mirror)


def test_closing_a_symbol_goes_flat_at_the_next_open():
    for first, fills in [
        (buy(10), "1 buy 10 at 100; 2 sell 10 at 101"),
        (sell(10), "1 sell 10 at 100; 2 buy 10 at 101"),
    ]:
        run = play("100 | 100 | 101", scripted({0: first, 1: lambda b: b.close("IBM")}))
        assert told(run) == fills
