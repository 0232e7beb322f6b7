"""A provider that fails, drips, tells a part, tells nonsense, or tells it otherwise later."""

from decimal import Decimal

import pytest

from engine.errors import RobotPlugError
from tests.faults.evidence import assert_undisturbed
from tests.faults.world import SLOTS, SYMBOLS, days, live_days

LIVE = live_days(SLOTS)
LONG_AGO = days()[0].closes


def fails(market, day):
    market.failing = set(SYMBOLS)


def answers_for_one(market, day):
    market.failing = set(SYMBOLS[1:])


def tells_a_part(market, day):
    market.hidden = {("BBB", day.session)}


def is_dirty(market, day):
    bar = market.bar("CCC", day.session)
    market.told = {("CCC", day.session): (LONG_AGO, bar._replace(low=bar.high + 1))}


def has_no_price(market, day):
    bar = market.bar("CCC", day.session)
    market.told = {("CCC", day.session): (LONG_AGO, bar._replace(close=Decimal("NaN")))}


def was_adjusted_anew(market, day):
    market.scale = Decimal("0.5")


def mended(market):
    market.failing, market.hidden, market.told, market.scale = set(), set(), {}, Decimal(1)


def try_to_collect(world, day):
    try:
        world.collect(day)
    except RobotPlugError:
        return False
    return True


@pytest.mark.parametrize(
    "fault",
    [fails, answers_for_one, tells_a_part, is_dirty, has_no_price, was_adjusted_anew],
)
def test_robots_wait_for_a_provider_and_guess_nothing(world, twin, fault):
    for at, day in enumerate(LIVE):
        if at % 4 == 2:
            fault(world.market, day)
            for _ in range(2):
                try_to_collect(world, day)
                answer = world.advance_to(day)
                assert answer["appended"] == 0
                assert set(answer["waiting"]) == {"breaking", "crossing", "holding"}
            mended(world.market)
        world.play(day)
    assert_undisturbed(world.evidence(), twin)


def test_one_symbol_at_a_time(world, twin):
    for day in LIVE:
        for silent in (set(SYMBOLS), {"BBB", "CCC"}, {"CCC"}):
            world.market.failing = silent
            assert not try_to_collect(world, day)
            assert world.advance_to(day)["appended"] == 0
        mended(world.market)
        world.play(day)
    assert_undisturbed(world.evidence(), twin)


def test_a_bar_told_otherwise_later_never_enters_the_tape(world, twin):
    for at, day in enumerate(LIVE):
        world.play(day)
        for before in LIVE[max(0, at - 1) : at + 1]:
            bar = world.market.bar("AAA", before.session)
            other = bar._replace(volume=bar.volume + at + 1)
            world.market.told["AAA", before.session] = (before.closes, other)
    restated = world.platform.connect().execute("SELECT count(*) FROM bar_versions").fetchone()
    assert restated[0] >= SLOTS - 1
    assert_undisturbed(world.evidence(), twin)
