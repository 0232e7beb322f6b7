"""What an event-driven strategy asks for orders."""

from collections.abc import Mapping
from typing import Never, Unpack

from engine.amounts import Asking
from engine.door import (
    PRICES,
    Exits,
    Prices,
    Terms,
    check_prices,
    refuse_unnamed,
    size_of,
    terms_of,
    type_column,
)
from engine.errors import OrderError, unknown
from engine.holdings import Holdings, Ticket
from engine.now import Now
from engine.orders import (
    BUY,
    CANCEL,
    NO_ORDER,
    PROTECT,
    QUANTITY,
    SELL,
    SIDES,
    SIZINGS,
    TARGET,
    VALUE,
    WEIGHT,
    add_order,
)
from engine.replacing import living, merged, place_of, size_left
from engine.shown import shown
from engine.tables import widened

__all__ = ["Broker", "Now", "Ticket"]


class Broker(Holdings):
    """Takes orders at a bar's close, for the next bar; tells what the account holds.

    What an order may say beyond its size is in `engine.door.Terms`.
    """

    def buy(
        self,
        symbol: str,
        *unnamed: Never,
        quantity: float | None = None,
        value: float | None = None,
        **terms: Unpack[Terms],
    ) -> Ticket:
        """Buy so many shares, or for so much money."""
        return self._ask(symbol, BUY, {QUANTITY: quantity, VALUE: value}, terms, unnamed)

    def sell(
        self,
        symbol: str,
        *unnamed: Never,
        quantity: float | None = None,
        value: float | None = None,
        **terms: Unpack[Terms],
    ) -> Ticket:
        """Sell so many shares, or for so much money; beyond what is held that goes short."""
        return self._ask(symbol, SELL, {QUANTITY: quantity, VALUE: value}, terms, unnamed)

    def target(
        self,
        symbol: str,
        *unnamed: Never,
        weight: float | None = None,
        value: float | None = None,
        quantity: float | None = None,
        **terms: Unpack[Terms],
    ) -> Ticket:
        """Hold so much: a share of equity, money, or shares; below 0 is short.

        It cancels what waits for the symbol, but for orders that only reduce.
        """
        sizes = {WEIGHT: weight, VALUE: value, QUANTITY: quantity}
        return self._ask(symbol, TARGET, sizes, terms, unnamed)

    def close(self, symbol: str) -> Ticket:
        """Hold nothing of a symbol from the next open on."""
        return self.target(symbol, quantity=0)

    def protect(self, symbol: str, *unnamed: Never, **exits: Unpack[Exits]) -> None:
        """Give the position these exits in the place of those it has; without any, none."""
        asking = self._asking(symbol, "exits")
        refuse_unnamed(asking, Exits.__annotations__, unnamed)
        strange = set(exits) - set(Exits.__annotations__)
        if strange:
            raise OrderError(f"{asking}: {unknown('exit', min(strange), Exits.__annotations__)}")
        self._add(asking.column, (PROTECT, QUANTITY, 0), terms_of(asking, exits))

    def cancel(self, ticket: Ticket) -> None:
        """End an order before the next bar; one that has ended stays as it is."""
        order = self._order(ticket, "cancel")
        if self._lives(order):
            symbol = int(self.state.orders.symbol[order])
            self._add(symbol, (CANCEL, QUANTITY, 0), {"replaces": order})

    def cancel_all(self, symbol: str | None = None) -> None:
        """End all orders, or those for a symbol, before the next bar."""
        column = None if symbol is None else self._column(symbol, "cancel")
        for order in living(self.state):
            if column in (None, int(self.state.orders.symbol[order])):
                self.cancel(self._ticket(order))

    def replace(
        self,
        ticket: Ticket,
        *unnamed: Never,
        quantity: float | None = None,
        value: float | None = None,
        weight: float | None = None,
        **prices: Unpack[Prices],
    ) -> Ticket:
        """Put an order in another's place before the next bar; what is not given stays as it is.

        What the other has traded counts as done. One that has ended stays so, and its own ticket
        comes back.
        """
        order = self._order(ticket, "replace")
        if not self._lives(order):
            return ticket
        asking = self._asking(self.symbols[self.state.orders.symbol[order]], "replace order")
        side, *own = size_left(self.state, order)
        sizes = {QUANTITY: quantity, VALUE: value, WEIGHT: weight}
        refuse_unnamed(asking, (*(SIZINGS[each] for each in sizes), *PRICES), unnamed)
        if weight is not None and side != TARGET:
            raise OrderError(f"{asking} has a weight; only a target does, give a quantity")
        new = any(size is not None for size in sizes.values())
        sizing, amount = size_of(asking, side, sizes) if new else own
        columns = merged(self.state, order, terms_of(asking, prices, side))
        check_prices(asking, columns)
        return self._add(asking.column, (side, sizing, amount), columns | {"replaces": order})

    def one_cancels_other(self, *tickets: Ticket) -> None:
        """Let the first fill of any of these orders cancel the others.

        They must have been asked for at this close.
        """
        orders = [self._order(ticket, "one_cancels_other") for ticket in tickets]
        day, table = self._market.name_of(self.now.row), self.state.orders
        if len(set(orders)) < 2:
            raise OrderError(f"one_cancels_other on {day} must have two orders at least")
        for order in orders:
            if table.row[order] != self.now.row or table.group[order] != NO_ORDER:
                raise OrderError(
                    f"one_cancels_other on {day} takes orders asked for at this close that are in "
                    f"no group; {self._ticket(order).id} is not one, replace it first"
                )
        table.group[orders] = min(orders)

    def _ask(
        self,
        symbol: str,
        side: int,
        sizes: Mapping[int, float | None],
        terms: Terms,
        unnamed: tuple[Never, ...],
    ) -> Ticket:
        asking = self._asking(symbol, f"{SIDES[side]} order")
        if unnamed:
            refuse_unnamed(asking, (SIZINGS[each] for each in sizes), unnamed)
        asked = side, *size_of(asking, side, sizes)
        return self._add(asking.column, asked, terms_of(asking, terms, side) if terms else {})

    def _add(self, symbol: int, asked: tuple[int, int, int], columns: Mapping[str, int]) -> Ticket:
        orders = widened(self.state.orders, 1)
        if orders is not self.state.orders:
            self.state = self.state._replace(orders=orders)
        order = add_order(orders, self.now.row, symbol, asked)
        if columns:
            for name, value in columns.items():
                getattr(orders, name)[order] = value
            orders.type[order] = type_column(columns)
        return self._ticket(order)

    def _lives(self, order: int) -> bool:
        new = self.state.orders.row[order] == self.now.row
        return bool(new or place_of(self.state, order) is not None)

    def _order(self, ticket: Ticket, call: str) -> int:
        used = int(self.state.orders.used[0])
        known = isinstance(ticket, Ticket) and 0 <= ticket.order < used
        if not known or self._ticket(ticket.order) != ticket:
            on = f"{call} on {self._market.name_of(self.now.row)}"
            raise OrderError(
                f"{on}: no order has the ticket {shown(ticket)}; keep what buy, sell and target "
                "return, or take it from orders(symbol)"
            )
        return ticket.order

    def _asking(self, symbol: str, what: str) -> Asking:
        column = self._column(symbol, what)
        return Asking(self._market, self._rules, self.now.row, column, what)
