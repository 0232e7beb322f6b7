"""How long an order stands: until cancelled, for a day, at the open, at the close."""

import pytest

from tests.builders.scenes import (
    both_sides,
    buy,
    check,
    in_mirror,
    mirrored,
    play,
    refusals,
    scene,
    sell,
    told,
    waiting,
)

pytestmark = pytest.mark.engine

# Two bars to a session: rows 0 and 1, 2 and 3, 4 and 5.


def check_hours(bars, asks, fills, *, mirror):
    made = scene(bars, rows_a_session=2, mirror=mirror)
    run = play(made, mirrored(asks) if mirror else asks)
    assert told(run) == (in_mirror(fills) if mirror else fills), run.ledger()
    return run


@both_sides(
    ("filled in the session", "100 | 94 | 94 | 94", "1 buy 10 at 94"),
    ("not filled in it", "100 | 100 | 94 | 94", ""),
)
def test_a_day_order_of_a_sessions_middle_stands_for_the_rest_of_it(bars, fills, mirror):
    run = check_hours(bars, {0: buy(10, limit=95, tif="day")}, fills, mirror=mirror)
    assert refusals(run) == ([] if fills else ["1 cancel: its time is over"])


@both_sides(
    ("first bar", "100 | 100 | 94 | 94 | 94 | 94", "2 buy 10 at 94"),
    ("last bar", "100 | 100 | 100 | 100 101 94 99 | 94 | 94", "3 buy 10 at 95"),
    ("not filled", "100 | 100 | 100 | 100 | 94 | 94", ""),
    ("no bar in it", "100 | 100 | - | - | 94 | 94", ""),
)
def test_a_day_order_of_the_last_close_stands_for_the_next_session(bars, fills, mirror):
    run = check_hours(bars, {1: buy(10, limit=95, tif="day")}, fills, mirror=mirror)
    assert refusals(run) == ([] if fills else ["3 cancel: its time is over"])


@both_sides(
    ("next day", "100 | 94 | 94", "1 buy 10 at 94"),
    ("a day later", "100 | 100 | 94", ""),
    ("no bar", "100 | - | 94", ""),
    ("no volume", "100 | 94 v0 | 94", ""),
)
def test_a_day_order_over_daily_bars(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95, tif="day")}, fills, mirror=mirror)


@both_sides(
    ("asked in the middle", "100 | 101 | 102 | 103", "2 buy 10 at 102"),
    ("no bar at the open", "100 | 101 | - | 103", ""),
    ("no volume at the open", "100 | 101 | 102 v0 | 103", ""),
)
def test_at_the_open_is_the_next_sessions_first_bar(bars, fills, mirror):
    run = check_hours(bars, {0: buy(10, tif="open")}, fills, mirror=mirror)
    assert refusals(run) == ([] if fills else ["2 cancel: its time is over"])


@both_sides(
    ("filled", "100 | 101 103 99 102 | 103", "1 buy 10 at 101"),
    ("no bar", "100 | - | 103", ""),
)
def test_at_the_open_over_daily_bars(bars, fills, mirror):
    check(bars, {0: buy(10, tif="open")}, fills, mirror=mirror)


@both_sides(
    ("below its limit", "100 | 94 | 94", "1 buy 10 at 94"),
    ("above it at the open", "100 | 100 101 90 95 | 94", ""),
)
def test_a_limit_at_the_open(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95, tif="open")}, fills, mirror=mirror)


@both_sides(
    ("this session's last", "100 | 101 103 99 102 | 103 | 103", "1 buy 10 at 102"),
    ("its bar is missing", "100 | - | 103 | 103", ""),
    ("no volume in it", "100 | 101 103 99 102 v0 | 103 | 103", ""),
)
def test_at_the_close_of_the_session(bars, fills, mirror):
    run = check_hours(bars, {0: buy(10, tif="close")}, fills, mirror=mirror)
    assert refusals(run) == ([] if fills else ["1 cancel: its time is over"])


@both_sides(
    ("next session's last", "100 | 101 | 102 | 103 105 101 104", "3 buy 10 at 104"),
    ("its bar is missing", "100 | 101 | 102 | - | 103 | 103", ""),
)
def test_at_the_close_asked_at_the_last_one(bars, fills, mirror):
    check_hours(bars, {1: buy(10, tif="close")}, fills, mirror=mirror)


@both_sides(
    ("next day's close", "100 | 101 103 99 102 | 103", "1 buy 10 at 102"),
    ("no bar", "100 | - | 103", ""),
)
def test_at_the_close_over_daily_bars(bars, fills, mirror):
    check(bars, {0: buy(10, tif="close")}, fills, mirror=mirror)


@both_sides(("", "100 | 101 103 99 102 v40 | 103", "1 buy 4 at 102"))
def test_what_the_close_could_not_fill_expires(bars, fills, mirror):
    run = check(bars, {0: buy(10, tif="close")}, fills, mirror=mirror)
    assert (waiting(run), refusals(run)) == ([], ["1 cancel: its time is over"])


@both_sides(("", "100 | 101 v40 | 103", "1 buy 4 at 101"))
def test_what_the_open_could_not_fill_expires(bars, fills, mirror):
    run = check(bars, {0: buy(10, tif="open")}, fills, mirror=mirror)
    assert (waiting(run), refusals(run)) == ([], ["1 cancel: its time is over"])


@both_sides(("", "100 | 100 | 100 | 100 | 100 | 94", "5 buy 10 at 94"))
def test_good_till_cancelled_outlives_sessions(bars, fills, mirror):
    check_hours(bars, {0: buy(10, limit=95)}, fills, mirror=mirror)


@both_sides(
    ("an exit at the close", "100 | 100 | 101 103 99 102", "1 buy 10 at 100; 2 sell 10 at 102"),
)
def test_an_exit_at_the_close(bars, fills, mirror):
    check(bars, {0: buy(10), 1: sell(10, tif="close")}, fills, mirror=mirror)


def test_what_is_bought_at_the_close_is_not_stopped_in_that_bar():
    run = play("100 | 100 102 80 100 | 97", {0: buy(10, tif="close", stop_loss=0.05)})
    assert told(run) == "1 buy 10 at 100"
