from datetime import date

import pytest

from engine import Account, Bracket, Order, ParameterError, Position, simulate
from engine.errors import DataError
from engine.money import UNIT
from engine.progress import Progress
from tests.builders.bars import market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine

FULL = Account(
    cash=123_450_000_000,
    positions={"MSFT": Position(UNIT, 2 * UNIT), "AAPL": Position(3 * UNIT, 4 * UNIT)},
    waiting=(
        Order("2012-01-09-AAPL-1", "AAPL", "target", "weight", 333_333_333),
        Order("2012-01-09-MSFT-1", "MSFT", "buy", "quantity", 57 * UNIT),
        Order("2012-01-09-MSFT-2", "MSFT", "sell", "value", 1000 * UNIT),
    ),
)


def test_an_account_is_written_canonically_and_read_back():
    assert FULL.to_dict() == {
        "cash": "1234.50000000",
        "positions": {
            "AAPL": {"quantity": "3.00000000", "cost": "4.00000000"},
            "MSFT": {"quantity": "1.00000000", "cost": "2.00000000"},
        },
        "waiting": [
            {
                "id": "2012-01-09-AAPL-1",
                "symbol": "AAPL",
                "side": "target",
                "sizing": "weight",
                "amount": "0.333333333",
            },
            {
                "id": "2012-01-09-MSFT-1",
                "symbol": "MSFT",
                "side": "buy",
                "sizing": "quantity",
                "amount": "57.00000000",
            },
            {
                "id": "2012-01-09-MSFT-2",
                "symbol": "MSFT",
                "side": "sell",
                "sizing": "value",
                "amount": "1000.00000000",
            },
        ],
    }
    assert list(FULL.to_dict()["positions"]) == ["AAPL", "MSFT"]
    assert Account.from_dict(FULL.to_dict()) == FULL


def test_orders_read_as_a_person_would_say_them():
    assert [str(order) for order in FULL.waiting] == [
        "target 0.333333333 of equity in AAPL at market",
        "buy 57 MSFT at market",
        "sell 1000.00 worth of MSFT at market",
    ]


def test_an_order_of_an_unknown_kind_is_refused():
    with pytest.raises(DataError, match="order 7 cannot be short by quantity; mend the account"):
        Order.from_dict(
            {"id": "7", "symbol": "IBM", "side": "short", "sizing": "quantity", "amount": "1"}
        )


@pytest.mark.parametrize("cash", ["0", "-5"])
def test_an_account_opens_with_cash(cash):
    with pytest.raises(ParameterError, match="must open with cash above 0, was"):
        Account.of_cash(cash)


MOVING = Account(
    cash=-5 * UNIT,
    positions={
        "IBM": Position(
            -3 * UNIT,
            -299 * UNIT,
            -300 * UNIT,
            Bracket("2012-01-09-IBM-1", 50_000_000, 0, 100_000_000, 98 * UNIT, "stop loss"),
        )
    },
    waiting=(
        Order(
            *("2012-01-10-IBM-1", "IBM", "sell", "quantity", 57 * UNIT),
            stop=95 * UNIT,
            limit=94 * UNIT,
            tif="day",
            reduce_only=True,
            group="2012-01-10-IBM-1",
            replaces="2012-01-09-IBM-2",
            progress=Progress(
                *(-50 * UNIT, 7 * UNIT, 700 * UNIT, 600 * UNIT, UNIT, 99 * UNIT),
                triggered=True,
                session=date(2012, 1, 10),
                next_session=True,
            ),
        ),
    ),
    liquidating=True,
    ruined=True,
)


def test_all_that_an_account_is_in_the_middle_of_is_written_and_read_back():
    assert MOVING.to_dict() == {
        "cash": "-5.00000000",
        "positions": {
            "IBM": {
                "quantity": "-3.00000000",
                "cost": "-299.00000000",
                "basis": "-300.00000000",
                "bracket": {
                    "order": "2012-01-09-IBM-1",
                    "stop_loss": "0.050000000",
                    "trailing": "0.100000000",
                    "best": "98.00000000",
                    "exiting": "stop loss",
                },
            }
        },
        "waiting": [
            {
                "id": "2012-01-10-IBM-1",
                "symbol": "IBM",
                "side": "sell",
                "sizing": "quantity",
                "amount": "57.00000000",
                "limit": "94.00000000",
                "stop": "95.00000000",
                "group": "2012-01-10-IBM-1",
                "replaces": "2012-01-09-IBM-2",
                "tif": "day",
                "reduce_only": True,
                "left": "-50.00000000",
                "filled": "7.00000000",
                "value": "700.00000000",
                "maker": "600.00000000",
                "fee": "1.00000000",
                "best": "99.00000000",
                "session": "2012-01-10",
                "triggered": True,
                "next_session": True,
            }
        ],
        "liquidating": True,
        "ruined": True,
    }
    assert Account.from_dict(MOVING.to_dict()) == MOVING


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"limit": UNIT}, "buy 2 IBM at limit 1.00"),
        ({"stop": UNIT, "tif": "close"}, "buy 2 IBM at stop 1.00, at the close"),
        ({"stop": UNIT, "limit": 2 * UNIT}, "buy 2 IBM at stop 1.00 limit 2.00"),
        ({"trail": UNIT, "tif": "day"}, "buy 2 IBM trailing by 1.00, for the day"),
        ({"trail_share": 50_000_000}, "buy 2 IBM trailing by 0.05 of the best"),
        ({"tif": "open", "reduce_only": True}, "buy 2 IBM at market, at the open, reduce only"),
        ({"replaces": "a", "group": "b"}, "buy 2 IBM at market, in the place of a, one of b"),
        ({"stop_loss": 50_000_000}, "buy 2 IBM at market with stop loss 0.05"),
    ],
)
def test_an_order_says_its_terms(order, words):
    assert str(Order("x", "IBM", "buy", "quantity", 2 * UNIT, **order)) == words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tif": "week"}, "order x cannot be good for week; mend the account"),
        ({"sizing": "lots"}, "order x cannot be buy by lots; mend the account"),
        ({"limit": "dear"}, "an amount must be a finite decimal, was 'dear'"),
    ],
)
def test_an_order_that_cannot_be_is_refused(change, message):
    order = Order("x", "IBM", "buy", "quantity", 2 * UNIT).to_dict()
    with pytest.raises((DataError, ParameterError), match=message):
        Order.from_dict(order | change)


def test_a_bracket_that_exits_for_no_known_reason_is_refused():
    with pytest.raises(DataError, match="a bracket cannot be exiting for 'fear'; mend the account"):
        Bracket.from_dict({"order": "x", "exiting": "fear"})


def test_an_account_needs_bars_of_all_it_holds_and_waits_for():
    account = Account(UNIT, {"FB": Position(UNIT, UNIT)}, (FULL.waiting[0],))
    with pytest.raises(DataError, match="the account holds or waits for AAPL, FB; give the mark"):
        simulate(scripted({}), market({"IBM": [1.0]}), opening=account)


def test_a_trailing_stop_that_comes_without_a_best_price_begins_at_the_last_close():
    order = Order("x", "IBM", "sell", "quantity", UNIT, trail=10 * UNIT)
    account = Account(0, {"IBM": Position(UNIT, UNIT)}, (order,))
    made = market({"IBM": [(100.0, 105.0), (104.0, 96.0), (94.0, 94.0)]})
    run = simulate(scripted({}), made, start=made.sessions[1].item(), opening=account)
    assert [(fill.row, fill.price) for fill in run.fills] == [(2, 93.953)]
    assert run.fills[0].order_id == "x"


def test_an_order_for_the_day_that_came_with_the_account_lasts_one_session():
    order = Order("x", "IBM", "buy", "quantity", UNIT, limit=50 * UNIT, tif="day")
    run = simulate(scripted({}), market({"IBM": [100.0] * 3}), opening=Account(UNIT, {}, (order,)))
    assert [(event.row, event.kind, event.reason) for event in run.events] == [
        (0, "cancel", "its time is over")
    ]


def test_orders_that_came_keep_their_place_among_the_symbols():
    waiting = tuple(
        Order(name, symbol, "buy", "quantity", UNIT, limit=50 * UNIT)
        for name, symbol in (("a", "IBM"), ("b", "FB"), ("c", "IBM"))
    )
    made = market({"FB": [100.0], "IBM": [100.0]})
    run = simulate(scripted({}), made, opening=Account(100 * UNIT, {}, waiting))
    assert [order.id for order in run.account_at(0).waiting] == ["b", "a", "c"]
