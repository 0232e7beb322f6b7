"""An account between bars: what a run opens with, and what it leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.errors import DataError, ParameterError
from engine.market import Market
from engine.money import to_text, to_units
from engine.order_values import Order
from engine.orders import (
    AT_OPEN,
    NO_ORDER,
    SIDES,
    SIZINGS,
    TIMES_IN_FORCE,
    TRAILING,
    Orders,
)
from engine.positions import DISTANCES, Bracket, Position
from engine.reasons import reason_of
from engine.state import NONE, Brackets, Events, State, Waiting, no_brackets
from engine.tables import empty_table, joined

__all__ = ["Account", "Bracket", "Position", "opened"]

NOTHING: Mapping[str, Position] = MappingProxyType({})
FLAGS = ("liquidating", "ruined")


@dataclass(frozen=True)
class Account:
    """Cash in units, positions by symbol, and the orders that wait, in the order of filling.

    liquidating: whether all is closed at the next opens. ruined: whether it takes no more orders.
    """

    cash: int
    positions: Mapping[str, Position] = field(default_factory=lambda: NOTHING)
    waiting: tuple[Order, ...] = ()
    liquidating: bool = False
    ruined: bool = False

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
            "positions": {name: held.to_dict() for name, held in sorted(self.positions.items())},
            "waiting": [order.to_dict() for order in self.waiting],
            **{name: True for name in FLAGS if getattr(self, name)},
        }

    @classmethod
    def from_dict(cls, account: Mapping[str, Any]) -> "Account":
        """Take what `to_dict` gave."""
        positions = {
            symbol: Position.from_dict(held) for symbol, held in account["positions"].items()
        }
        waiting = tuple(Order.from_dict(order) for order in account["waiting"])
        flags = (account.get(name, False) for name in FLAGS)
        return cls(to_units(account["cash"]), positions, waiting, *flags)


def opened(account: Account, market: Market, row: int, orders: Orders) -> State:
    """Set an account in motion before a row; its waiting orders come before the others."""
    column = {symbol: at for at, symbol in enumerate(market.symbols)}
    strange = {*account.positions, *(order.symbol for order in account.waiting)} - set(column)
    if strange:
        names = ", ".join(sorted(strange))
        raise DataError(f"the account holds or waits for {names}; give the market its bars")
    quantity, cost, basis = (np.zeros(len(column), np.int64) for _ in range(3))
    for symbol, held in account.positions.items():
        at = column[symbol]
        quantity[at], cost[at], basis[at] = held.quantity, held.cost, held.basis
    came = _came(account.waiting, column, row - 1)
    return State(
        money=np.array([account.cash, 0, 0, 0], np.int64),
        flags=np.array([account.liquidating, account.ruined, -1, 0, 0], np.int64),
        quantity=quantity,
        cost=cost,
        basis=basis,
        traded=np.zeros(len(column), np.int64),
        brackets=_brackets(account, column, row),
        orders=joined(came, orders) if account.waiting else orders,
        next_order=np.full(1, len(account.waiting), np.int64),
        waiting=_waiting(account.waiting, market, column, row),
        events=empty_table(Events, 64 + 32 * len(column) + 2 * len(orders.row)),
        first_row=row,
    )


def _brackets(account: Account, column: Mapping[str, int], row: int) -> Brackets:
    brackets, waiting = no_brackets(len(column)), [order.id for order in account.waiting]
    for symbol, held in account.positions.items():
        if held.bracket is not None:
            at, bringer = column[symbol], held.bracket.order
            brackets.order[at] = waiting.index(bringer) if bringer in waiting else -2 - at
            brackets.since[at] = row
            brackets.best[at] = held.bracket.best
            brackets.exiting[at] = reason_of(held.bracket.exiting)
            for name in DISTANCES:
                getattr(brackets, name)[at] = getattr(held.bracket, name)
    return brackets


def _came(waiting: Sequence[Order], column: Mapping[str, int], row: int) -> Orders:
    """The orders that came with the account, as a table of its own."""
    table, groups = empty_table(Orders, len(waiting)), [order.group for order in waiting]
    table.used[0] = len(waiting)
    table.row[:], table.replaces[:] = row, NO_ORDER
    for at, order in enumerate(waiting):
        table.symbol[at] = column[order.symbol]
        table.side[at], table.sizing[at] = SIDES.index(order.side), SIZINGS.index(order.sizing)
        table.type[at], table.tif[at] = order.type, TIMES_IN_FORCE.index(order.tif)
        table.reduce[at] = order.reduce_only
        table.group[at] = NO_ORDER if order.group is None else groups.index(order.group)
        for name in ("amount", "limit", "stop", "trail", "trail_share", *DISTANCES):
            getattr(table, name)[at] = getattr(order, name)
    return table


def _waiting(
    orders: Sequence[Order], market: Market, column: Mapping[str, int], row: int
) -> Waiting:
    """The same orders as they wait: by symbol, and then by asking."""
    table = empty_table(Waiting, max(8, 2 * len(orders)) + len(column))
    table.used[0] = len(orders)
    place = sorted(range(len(orders)), key=lambda at: column[orders[at].symbol])
    for i, at in enumerate(place):
        order, done = orders[at], orders[at].progress
        table.order[i], table.symbol[i] = at, column[order.symbol]
        table.left[i] = NONE if done.left is None else done.left
        table.triggered[i], table.session[i] = done.triggered, _session(order, market, row)
        table.best[i] = done.best or _best(order, market, row, column[order.symbol])
        for name in ("amount", "limit", "stop", "trail"):
            getattr(table, name)[i] = getattr(order, name)
        for name in ("filled", "value", "maker", "fee"):
            getattr(table, name)[i] = getattr(done, name)
    return table


def _session(order: Order, market: Market, row: int) -> int:
    """In which session an order may fill at the last, or after which it may."""
    if order.tif == "gtc":
        return 0
    asked, ended, session = row - 1, True, order.progress.session
    if session is not None:
        asked = int(np.searchsorted(market.sessions, np.datetime64(session, "D"), "right")) - 1
        ended = order.progress.next_session
    elif row > 0:
        ended = bool(market.prices.closes_session[asked])
    number = int(market.prices.session[asked]) if asked >= 0 else -1
    return number + (ended and order.tif != TIMES_IN_FORCE[AT_OPEN])


def _best(order: Order, market: Market, row: int, column: int) -> int:
    """What a trailing stop begins with that came without a price to follow."""
    if order.type != TRAILING:
        return 0
    prices = market.prices
    return int(prices.close[row - 1, column] if row else prices.open[0, column])
