"""A run as text a person can read, and a diff can compare."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from engine.events import Event
from engine.fills import Fill
from engine.money import UNIT, to_short_text
from engine.orders import Order

UNFILLED = {"reject": "rejects", "skip": "skips", "cancel": "cancels"}
AT_OPEN, ASKED, CANCELLED = range(3)


class Asked(NamedTuple):
    """An order, with the row and session at whose close it was asked for."""

    row: int
    session: date
    order: Order


def ledger(asked: Sequence[Asked], events: Sequence[Event], fills: Sequence[Fill]) -> str:
    """Return every event and every order asked for, one a line, in the order of happening.

    A session's events at the open stand before the orders asked for at its close.
    """
    orders = {one.order.id: one.order for one in asked}
    asks = [(one.row, ASKED, f"{one.session}  asks   {one.order}") for one in asked if one.row >= 0]
    lines = sorted([*_told(events, fills, orders), *asks], key=lambda line: line[:2])
    return "".join(f"{text}\n" for _, _, text in lines)


def _told(
    events: Sequence[Event], fills: Sequence[Fill], orders: dict[str, Order]
) -> Iterator[tuple[int, int, str]]:
    filled = iter(fills)
    for event in events:
        words = _fill(next(filled)) if event.kind == "fill" else _words(event, orders)
        place = CANCELLED if event.kind == "cancel" else AT_OPEN
        yield event.row, place, f"{event.session}  {words}"


def _words(event: Event, orders: dict[str, Order]) -> str:
    if event.kind in UNFILLED and event.order_id is not None:
        return f"{UNFILLED[event.kind]}  {orders[event.order_id]}: {event.reason}"
    return TOLD[event.kind](event)


def _fill(fill: Fill) -> str:
    price = to_short_text(round(fill.price * UNIT))
    text = f"fills  {fill.side} {to_short_text(fill.quantity, 0)} {fill.symbol} at {price}"
    return f"{text}, commission {to_short_text(fill.commission)}"


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
