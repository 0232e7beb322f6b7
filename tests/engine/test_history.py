"""The account after each row, folded from events, is the account the loop left behind."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Account, Action, Bracket, simulate
from engine.account import opened
from engine.money import UNIT
from engine.orders import Orders
from engine.positions import DISTANCES
from engine.reasons import REASONS
from engine.state import IS_RUINED, LIQUIDATING, NONE
from engine.tables import empty_table
from tests.builders.bars import market
from tests.builders.robots import scripted
from tests.builders.worlds import any_options, markets, random_script

pytestmark = pytest.mark.engine

WAITING = ("amount", "limit", "stop", "trail")
DONE = ("filled", "value", "maker", "fee", "best")


def left_behind(run):
    """What the loop's own state says of the account, as plain values."""
    state, symbols = run.state, run.market.symbols
    waiting, brackets = state.waiting, state.brackets
    orders = []
    for i in range(int(waiting.used[0])):
        order = run.orders[int(waiting.order[i])]
        values = [int(getattr(waiting, name)[i]) for name in (*WAITING, *DONE)]
        left = None if waiting.left[i] == NONE else int(waiting.left[i])
        timed = None if order.tif == "gtc" else int(waiting.session[i])
        orders.append((order.id, *values, left, bool(waiting.triggered[i]), timed))
    exits = {
        symbol: (
            *(int(getattr(brackets, name)[at]) for name in (*DISTANCES, "best")),
            REASONS.get(int(brackets.exiting[at])),
        )
        for at, symbol in enumerate(symbols)
        if any(getattr(brackets, name)[at] for name in DISTANCES)
    }
    held = {
        symbol: (int(state.quantity[at]), int(state.cost[at]), int(state.basis[at]))
        for at, symbol in enumerate(symbols)
        if state.quantity[at] != 0
    }
    flags = bool(state.flags[LIQUIDATING]), bool(state.flags[IS_RUINED])
    return int(state.money[0]), held, exits, orders, flags


def told(run, account):
    """The same of an account."""
    row = len(run.market.sessions)
    column = {symbol: at for at, symbol in enumerate(run.market.symbols)}
    state = opened(account, run.market, row, empty_table(Orders, 0))
    orders = []
    for i, order in enumerate(account.waiting):
        done = order.progress
        values = [getattr(order, name) for name in WAITING] + [getattr(done, name) for name in DONE]
        timed = None if order.tif == "gtc" else int(state.waiting.session[i])
        orders.append((order.id, *values, done.left, done.triggered, timed))
    assert [column[order.symbol] for order in account.waiting] == sorted(
        column[order.symbol] for order in account.waiting
    )
    exits = {
        symbol: (*(getattr(held.bracket, name) for name in (*DISTANCES, "best", "exiting")),)
        for symbol, held in account.positions.items()
        if held.bracket is not None
    }
    held = {
        symbol: (one.quantity, one.cost, one.basis) for symbol, one in account.positions.items()
    }
    return account.cash, held, exits, orders, (account.liquidating, account.ruined)


@settings(deadline=None, max_examples=60)
@given(made=markets(), options=any_options(), seed=st.integers(0, 10**6))
def test_the_folded_account_is_the_one_the_loop_left(made, options, seed):
    run = simulate(random_script(seed), made, options=options)
    assert told(run, run.account_at(len(made.sessions) - 1)) == left_behind(run)


@settings(deadline=None, max_examples=30)
@given(made=markets(), options=any_options(), seed=st.integers(0, 10**6))
def test_an_account_comes_back_from_its_text_as_it_was(made, options, seed):
    run = simulate(random_script(seed), made, options=options)
    for row in range(len(made.sessions)):
        account = run.account_at(row)
        assert Account.from_dict(account.to_dict()) == account


@settings(deadline=None, max_examples=60)
@given(
    made=markets(),
    options=any_options(),
    seed=st.integers(0, 10**6),
    share=st.floats(0.1, 0.9),
)
def test_a_run_goes_on_from_the_account_that_it_left(made, options, seed, share):
    """But for the actions seen late, of which an account knows nothing."""
    whole = simulate(random_script(seed), made, options=options)
    cut = max(1, int(len(made.sessions) * share))
    text = whole.account_at(cut - 1).to_dict()
    start = np.datetime64(int(made.closes[cut]), "s").item().astimezone()
    later = simulate(
        random_script(seed), made, start=start, opening=Account.from_dict(text), options=options
    )
    assert later.start_row == cut
    assert [later.account_at(row) for row in range(cut, len(made.sessions))] == [
        whole.account_at(row) for row in range(cut, len(made.sessions))
    ]
    assert later.fills == tuple(fill for fill in whole.fills if fill.row >= cut)


def test_a_split_changes_all_that_an_account_waits_with():
    ask = {
        0: lambda b: b.buy("IBM", quantity=10, trailing=0.1),
        1: lambda b: (
            b.sell("IBM", quantity=5, stop=80.0),
            b.sell("IBM", quantity=4, trail=30.0),
            b.sell("IBM", value=500, limit=150.0),
        ),
    }
    made = market(
        {"IBM": [100.0, 100, 100, 50, 50]}, [Action("IBM", date(2012, 1, 12), "split", 2.0)]
    )
    run = simulate(scripted(ask), made)
    stop, trail, limit = run.account_at(4).waiting
    assert (stop.amount, stop.stop) == (10 * UNIT, 40 * UNIT)
    assert (trail.amount, trail.trail, trail.progress.best) == (8 * UNIT, 15 * UNIT, 50 * UNIT)
    assert (limit.amount, limit.limit) == (500 * UNIT, 75 * UNIT)
    bracket = run.account_at(4).positions["IBM"].bracket
    assert bracket == Bracket("2012-01-09-IBM-1", trailing=10**8, best=5_002_500_000)


def test_accounts_can_be_asked_for_in_any_order():
    ask = {row: lambda b: b.buy("IBM", quantity=1) for row in range(5)}
    run = simulate(scripted(ask), market({"IBM": [100.0] * 6}))
    backwards = [run.account_at(row).cash for row in reversed(range(6))]
    again = simulate(scripted(ask), market({"IBM": [100.0] * 6}))
    assert backwards == [again.account_at(row).cash for row in range(6)][::-1]
