"""An account between bars: what a run opens with, and what it leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.errors import DataError, ParameterError
from engine.money import to_text, to_units
from engine.orders import SIDES, SIZINGS, Order, Orders, empty_orders
from engine.state import State, empty_events, empty_waiting

NOTHING: Mapping[str, "Position"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Position:
    """A holding, in units; cost is what it took to buy, commissions included."""

    quantity: int
    cost: int


@dataclass(frozen=True)
class Account:
    """Cash in units, positions by symbol, and the orders that wait, in the order of filling."""

    cash: int
    positions: Mapping[str, Position] = field(default_factory=lambda: NOTHING)
    waiting: tuple[Order, ...] = ()

    @classmethod
    def of_cash(cls, amount: str | float | Decimal) -> "Account":
        """Open with cash alone.

        >>> Account.of_cash("100000").to_dict()["cash"]
        '100000.00000000'
        """
        cash = to_units(amount)
        if cash <= 0:
            raise ParameterError(f"an account must open with cash above 0, was {amount}")
        return cls(cash)

    def to_dict(self) -> dict[str, Any]:
        """Return the canonical form: decimal texts, positions sorted by symbol."""
        return {
            "cash": to_text(self.cash),
            "positions": {
                symbol: {"quantity": to_text(held.quantity), "cost": to_text(held.cost)}
                for symbol, held in sorted(self.positions.items())
            },
            "waiting": [order.to_dict() for order in self.waiting],
        }

    @classmethod
    def from_dict(cls, account: Mapping[str, Any]) -> "Account":
        """Take what `to_dict` gave."""
        positions = {
            symbol: Position(to_units(held["quantity"]), to_units(held["cost"]))
            for symbol, held in account["positions"].items()
        }
        waiting = tuple(Order.from_dict(order) for order in account["waiting"])
        return cls(to_units(account["cash"]), positions, waiting)


def opened(account: Account, symbols: Sequence[str], row: int, orders: Orders) -> State:
    """Set an account in motion before a row; its waiting orders come before the others."""
    column = {symbol: at for at, symbol in enumerate(symbols)}
    strange = {*account.positions, *(order.symbol for order in account.waiting)} - set(column)
    if strange:
        names = ", ".join(sorted(strange))
        raise DataError(f"the account holds or waits for {names}; give the market its bars")
    quantity, cost = np.zeros(len(symbols), np.int64), np.zeros(len(symbols), np.int64)
    for symbol, held in account.positions.items():
        quantity[column[symbol]], cost[column[symbol]] = held.quantity, held.cost
    first = _waiting_orders(account.waiting, column, row - 1)
    return State(
        money=np.array([account.cash, 0], np.int64),
        quantity=quantity,
        cost=cost,
        orders=_joined(first, orders),
        next_order=np.zeros(1, np.int64),
        waiting=empty_waiting(8),
        events=empty_events(64),
        first_row=row,
    )


def _waiting_orders(waiting: Sequence[Order], column: Mapping[str, int], row: int) -> Orders:
    table = empty_orders(len(waiting))
    table.used[0] = len(waiting)
    table.row[:] = row
    table.symbol[:] = [column[order.symbol] for order in waiting]
    table.side[:] = [SIDES.index(order.side) for order in waiting]
    table.sizing[:] = [SIZINGS.index(order.sizing) for order in waiting]
    table.amount[:] = [order.amount for order in waiting]
    return table


def _joined(first: Orders, then: Orders) -> Orders:
    columns = (np.concatenate([a, b]) for a, b in zip(first[1:], then[1:], strict=True))
    return Orders(first.used + then.used, *columns)
