"""Splits and dividends, booked before the open on what was held before the ex-date."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Account, Action, Costs, Market, Options, Position, simulate
from engine.money import UNIT, to_units
from tests.builders.bars import NAN, bars, market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine

DAY = date(2012, 1, 10)
FREE = Options(costs=Costs(0.0, 0.0))


def holding(quantity):
    return Account(0, {"IBM": Position(to_units(quantity), to_units(quantity) * 90)})


def play(prices, actions, script=None, opening=None):
    made = market({"IBM": prices}, actions)
    return simulate(scripted(script or {}), made, opening=opening, options=FREE)


def test_a_split_multiplies_shares_and_changes_no_value():
    run = play([100.0, 50.0], [Action("IBM", DAY, "split", 2.0)], opening=holding("15"))
    assert run.account_at(1) == Account(0, {"IBM": Position(30 * UNIT, to_units("1350"))})
    assert run.equity.tolist() == [1500.0, 1500.0]


def test_a_fraction_of_a_lot_is_paid_in_cash_at_the_open():
    run = play([100.0, (60.0, 61.0)], [Action("IBM", DAY, "split", 1.5)], opening=holding("15"))
    after = run.account_at(1)
    assert (after.positions["IBM"].quantity, after.cash) == (22 * UNIT, to_units("30"))
    assert after.positions["IBM"].cost == 1350 * UNIT - 30 * UNIT  # a half of 22.5 at 60
    assert "split  0.5 IBM paid in cash, 30.00" in run.ledger()


def test_a_reverse_split_within_a_gap_pays_at_the_last_close_in_new_shares():
    run = play([100.0, NAN], [Action("IBM", DAY, "split", 0.1)], opening=holding("15"))
    assert run.account_at(1).cash == to_units("500")
    assert run.equity.tolist() == [1500.0, 1500.0]


def test_a_dividend_is_paid_on_what_was_held_before():
    buy = {0: lambda broker: broker.buy("IBM", quantity=10)}
    run = play([100.0, 98.0], [Action("IBM", DAY, "dividend", 2.0)], buy, holding("15"))
    assert run.account_at(1).cash == 30 * UNIT  # nothing for the 10, which cash could not pay
    run = play([100.0, 98.0], [Action("IBM", DAY, "dividend", 2.0)], buy)
    assert run.account_at(1).cash == to_units("99020")


def test_a_dividend_on_the_day_of_a_split_is_paid_on_the_new_shares():
    actions = [Action("IBM", DAY, "dividend", 1.0), Action("IBM", DAY, "split", 2.0)]
    run = play([100.0, 49.0], actions, opening=holding("15"))
    assert run.account_at(1).cash == 30 * UNIT


def test_an_order_for_shares_waits_through_a_split_in_new_shares():
    buy = {0: lambda broker: broker.buy("IBM", quantity=57)}
    run = play([100.0, NAN, 50.0], [Action("IBM", DAY, "split", 2.0)], buy)
    assert [order.amount for order in run.account_at(0).waiting] == [57 * UNIT]
    assert [order.amount for order in run.account_at(1).waiting] == [114 * UNIT]
    assert [(fill.row, fill.quantity) for fill in run.fills] == [(2, 114 * UNIT)]


def test_an_order_by_value_is_the_same_after_a_split():
    buy = {0: lambda broker: broker.buy("IBM", value=1000.0)}
    run = play([100.0, 50.0], [Action("IBM", DAY, "split", 2.0)], buy)
    assert [fill.quantity for fill in run.fills] == [20 * UNIT]


@given(
    shares=st.integers(1, 10**6),
    ratio=st.sampled_from([0.05, 0.1, 0.5, 1.5, 2.0, 3.0, 7.0]),
    cents=st.integers(100, 10**6),
)
def test_a_split_changes_no_value(shares, ratio, cents):
    price = cents / 100
    path = np.array([[price], [price / ratio]])
    made = Market.build(("IBM",), bars(path), [Action("IBM", DAY, "split", ratio)])
    run = simulate(scripted({}), made, opening=holding(str(shares)), options=FREE)
    # To the half unit by which one raw price is rounded, for each share.
    assert abs(int(run.equity_units[1] - run.equity_units[0])) <= shares * ratio / 2 + 2
