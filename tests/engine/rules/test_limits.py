"""A limit fills only when a bar trades through it, at its price or at a better open."""

import dataclasses

import pytest

from engine import Costs, Options
from tests.builders.scenes import FREE, both_sides, buy, check, play, told, waiting

pytestmark = pytest.mark.engine

TOUCH = dataclasses.replace(FREE, limit_touch=True)


@both_sides(
    ("not reached", "100 | 100 103 96 101", ""),
    ("touched", "100 | 100 103 95 101", ""),
    ("traded through", "100 | 100 103 94.99 101", "1 buy 10 at 95"),
    ("gap", "100 | 93 96 92 95", "1 buy 10 at 93"),
    ("gap and nothing else", "100 | 93", "1 buy 10 at 93"),
    ("opens at the limit", "100 | 95 97 95 96", ""),
    ("opens at the limit and goes on", "100 | 95 97 94 96", "1 buy 10 at 95"),
    ("waits", "100 | 99 100 98 99 | 99 | 98 99 94 97", "3 buy 10 at 95"),
    ("no bar", "100 | - | 98 99 94 97", "2 buy 10 at 95"),
    ("no volume", "100 | 100 103 94 101 v0 | 100 103 94 101", "2 buy 10 at 95"),
    ("gap without volume", "100 | 93 v0 | 92", "2 buy 10 at 92"),
    ("unknown volume", "100 | 100 103 94 101 v?", "1 buy 10 at 95"),
    ("last bar", "100 | 100 103 96 101 | 94", "2 buy 10 at 94"),
    ("fills once", "100 | 94 | 94", "1 buy 10 at 94"),
)
def test_limit(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95)}, fills, mirror=mirror)


@both_sides(
    ("not reached", "100 | 100 103 95.01 101", ""),
    ("touched", "100 | 100 103 95 101", "1 buy 10 at 95"),
    ("opens at the limit", "100 | 95 97 95 96", "1 buy 10 at 95"),
    ("traded through", "100 | 100 103 94 101", "1 buy 10 at 95"),
    ("gap", "100 | 93 96 92 95", "1 buy 10 at 93"),
    ("no volume", "100 | 100 103 95 101 v0", ""),
)
def test_limit_filled_on_touch(bars, fills, mirror):
    check(bars, {0: buy(10, limit=95)}, fills, TOUCH, mirror=mirror)


@both_sides(("fills at the open", "100 | 101 103 99 102", "1 buy 10 at 101"))
def test_a_limit_beyond_the_market(bars, fills, mirror):
    check(bars, {0: buy(10, limit=104)}, fills, mirror=mirror)


@pytest.mark.parametrize("bars", ["100 | 100 103 94 101", "100 | 93"])
def test_a_limit_is_not_moved_by_slippage(bars):
    slipping = Options(costs=Costs(0.0, 100.0))
    run = play(bars, {0: buy(10, limit=95)}, slipping)
    assert run.fills[0].price in (95.0, 93.0)
    assert run.fills[0].slippage == 0


def test_a_limit_that_was_never_reached_waits_on():
    run = play("100 | 100 | 100", {0: buy(10, limit=95)})
    assert (told(run), waiting(run)) == ("", ["2012-01-09-IBM-1"])


def test_what_rested_at_its_limit_pays_the_makers_commission():
    maker = Options(costs=Costs(commission_bps=100.0, slippage_bps=0.0, maker_bps=10.0))
    rested, gapped, market = (
        play(bars, {0: ask}, maker).fills[0]
        for bars, ask in [
            ("100 | 100 103 94 101", buy(10, limit=95)),
            ("100 | 93", buy(10, limit=95)),
            ("100 | 100", buy(10)),
        ]
    )
    assert [fill.commission / 1e8 for fill in (rested, gapped, market)] == [0.95, 9.3, 10.0]
    assert [fill.reason for fill in (rested, gapped, market)] == ["limit", None, None]


@both_sides(
    ("sells what it bought", "100 | 94 | 100 106 99 104", "1 buy 10 at 94; 2 sell 10 at 105")
)
def test_limits_on_both_sides(bars, fills, mirror):
    from tests.builders.scenes import sell

    check(bars, {0: [buy(10, limit=95), sell(10, limit=105)]}, fills, mirror=mirror)
