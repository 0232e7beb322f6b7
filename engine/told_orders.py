"""The orders of a run as values, read from its table."""

from collections.abc import Sequence

from engine.account import Account
from engine.market import Market
from engine.order_values import Order
from engine.orders import NO_ORDER, SIDES, SIZINGS, TIMES_IN_FORCE, Orders
from engine.state import State

COLUMNS = Orders._fields[1:]


def told_orders(
    state: State, market: Market, opening: Account, known: tuple[Order, ...] = ()
) -> tuple[Order, ...]:
    """Return every order asked for, those that came with the opening account first.

    known: the first of them, as they were told before.
    """
    came = known or opening.waiting
    ids = [*(order.id for order in came), *_order_ids(state.orders, market, len(came))]
    groups = [order.group or order.id for order in came] + ids[len(came) :]
    columns = (column[len(came) : len(ids)].tolist() for column in state.orders[1:])
    asked = (
        _order(ids[at], market.symbols, dict(zip(COLUMNS, row, strict=True)), (ids, groups))
        for at, row in enumerate(zip(*columns, strict=True), len(came))
    )
    return (*came, *asked)


def _order_ids(table: Orders, market: Market, first: int) -> list[str]:
    span = slice(first, int(table.used[0]))
    columns = (column[span].tolist() for column in (table.row, table.symbol, table.number))
    return [
        f"{market.name_of(row)}-{market.symbols[symbol]}-{number}"
        for row, symbol, number in zip(*columns, strict=True)
    ]


def _order(
    name: str, symbols: Sequence[str], row: dict[str, int], told: tuple[list[str], list[str]]
) -> Order:
    """One row of the table as a value; told: the ids of orders, and of what they are a group."""
    ids, groups = told
    return Order(
        id=name,
        symbol=symbols[row["symbol"]],
        side=SIDES[row["side"]],
        sizing=SIZINGS[row["sizing"]],
        tif=TIMES_IN_FORCE[row["tif"]],
        reduce_only=row["reduce"] == 1,
        group=None if row["group"] == NO_ORDER else groups[row["group"]],
        replaces=None if row["replaces"] == NO_ORDER else ids[row["replaces"]],
        amount=row["amount"],
        limit=row["limit"],
        stop=row["stop"],
        trail=row["trail"],
        trail_share=row["trail_share"],
        stop_loss=row["stop_loss"],
        take_profit=row["take_profit"],
        trailing=row["trailing"],
    )
