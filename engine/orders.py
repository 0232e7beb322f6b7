"""What a strategy asks for: as a value outside the loop, as rows of arrays inside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.errors import DataError
from engine.money import Ints, to_short_text, to_text, to_units

BUY, SELL, TARGET = 0, 1, 2
QUANTITY, VALUE, WEIGHT = 0, 1, 2
SIDES = ("buy", "sell", "target")
SIZINGS = ("quantity", "value", "weight")
WEIGHT_PLACES = 9
WEIGHT_UNIT = 10**WEIGHT_PLACES


@dataclass(frozen=True, slots=True)
class Order:
    """A market order, filled at the open of its symbol's next bar.

    side: "buy" and "sell" add to what is held, "target" is absolute.
    sizing: what `amount` counts: "quantity" or "value" in units of 1e-8, "weight" (share of
        equity) in units of 1e-9.
    """

    id: str
    symbol: str
    side: str
    sizing: str
    amount: int

    def to_dict(self) -> dict[str, str]:
        """Return the canonical form, with the amount as a decimal text."""
        return {
            "id": self.id,
            "symbol": self.symbol,
            "side": self.side,
            "sizing": self.sizing,
            "amount": to_text(self.amount, _places(self.sizing)),
        }

    @classmethod
    def from_dict(cls, order: Mapping[str, str]) -> "Order":
        """Take what `to_dict` gave."""
        side, sizing = order["side"], order["sizing"]
        if side not in SIDES or sizing not in SIZINGS:
            raise DataError(f"order {order['id']} cannot be {side} by {sizing}; mend the account")
        amount = to_units(order["amount"], _places(sizing))
        return cls(order["id"], order["symbol"], side, sizing, amount)

    def __str__(self) -> str:
        match self.sizing:
            case "quantity":
                size = to_short_text(self.amount, 0)
            case "value":
                size = f"{to_short_text(self.amount, 2)} worth of"
            case _:
                size = f"{to_short_text(self.amount, 0, WEIGHT_PLACES)} of equity in"
        return f"{self.side} {size} {self.symbol} at market"


def _places(sizing: str) -> int:
    return WEIGHT_PLACES if sizing == "weight" else 8


class Orders(NamedTuple):
    """Every order of a run in the order of asking; columns of equal length, `used` of them filled.

    row: at whose close it was asked for; the row before the first for those that came with the
        opening account.
    number: which one of its symbol at that close, from 1.
    """

    used: Ints
    row: Ints
    symbol: Ints
    side: Ints
    sizing: Ints
    amount: Ints
    number: Ints


def empty_orders(capacity: int) -> Orders:
    """Return a table without rows."""
    return Orders(np.zeros(1, np.int64), *(np.zeros(capacity, np.int64) for _ in range(6)))


def order_table(row: Ints, symbol: Ints, side: int, sizing: int, amount: Ints) -> Orders:
    """Return a full table of orders alike, one for each symbol and row at most."""
    sides, sizings = np.full(len(row), side, np.int64), np.full(len(row), sizing, np.int64)
    used, number = np.array([len(row)]), np.ones(len(row), np.int64)
    return Orders(used, row, symbol, sides, sizings, amount, number)


def add_order(orders: Orders, row: int, symbol: int, asked: tuple[int, int, int]) -> None:
    """Append one; asked: side, sizing, amount. There must be room."""
    at = int(orders.used[0])
    number, before = 1, at - 1
    while before >= 0 and orders.row[before] == row:
        if orders.symbol[before] == symbol:
            number = int(orders.number[before]) + 1
            break
        before -= 1
    orders.row[at], orders.symbol[at], orders.number[at] = row, symbol, number
    orders.side[at], orders.sizing[at], orders.amount[at] = asked
    orders.used[0] = at + 1
