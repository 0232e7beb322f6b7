"""Rows on which nothing can happen are passed over, and no others."""

from datetime import date

import numpy as np
import pytest

from engine import Account, Action, Options, Strategy, simulate
from engine.accepting import accept
from engine.account import opened
from engine.decisions import orders_of
from engine.loop import next_busy
from engine.speed import Loop
from tests.builders.bars import NAN, market

pytestmark = pytest.mark.engine

PRICES = {"FB": [40.0, NAN, NAN, 41.0, 42.0, 43.0], "IBM": [100.0] * 6}
DAY = date(2012, 1, 13)
RULES = Options().rules(tuple(PRICES))


def stood(weights, actions=()):
    made = market(PRICES, actions)
    orders = orders_of(np.array(weights), made, 0, "row")
    return opened(Account.of_cash("1000"), made, 0, orders), made.prices


NOTHING = [[NAN, NAN]] * 6


@pytest.mark.parametrize(("start", "stop", "row"), [(0, 6, 6), (0, 3, 3), (4, 6, 6), (6, 6, 6)])
def test_without_orders_and_actions_every_row_is_passed_over(start, stop, row):
    assert next_busy(*stood(NOTHING), start, stop) == row


def test_an_action_is_not_passed_over():
    action = Action("IBM", DAY, "dividend", 1.0)
    assert [next_busy(*stood(NOTHING, [action]), row, 6) for row in (0, 4, 5)] == [4, 4, 6]


def test_an_order_is_not_passed_over_where_it_is_asked_for():
    weights = [NOTHING[0], NOTHING[0], [NAN, 0.5], *NOTHING[:3]]
    assert [next_busy(*stood(weights), row, 6) for row in (0, 2)] == [2, 2]


@pytest.mark.parametrize(("symbol", "row"), [(0, 3), (1, 1)])
def test_an_order_that_waits_is_looked_at_again_at_its_symbols_next_bar(symbol, row):
    weights = np.full((6, 2), NAN)
    weights[0, symbol] = 0.5
    state, prices = stood(weights)
    accept(state, prices, RULES, 0)
    assert next_busy(state, prices, 1, 6) == row


def test_an_order_for_a_delisted_symbol_waits_for_nothing():
    weights = np.full((6, 2), NAN)
    weights[5, 1] = 0.5
    state, prices = stood(weights, [Action("IBM", DAY, "delisting", 0.0)])
    accept(state, prices, RULES, 5)
    assert next_busy(state, prices, 5, 6) == 6


def test_a_strategy_is_asked_at_closes_to_which_the_loop_is_not(monkeypatch):
    asked, played = [], []

    class Twice(Strategy):
        def on_bar(self, now, broker):
            asked.append(now.row)
            if now.row in (1, 4):
                broker.buy("IBM", quantity=1)

    def advance(self, state, start, stop):
        played.append(start)
        return told(self, state, start, stop)

    told = Loop.advance
    monkeypatch.setattr(Loop, "advance", advance)
    run = simulate(Twice, market({"IBM": [100.0] * 8}))
    assert asked == list(range(8))
    assert played == [0, 2, 5]
    assert [fill.row for fill in run.fills] == [2, 5]
