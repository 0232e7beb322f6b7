import pytest

from engine import Account, Order, ParameterError, Position
from engine.errors import DataError
from engine.money import UNIT

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
