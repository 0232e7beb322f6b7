"""Orders that may still trade are followed beyond the slot and the segment they came from."""

from engine import Account, Position
from engine.account import Bracket
from engine.money import UNIT
from engine.order_values import Order
from functions.services.record.asked import opened_with, still_asked

WAITS = Order("2012-01-09-IBM-1", "IBM", "buy", "quantity", 57 * UNIT)
EXITS = Bracket("2012-01-03-AAPL-1", stop_loss=50_000_000)
ACCOUNT = Account(
    10**13,
    {"AAPL": Position(-UNIT, -400 * UNIT, bracket=EXITS), "MSFT": Position(UNIT, 30 * UNIT)},
    (WAITS,),
)


def test_orders_that_wait_and_those_behind_exits_are():
    assert still_asked(ACCOUNT) == {"2012-01-09-IBM-1", "2012-01-03-AAPL-1"}
    assert still_asked(Account(10**13)) == set()


def test_so_they_are_in_an_account_as_a_segment_keeps_it():
    assert opened_with(ACCOUNT.to_dict()) == still_asked(ACCOUNT)
