"""When market orders fill and when sizes are worked out, where an option says so."""

import dataclasses

import pytest

from tests.builders.scenes import FREE, both_sides, buy, check, play, sell, target, told

pytestmark = pytest.mark.engine

SAME = dataclasses.replace(FREE, fill="same_close")
NEXT = dataclasses.replace(FREE, fill="next_close")
DECIDED = dataclasses.replace(FREE, size_at="decision")
ENDING = dataclasses.replace(FREE, close_at_end=True)


@both_sides(
    ("at the close it was asked at", "100 102 98 101 | 105", "0 buy 10 at 101"),
    ("last bar", "101", "0 buy 10 at 101"),
    ("no volume", "101 v0 | 102 103 101 103", "1 buy 10 at 103"),
    ("its volume", "101 v40 | 102 103 101 103", "0 buy 4 at 101; 1 buy 6 at 103"),
)
def test_same_close(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, SAME, mirror=mirror)


@both_sides(
    ("at the next bar's close", "100 | 101 103 99 102 | 105", "1 buy 10 at 102"),
    ("no bar", "100 | - | 104 106 103 105", "2 buy 10 at 105"),
    ("no volume", "100 | 101 v0 | 104 106 103 105", "2 buy 10 at 105"),
    ("last bar", "100", ""),
)
def test_next_close(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, NEXT, mirror=mirror)


@both_sides(("", "100 102 98 101 | 100 101 94 96", "1 buy 10 at 95"))
def test_resting_orders_never_look_back(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95)}, fills, SAME, mirror=mirror)


@both_sides(
    ("", "100 102 90 100 | 97 98 94 95", "0 buy 10 at 100; 1 sell 10 at 95 stop loss"),
)
def test_a_bracket_entered_at_the_close_is_live_from_the_next_bar(bars, fills, mirror):
    check(bars, {0: buy(10, stop_loss=0.05)}, fills, SAME, mirror=mirror)


def test_weights_at_the_same_close_are_sized_there():
    run = play("100 120 90 110 | 200", {0: target(weight=1.0)}, SAME, cash="110000")
    assert told(run) == "0 buy 1000 at 110"
    assert run.account_at(0).cash == 0


def test_a_turn_at_the_same_close():
    asks = {0: target(weight=1.0), 1: target(weight=-1.0)}
    run = play("100 | 100 112 99 110", asks, SAME, cash="100000")
    assert told(run) == "0 buy 1000 at 100; 1 sell 1000 at 110; 1 sell 1000 at 110"


@pytest.mark.parametrize(("options", "said"), [(FREE, False), (SAME, True), (NEXT, True)])
def test_a_run_says_that_it_filled_at_closes(options, said):
    notes = play("100 | 100", {0: buy(1)}, options).notes
    assert any("close" in note for note in notes) == said


def test_the_size_of_an_open_is_the_opens():
    assert told(play("100 | 125", {0: target(weight=0.5)}, cash="100000")) == "1 buy 400 at 125"


@pytest.mark.parametrize(
    ("ask", "bars", "fills"),
    [
        (target(weight=0.5), "100 | 125", "1 buy 500 at 125"),
        (target(weight=-0.5), "100 | 80", "1 sell 500 at 80"),
        (target(value=50_000), "100 | 125", "1 buy 500 at 125"),
        (buy(value=50_000), "100 | 125", "1 buy 500 at 125"),
        (target(weight=1.0), "100 | 125", "1 buy 800 at 125"),
        (target(weight=0.5), "100 | - | 125", "2 buy 500 at 125"),
    ],
)
def test_sizes_worked_out_at_the_decision(ask, bars, fills):
    assert told(play(bars, {0: ask}, DECIDED, cash="100000")) == fills


def test_a_decided_change_of_a_holding_counts_it_at_the_close():
    asks = {0: target(weight=0.5), 1: target(weight=0.5)}
    run = play(
        "100 | 100 | 100 120 100 120 | 150", {0: asks[0], 2: asks[1]}, DECIDED, cash="100000"
    )
    # At 120 equity is 110,000: 55,000 less the 60,000 held, over 120, is 41 too many.
    assert told(run) == "1 buy 500 at 100; 3 sell 41 at 150"


def test_a_split_between_decision_and_fill_counts_in_new_shares():
    from datetime import date

    from engine import Action
    from tests.builders.scenes import scene

    made = scene("100 | 50", actions=[Action("IBM", date(2012, 1, 10), "split", 2.0)])
    run = play(made, {0: target(weight=0.5)}, DECIDED, cash="100000")
    assert told(run) == "1 buy 1000 at 50"


@both_sides(
    ("closed", "100 | 100 | 110 112 108 111", "1 buy 10 at 100; 2 sell 10 at 111 end"),
    ("nothing to close", "100", ""),
)
def test_close_at_end(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, ENDING, mirror=mirror)


@both_sides(("", "100 | 100 | 110 112 108 111", "1 buy 10 at 100"))
def test_a_position_is_marked_at_the_end_and_not_closed(bars, fills, mirror):
    run = check(bars, {0: buy(10)}, fills, mirror=mirror)
    assert run.equity[-1] == 1_000_110


def test_closing_at_the_end_pays_costs_and_ignores_participation():
    dear = dataclasses.replace(ENDING, costs=dataclasses.replace(FREE.costs, commission_bps=100.0))
    run = play("100 | 100 | 110 v1", {0: buy(10)}, dear)
    assert (run.fills[-1].price, run.fills[-1].commission) == (110.0, 11 * 10**8)
    assert run.account_at(2).positions == {}


def test_a_reduction_at_the_next_close():
    assert told(play("100 | 100 | 100 | 101 104 100 103", {0: buy(5), 2: sell(5)}, NEXT)) == (
        "1 buy 5 at 100; 3 sell 5 at 103"
    )
