"""A delisting closes a position on its date, without costs, and ends what waits for its symbol."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Account, Action, DataError, Market, Position, simulate
from engine.money import UNIT, to_units, worth
from tests.builders.bars import NAN, market, random_market, sessions
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

DAYS = [day.item() for day in sessions(60)]
OPENING = Account(to_units("1000"), {"IBM": Position(10 * UNIT, 900 * UNIT)})
PRICES = [100.0, 101.0, (102.0, 80.0), NAN, NAN, NAN]


def delisting(row, payment=NAN, symbol="IBM", seen=None):
    return Action(symbol, DAYS[row], "delisting", payment, None if seen is None else DAYS[seen])


def play(action, script=None, prices=PRICES):
    return simulate(scripted(script or {}), market({"IBM": prices}, [action]), opening=OPENING)


@pytest.mark.parametrize(
    ("payment", "paid"), [(NAN, 80.0), (25.5, 25.5), (0.0, 0.0), (300.0, 300.0)]
)
def test_it_pays_what_is_stated_or_the_last_close_and_takes_no_costs(payment, paid):
    run = play(delisting(3, payment))
    (event,), (fill,), (trip,) = run.events, run.fills, run.trades
    assert (event.kind, event.row, event.reason) == ("delisting", 3, None)
    assert (event.quantity, event.cash) == (-10 * UNIT, round(10 * paid * UNIT))
    assert (fill.order_id, fill.side, fill.quantity, fill.price) == (
        "delisting",
        "sell",
        10 * UNIT,
        paid,
    )
    assert (fill.commission, fill.slippage) == (0, 0)
    assert fill.pnl == trip.net_pnl == round(10 * paid * UNIT) - 900 * UNIT
    assert trip.exit_price == paid
    assert run.account_at(3) == Account(to_units("1000") + event.cash)


def test_a_date_without_a_row_is_booked_at_the_next():
    saturday = Action("IBM", date(2012, 1, 14), "delisting", NAN)
    run = play(saturday, prices=[100.0] * 5 + [NAN, NAN])
    assert [(event.kind, event.session) for event in run.events] == [
        ("delisting", date(2012, 1, 16))
    ]


def test_orders_that_wait_are_cancelled_and_later_ones_are_rejected():
    script = {
        2: lambda broker: broker.buy("IBM", quantity=5),
        3: lambda broker: broker.buy("IBM", quantity=6),
    }
    run = play(delisting(3), script, prices=[100.0, 101.0, 102.0, 103.0, 104.0, 105.0])
    assert [(event.kind, event.order_id, event.reason) for event in run.events] == [
        ("cancel", "2012-01-11-IBM-1", "delisted"),
        ("delisting", None, None),
        ("reject", "2012-01-12-IBM-1", "delisted"),
    ]
    assert run.account_at(5).waiting == ()
    assert run.events[1].price == 102.0  # the close before, though a bar came on the day itself


def test_what_is_not_held_is_only_taken_off():
    made = market({"IBM": [100.0] * 3, "FB": [40.0] * 3}, [delisting(1, symbol="FB")])
    run = simulate(weighted(np.full((3, 2), 0.4)), made)
    assert [(fill.symbol, fill.row) for fill in run.fills] == [("IBM", 1)]
    assert [event.reason for event in run.events if event.kind == "cancel"] == ["delisted"]


def test_one_seen_late_is_booked_then_and_marked():
    run = play(delisting(3, 50.0, seen=5))
    (event,) = run.events
    assert (event.row, event.reason, event.cash) == (5, "late", 500 * UNIT)
    assert run.equity.tolist()[2:] == [1800.0, 1800.0, 1800.0, 1500.0]


def test_it_comes_after_the_split_and_the_dividend_of_its_day():
    actions = [
        delisting(3),
        Action("IBM", DAYS[3], "dividend", 1.0),
        Action("IBM", DAYS[3], "split", 1.55),
    ]
    run = simulate(scripted({}), market({"IBM": PRICES}, actions), opening=OPENING)
    kinds = [event.kind for event in run.events]
    assert kinds == ["split", "dividend", "cash in lieu", "delisting"]
    assert run.equity[-1] == pytest.approx(1000 + 800 + 15.5)


@pytest.mark.parametrize("payment", [-1.0, np.inf, 2e9])
def test_a_payment_that_cannot_be_is_refused(payment):
    message = "delisting of IBM on 2012-01-12 must pay from 0 to 1e9, or NaN, was"
    with pytest.raises(DataError, match=message):
        play(delisting(3, payment))


def test_the_ledger_tells_it():
    script = {2: lambda broker: broker.buy("IBM", quantity=1)}
    assert play(delisting(3, 12.5), script).ledger() == (
        "2012-01-11  asks   buy 1 IBM at market\n"
        "2012-01-12  cancels  buy 1 IBM at market: delisted\n"
        "2012-01-12  delisting  10 IBM 12.50 a share, 125.00\n"
    )
    assert "0.00 a share, 0.00, late\n" in play(delisting(3, 0.0, seen=4)).ledger()


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    row=st.integers(1, 59),
    payment=st.just(NAN) | st.floats(0, 500),
    rows=st.integers(1, 60),
)
def test_no_cash_is_lost_and_nothing_is_held_afterwards(seed, row, payment, rows):
    plain = random_market(seed, 60, gaps=0.1)
    made = Market.build(plain.symbols, plain.raw, [delisting(row, payment)])
    random = np.random.default_rng(seed)
    weights = np.where(random.random((60, 3)) < 0.5, np.nan, random.random((60, 3)) / 3)
    run = simulate(weighted(weights, "row"), made)
    assert run.cash_units[-1] == run.opening.cash + sum(event.cash for event in run.events)
    before = run.account_at(row - 1).positions.get("IBM", Position(0, 0))
    paid = made.prices.delisting[row, 1]
    gone = [fill for fill in run.fills if fill.order_id == "delisting"]
    assert [(fill.row, fill.quantity) for fill in gone] == (
        [(row, before.quantity)] if before.quantity else []
    )
    assert all(fill.pnl == worth(before.quantity, int(paid)) - before.cost for fill in gone)
    assert all("IBM" not in run.account_at(at).positions for at in range(row, 60))
    assert all(fill.row < row or fill in gone for fill in run.fills if fill.symbol == "IBM")
    short = simulate(weighted(weights, "row"), made.head(rows))
    assert short.events == tuple(event for event in run.events if event.row < rows)
