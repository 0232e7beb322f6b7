"""A run as text a person can read, and a diff can compare."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.events import REASONS, Event
from engine.fills import Fill
from engine.market import Market
from engine.money import UNIT, to_short_text
from engine.orders import Order
from engine.state import NEW_TARGET

UNFILLED = {"reject": "rejects", "skip": "skips", "cancel": "cancels"}
TRADED = ("fill", "delisting")
AT_OPEN, ASKED, CANCELLED = range(3)


class Asked(NamedTuple):
    """An order, with the row at whose close it was asked for and that row's name."""

    row: int
    name: str
    order: Order


def ledger(
    market: Market, asked: Sequence[Asked], events: Sequence[Event], fills: Sequence[Fill]
) -> str:
    """Return every event and every order asked for, one a line, in the order of happening.

    A row's events at the open stand before the orders asked for at its close. Where a session has
    several rows, each line begins with its instant.
    """
    orders = {one.order.id: one.order for one in asked}
    asks = [(one.row, ASKED, f"{one.name}  asks   {one.order}") for one in asked if one.row >= 0]
    told = _told(market, events, fills, orders)
    lines = sorted([*told, *asks], key=lambda line: line[:2])
    return "".join(f"{text}\n" for _, _, text in lines)


def _told(
    market: Market, events: Sequence[Event], fills: Sequence[Fill], orders: dict[str, Order]
) -> Iterator[tuple[int, int, str]]:
    trades = iter(fills)
    for event in events:
        words = _trade(event, next(trades)) if event.kind in TRADED else _words(event, orders)
        at_close = event.reason == REASONS[NEW_TARGET]
        name = market.name_of(event.row) if at_close else market.opening_name_of(event.row)
        yield event.row, CANCELLED if at_close else AT_OPEN, f"{name}  {words}"


def _words(event: Event, orders: dict[str, Order]) -> str:
    if event.kind in UNFILLED and event.order_id is not None:
        return f"{UNFILLED[event.kind]}  {orders[event.order_id]}: {event.reason}"
    late = f", {event.reason}" if event.reason else ""
    return f"{TOLD[event.kind](event)}{late}"


def _trade(event: Event, fill: Fill) -> str:
    price, quantity = to_short_text(round(fill.price * UNIT)), to_short_text(fill.quantity, 0)
    if event.kind == "fill":
        text = f"fills  {fill.side} {quantity} {fill.symbol} at {price}"
        return f"{text}, commission {to_short_text(fill.commission)}"
    late = f", {event.reason}" if event.reason else ""
    text = f"delisting  {quantity} {fill.symbol} {price} a share, {to_short_text(event.cash)}"
    return f"{text}{late}"


def _split(event: Event) -> str:
    change = to_short_text(event.quantity, 0)
    return f"split  {event.symbol} {event.price:g} for 1, {change} shares more"


def _in_lieu(event: Event) -> str:
    sold = to_short_text(-event.quantity, 0)
    return f"split  {sold} {event.symbol} paid in cash, {to_short_text(event.cash)}"


def _dividend(event: Event) -> str:
    share = to_short_text(round(event.price * UNIT))
    return f"dividend  {event.symbol} {share} a share, {to_short_text(event.cash)}"


def _adjusted(event: Event) -> str:
    return f"split  order {event.order_id} is for {to_short_text(event.asked, 0)} now"


TOLD: dict[str, Callable[[Event], str]] = {
    "split": _split,
    "cash in lieu": _in_lieu,
    "dividend": _dividend,
    "adjust": _adjusted,
}
