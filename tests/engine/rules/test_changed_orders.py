"""Orders that know each other: one cancels other, cancel, replace."""

import pytest

from engine import OrderError
from tests.builders.desks import check_desk, play_desk
from tests.builders.robots import scripted
from tests.builders.scenes import (
    buy,
    held,
    kinds,
    play,
    refusals,
    sell,
    told,
    waiting,
)

pytestmark = pytest.mark.engine

DIRECTIONS = pytest.mark.parametrize("mirror", [False, True], ids=["", "mirrored"])


def pair(desk):
    desk.ask("low", buy(10, limit=95))
    desk.ask("high", buy(10, stop=105))
    desk.group("low", "high")


@DIRECTIONS
@pytest.mark.parametrize(
    ("bars", "fills"),
    [
        ("100 | 100 101 94 99 | 106", "1 buy 10 at 95"),
        ("100 | 100 106 99 104 | 94", "1 buy 10 at 105"),
        ("100 | 94 106 93 100 | 100", "1 buy 10 at 94"),
        ("100 | 106 107 94 100 | 100", "1 buy 10 at 106"),
        ("100 | 100 106 94 100 | 94", "1 buy 10 at 105"),  # stops are worked before limits
        ("100 | 100 | 100", ""),
        ("100 | - | 94", "2 buy 10 at 94"),
        ("100 | 94 v0 | 106", "2 buy 10 at 106"),
    ],
)
def test_the_first_fill_cancels_the_others(bars, fills, mirror):
    run = check_desk(bars, {0: pair}, fills, mirror)
    assert refusals(run) == (
        [f"{run.fills[0].row} cancel: another order of its group filled"] if fills else []
    )
    assert len(waiting(run)) == (0 if fills else 2)


@DIRECTIONS
def test_a_partial_fill_cancels_the_others_too(mirror):
    bars = "100 | 100 101 94 99 v40 | 106 | 94"
    check_desk(bars, {0: pair}, "1 buy 4 at 95; 3 buy 6 at 94", mirror)


def test_three_in_a_group():
    def three(desk):
        desk.ask("low", buy(10, limit=95))
        desk.ask("high", buy(10, stop=105))
        desk.ask("far", buy(10, limit=90))
        desk.group("low", "high", "far")

    run = play_desk("100 | 100 101 89 95 | 100", {0: three})
    assert told(run) == "1 buy 10 at 95"
    assert waiting(run) == []


def test_cancelling_one_of_a_group_leaves_the_other():
    run = play_desk("100 | 100 | 94", {0: pair, 1: lambda desk: desk.cancel("high")})
    assert told(run) == "2 buy 10 at 94"


def test_a_rejected_one_leaves_the_other():
    def rejected_and_resting(desk):
        desk.ask("much", buy(50_000))
        desk.ask("low", buy(10, limit=95))
        desk.group("much", "low")

    run = play_desk("100 | 100 | 94", {0: rejected_and_resting})
    assert told(run) == "2 buy 10 at 94"


@DIRECTIONS
def test_a_cancelled_order_is_gone_before_the_next_bar(mirror):
    script = {0: lambda d: d.ask("a", buy(10, limit=95)), 1: lambda d: d.cancel("a")}
    run = check_desk("100 | 100 | 90 | 90", script, "", mirror)
    assert (waiting(run, 0), waiting(run, 1)) == (["2012-01-09-IBM-1"], [])
    assert refusals(run) == ["1 cancel: as asked"]


def test_cancelling_what_was_asked_at_the_same_close():
    script = {0: lambda d: (d.ask("a", buy(10)), d.cancel("a"))}
    run = play_desk("100 | 100 | 100", script)
    assert (told(run), waiting(run, 0)) == ("", [])


def test_cancelling_what_has_filled_changes_nothing():
    script = {0: lambda d: d.ask("a", buy(10)), 1: lambda d: d.cancel("a")}
    run = play_desk("100 | 100 | 100", script)
    assert (told(run), held(run)) == ("1 buy 10 at 100", 10)


def test_cancelling_the_rest_of_a_partial_fill():
    script = {0: lambda d: d.ask("a", buy(10)), 1: lambda d: d.cancel("a")}
    assert told(play_desk("100 | 100 v40 | 100", script)) == "1 buy 4 at 100"


def test_cancel_all_by_symbol_and_altogether():
    bars = {"AAPL": "100 | 100 | 90 | 90", "IBM": "100 | 100 | 90 | 90"}

    def both(broker):
        for symbol in ("AAPL", "IBM"):
            broker.buy(symbol, quantity=10, limit=95)

    one = play(bars, scripted({0: both, 1: lambda broker: broker.cancel_all("IBM")}))
    assert told(one) == "2 buy 10 AAPL at 90"
    none = play(bars, scripted({0: both, 1: lambda broker: broker.cancel_all()}))
    assert told(none) == ""


@DIRECTIONS
@pytest.mark.parametrize(
    ("words", "bars", "fills"),
    [
        ({"limit": 97}, "100 | 100 | 100 101 96 99", "2 buy 10 at 97"),
        ({"limit": 90}, "100 | 100 | 100 101 91 99", ""),
        ({"quantity": 20}, "100 | 100 | 100 101 94 99", "2 buy 20 at 95"),
        ({"quantity": 5, "limit": 97}, "100 | 100 | 96", "2 buy 5 at 96"),
        ({"limit": 97}, "100 | 100 101 94 99 | 96", "1 buy 10 at 95"),
    ],
)
def test_a_replaced_order_stands_changed_from_the_next_bar(words, bars, fills, mirror):
    script = {
        0: lambda d: d.ask("a", buy(10, limit=95)),
        1: lambda d: d.replace("a", **words),
    }
    check_desk(bars, script, fills, mirror)


def test_a_replacement_takes_the_others_place():
    script = {
        0: lambda d: d.ask("a", buy(10, limit=95)),
        1: lambda d: d.replace("a", limit=97),
    }
    run = play_desk("100 | 100 | 100", script)
    assert len(waiting(run, 1)) == 1


def test_a_replaced_stop_moves():
    script = {
        0: lambda d: (d.ask("in", buy(10)), d.ask("out", sell(10, stop=90, reduce_only=True))),
        1: lambda d: d.replace("out", stop=96),
    }
    run = play_desk("100 | 100 | 100 101 95 97", script)
    assert told(run) == "1 buy 10 at 100; 2 sell 10 at 96"


def test_the_broker_tells_the_orders_that_wait():
    seen = []

    def look(broker):
        seen.append((broker.waiting("IBM"), len(broker.orders("IBM"))))

    play(
        "100 | 100 | 94 | 94",
        scripted({0: buy(10, limit=95), 1: look, 2: look}),
    )
    assert seen == [(1, 1), (0, 0)]


def test_a_ticket_of_another_run_is_refused():
    tickets = []
    play("100 | 100", scripted({0: lambda b: tickets.append(b.buy("IBM", quantity=1, limit=50))}))
    with pytest.raises((OrderError, TypeError)):
        play("100 | 100", scripted({0: lambda b: b.cancel(tickets[0] and "no ticket")}))


def test_cancel_events_name_the_order():
    script = {0: lambda d: d.ask("a", buy(10, limit=95)), 1: lambda d: d.cancel("a")}
    run = play_desk("100 | 100 | 100", script)
    assert kinds(run, "cancel") == ["1 cancel"]
