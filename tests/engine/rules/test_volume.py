"""At most a share of a bar's volume fills; the rest waits."""

import dataclasses

import pytest

from tests.builders.scenes import (
    FREE,
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

HALF = dataclasses.replace(FREE, participation=0.5)


@both_sides(
    (
        "market",
        "100 | 101 v40 | 102 v40 | 103 v40",
        "1 buy 4 at 101; 2 buy 4 at 102; 3 buy 2 at 103",
    ),
    ("whole lots", "100 | 101 v39 | 102", "1 buy 3 at 101; 2 buy 7 at 102"),
    ("less than a lot", "100 | 101 v9 | 102", "2 buy 10 at 102"),
    ("just enough", "100 | 101 v100", "1 buy 10 at 101"),
    ("none in between", "100 | 101 v40 | 102 v0 | - | 103", "1 buy 4 at 101; 4 buy 6 at 103"),
    ("unknown in between", "100 | 101 v40 | 102 v?", "1 buy 4 at 101; 2 buy 6 at 102"),
    ("last bar", "100 | 101 v40", "1 buy 4 at 101"),
)
def test_market_orders_take_their_share(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, mirror=mirror)


@both_sides(
    (
        "limit",
        "100 | 100 101 94 99 v40 | 100 101 96 99 | 100 101 94 99",
        "1 buy 4 at 95; 3 buy 6 at 95",
    ),
    ("limit, then a gap", "100 | 100 101 94 99 v40 | 93", "1 buy 4 at 95; 2 buy 6 at 93"),
)
def test_a_limit_that_fills_partly_stays_a_limit(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95)}, fills, mirror=mirror)


@both_sides(
    (
        "goes on at the opens",
        "100 | 100 106 99 104 v40 | 101 | 102",
        "1 buy 4 at 105; 2 buy 6 at 101",
    ),
)
def test_a_stop_that_fills_partly_was_reached(bars, fills, mirror):
    check(bars, {0: buy(10, stop=105)}, fills, mirror=mirror)


@both_sides(("", "100 | 100 101 94 99 v40 | 94", "1 buy 4 at 100; 2 buy 6 at 94; 2 buy 5 at 94"))
def test_what_fills_at_the_open_leaves_less_for_the_rest_of_the_bar(bars, fills, mirror):
    check(bars, {0: [buy(10), buy(5, limit=95)]}, fills, mirror=mirror)


@both_sides(
    (
        "",
        "100 | 100 v40 | 100 v60 | 100",
        "1 buy 4 at 100; 2 buy 4 at 100; 2 buy 2 at 100; 3 buy 6 at 100",
    )
)
def test_orders_share_one_bars_volume_in_the_order_of_asking(bars, fills, mirror):
    check(bars, {0: [buy(8), buy(8)]}, fills, mirror=mirror)


@both_sides(("half", "100 | 101 v10 | 102 v10", "1 buy 5 at 101; 2 buy 5 at 102"))
def test_participation_is_an_option(bars, fills, mirror):
    check(bars, {0: buy(10)}, fills, HALF, mirror=mirror)


@both_sides(("", "100 | 101 v40 | 102 v40 | 103", "1 buy 4 at 101; 2 buy 4 at 102"))
def test_a_new_target_cancels_the_rest(bars, fills, mirror):
    asks = {0: target(quantity=10), 2: target(quantity=8)}
    run = check(bars, asks, fills, mirror=mirror)
    assert refusals(run)[0] == "2 cancel: a new target replaces it"


def test_a_partly_filled_weight_keeps_its_quantity():
    run = play("100 | 100 v4000 | 200 | 200", {0: target(weight=0.1)})
    assert told(run) == "1 buy 400 at 100; 2 buy 600 at 200"


@both_sides(("", "100 | 101 v40 | 102", "1 buy 4 at 101"))
def test_the_rest_of_a_day_order_expires(bars, fills, mirror):
    run = check(bars, {0: buy(10, tif="day")}, fills, mirror=mirror)
    assert (waiting(run), refusals(run)) == ([], ["1 cancel: its time is over"])


def test_a_fill_tells_what_is_left_of_its_order():
    run = play("100 | 101 v40 | 102 v40 | 103", {0: buy(10)})
    left = [event.asked / 1e8 for event in run.events if event.kind == "fill"]
    assert left == [6, 2, 0]


def test_a_run_says_when_volume_was_unknown():
    known, unknown = (play(f"100 | 100 {volume}", {0: buy(10)}) for volume in ("v1000", "v?"))
    assert not any("volume" in note for note in known.notes)
    assert any("volume" in note for note in unknown.notes)


def test_a_sale_and_a_purchase_share_the_bar():
    run = play("100 | 100 | 100 v100 | 100", {0: buy(20), 1: [sell(8), buy(8)]})
    assert told(run) == "1 buy 20 at 100; 2 sell 8 at 100; 2 buy 2 at 100; 3 buy 6 at 100"
