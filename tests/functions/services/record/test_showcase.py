from dataclasses import replace
from datetime import date

import pytest

import strategies
from functions.services.record import showcase
from functions.services.record.showcase import ALL, SHOWCASE, showcase_of

FROM = date(2020, 1, 2)
CHOICES = [("SPY",), ("BTC/USD", "ETH/USD"), ("A", "B", "C", "D", "E", "F", "G")]


@pytest.mark.parametrize("symbols", CHOICES, ids=len)
def test_the_same_robots_trade_what_somebody_chose(symbols):
    robots = showcase_of(symbols, "24/7", FROM)
    assert [robot.id for robot in robots] == [robot.id for robot in SHOWCASE]
    for robot in robots:
        assert (robot.symbols, robot.calendar, robot.backtest_from) == (symbols, "24/7", FROM)
        strategies.get(robot.strategy)(**robot.parameters)
        assert robot.config()["symbols"] == list(symbols)


@pytest.mark.parametrize("symbols", CHOICES, ids=len)
def test_they_say_what_they_trade_and_nothing_of_the_sample(symbols):
    for robot in showcase_of(symbols, "XNYS", FROM):
        assert symbols[0] in robot.description
        assert "{" not in robot.description
        assert not any(word in robot.description for word in (" share ", " shares ", "five", *ALL))
        assert "holds the one of" not in robot.description or len(symbols) == 2


def test_coins_are_bought_in_parts_and_shares_are_not():
    coins, shares = (showcase_of(("X",), calendar, FROM) for calendar in ("24/7", "XNYS"))
    assert {robot.config()["options"]["lot_size"] for robot in coins} == {1e-8}
    assert {robot.config()["options"]["lot_size"] for robot in shares} == {1.0}


@pytest.mark.parametrize(("symbols", "hold"), [(CHOICES[0], 1), (CHOICES[1], 1), (CHOICES[2], 2)])
def test_winners_are_fewer_than_all(symbols, hold):
    rotation = next(one for one in showcase_of(symbols, "XNYS", FROM) if "momentum" in one.slug)
    assert rotation.parameters["hold"] == hold


def test_a_robot_that_was_added_keeps_its_own_words(monkeypatch):
    mine = replace(SHOWCASE[0], slug="mine", description="Buys {what} it likes.")
    monkeypatch.setattr(showcase, "SHOWCASE", (mine,))
    (robot,) = showcase_of(("SPY", "QQQ"), "XNYS", FROM)
    assert robot.description == mine.description
