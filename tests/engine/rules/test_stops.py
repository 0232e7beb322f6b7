"""A stop fills once its price trades, never better; a gap fills it at the open."""

import pytest

from engine import Costs, Options
from tests.builders.scenes import both_sides, buy, check, kinds, play, sell, told, waiting

pytestmark = pytest.mark.engine


@both_sides(
    ("not reached", "100 | 100 104.99 99 101", ""),
    ("touched", "100 | 100 105 99 101", "1 buy 10 at 105"),
    ("traded through", "100 | 100 107 99 106", "1 buy 10 at 105"),
    ("gap", "100 | 108 109 106 107", "1 buy 10 at 108"),
    ("opens at the stop", "100 | 105 106 104 105", "1 buy 10 at 105"),
    ("waits", "100 | 101 | 104 | 103 105 102 104", "3 buy 10 at 105"),
    ("no bar", "100 | - | 108", "2 buy 10 at 108"),
    ("no volume", "100 | 108 v0 | 109", "2 buy 10 at 109"),
    ("unknown volume", "100 | 100 107 99 106 v?", "1 buy 10 at 105"),
    ("last bar", "100 | 104", ""),
    ("fills once", "100 | 106 | 106", "1 buy 10 at 106"),
)
def test_stop(bars, fills, mirror):
    check(bars, {0: buy(10, stop=105)}, fills, mirror=mirror)


@both_sides(("at the next open", "100 | 101", "1 buy 10 at 101"))
def test_a_stop_the_market_is_beyond_already(bars, fills, mirror):
    check(bars, {0: buy(10, stop=97)}, fills, mirror=mirror)


@pytest.mark.parametrize(
    ("bars", "ask", "fills"),
    [
        ("100 | 100 107 99 106", buy(10, stop=105), "1 buy 10 at 106.05"),
        ("100 | 110", buy(10, stop=105), "1 buy 10 at 111.1"),
        ("100 | 100 101 90 91", sell(10, stop=95), "1 sell 10 at 94.05"),
        ("100 | 90", sell(10, stop=95), "1 sell 10 at 89.1"),
    ],
)
def test_slippage_comes_on_top_of_a_stop(bars, ask, fills):
    assert told(play(bars, {0: ask}, Options(costs=Costs(0.0, 100.0)))) == fills


@both_sides(
    ("opens between stop and limit", "100 | 105.5 107 104 106", "1 buy 10 at 105.5"),
    ("opens beyond the limit, comes back", "100 | 107 108 105 106", "1 buy 10 at 106"),
    ("opens beyond the limit, touches it", "100 | 107 108 106 107", ""),
    ("a limit in the next bar", "100 | 107 108 106 107 | 107 108 105.9 107", "2 buy 10 at 106"),
    ("reached inside: next bar", "100 | 100 105 99 104 | 104 106 103 105", "2 buy 10 at 104"),
    ("reached inside: not this bar", "100 | 100 110 99 104", ""),
    (
        "reached inside, then a gap away",
        "100 | 100 105 99 104 | 108 109 107 108 | 107 107 105 106",
        "3 buy 10 at 106",
    ),
    ("stop not reached", "100 | 100 104 90 100 | 100 104 90 100", ""),
    ("no bar", "100 | - | 105.5 107 104 106", "2 buy 10 at 105.5"),
    ("no volume", "100 | 105.5 107 104 106 v0 | 105.2 107 104 106", "2 buy 10 at 105.2"),
    ("last bar", "100 | 100 105 99 104", ""),
)
def test_stop_limit(bars, fills, mirror):
    check(bars, {0: buy(10, stop=105, limit=106)}, fills, mirror=mirror)


def test_a_stop_limit_tells_when_its_stop_was_reached():
    run = play("100 | 100 105 99 104 | 104 106 103 105", {0: buy(10, stop=105, limit=106)})
    assert kinds(run) == ["1 trigger"]


@both_sides(
    ("not reached", "100 | 100 104 99 101", ""),
    ("touched", "100 | 100 105 99 100", "1 buy 10 at 105"),
    ("gap", "100 | 107 108 106 107", "1 buy 10 at 107"),
    ("tested before it is moved", "100 | 100 104.5 90 92 | 92 95 91 94", "2 buy 10 at 95"),
    (
        "follows one way only",
        "100 | 100 101 95 96 | 96 99.9 96 97 | 98 100 97 99",
        "3 buy 10 at 100",
    ),
    ("moved, then a gap", "100 | 100 101 90 91 | 99", "2 buy 10 at 99"),
    ("no bar", "100 | - | 100 105 99 101", "2 buy 10 at 105"),
    ("no volume", "100 | 106 v0 | 107", "2 buy 10 at 107"),
    ("last bar", "100 | 100 101 95 96", ""),
)
def test_trailing_stop(bars, fills, mirror):
    check(bars, {0: buy(10, trail=5)}, fills, mirror=mirror)


@pytest.mark.parametrize(
    ("bars", "ask", "fills"),
    [
        ("100 | 100 104 80 82 | 82 84 81 83", buy(10, trail_share=0.05), "2 buy 10 at 84"),
        ("100 | 100 104 80 82 | 82 83.99 81 83", buy(10, trail_share=0.05), ""),
        ("100 | 100 120 96 119 | 119 120 114 115", sell(10, trail_share=0.05), "2 sell 10 at 114"),
        ("100 | 100 120 95 119", sell(10, trail_share=0.05), "1 sell 10 at 95"),
    ],
)
def test_a_trailing_stop_by_a_share_of_the_best_price(bars, ask, fills):
    assert told(play(bars, {0: ask})) == fills


def test_a_trailing_stop_tells_each_new_best_price():
    run = play("100 | 100 101 95 96 | 96 99 95.5 97 | 97 98 93 94", {0: buy(10, trail=5)})
    trails = [(event.row, event.asked / 1e8) for event in run.events if event.kind == "trail"]
    assert [trail for trail in trails if trail[0] > 0] == [(1, 95.0), (3, 93.0)]
    assert waiting(run) == ["2012-01-09-IBM-1"]


def test_a_stop_is_worked_before_a_limit_of_the_same_bar():
    asks = {0: buy(10), 1: [sell(10, limit=105, reduce_only=True), sell(10, stop=95)]}
    run = play("100 | 100 | 100 106 94 100", asks)
    assert told(run) == "1 buy 10 at 100; 2 sell 10 at 95"
