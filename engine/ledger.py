"""A run as text a person can read, and a diff can compare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.events import Event
from engine.fills import Fill
from engine.market import Market
from engine.money import UNIT, to_short_text
from engine.order_values import Order, exits_text

UNFILLED = {"reject": "rejects", "skip": "skips", "cancel": "cancels"}
TRADED = ("fill", "delisting")
BEFORE, ASKED, AFTER = range(3)


class Asked(NamedTuple):
    """An order, with the row at whose close it was asked for and that row's name."""

    row: int
    name: str
    order: Order


class Told(NamedTuple):
    """An event, and whether it came of what was asked for at that row's close."""

    event: Event
    after_asking: bool


def ledger(
    market: Market, asked: Sequence[Asked], events: Sequence[Told], fills: Sequence[Fill]
) -> str:
    """Return every event and every order asked for, one a line, in the order of happening.

    A row's events stand before the orders asked for at its close, and what these bring about at
    that close after them. Where a session has several rows, each line begins with its instant.
    """
    orders = {one.order.id: one.order for one in asked}
    asks = [(one.row, ASKED, f"{one.name}  asks   {one.order}") for one in asked if one.row >= 0]
    lines = sorted([*_told(market, events, fills, orders), *asks], key=lambda line: line[:2])
    return "".join(f"{text}\n" for _, _, text in lines)


def _told(
    market: Market, events: Sequence[Told], fills: Sequence[Fill], orders: Mapping[str, Order]
) -> Iterator[tuple[int, int, str]]:
    trades = iter(fills)
    for event, after in events:
        words = _trade(event, next(trades)) if event.kind in TRADED else _words(event, orders)
        at_close = event.time == market.closes[event.row]
        name = market.name_of(event.row) if at_close else market.opening_name_of(event.row)
        yield event.row, AFTER if after else BEFORE, f"{name}  {words}"


def _words(event: Event, orders: Mapping[str, Order]) -> str:
    if event.kind in UNFILLED and event.order_id is not None:
        return f"{UNFILLED[event.kind]}  {orders[event.order_id]}: {event.reason}"
    if event.kind == "protect" and event.order_id is not None:
        exits = exits_text(orders[event.order_id]) or " with nothing"
        return f"protects  {event.symbol}{exits}"
    if event.kind == "adjust" and event.order_id is not None:
        return _adjusted(event, orders[event.order_id])
    late = f", {event.reason}" if event.reason else ""
    return f"{TOLD[event.kind](event)}{late}"


def _trade(event: Event, fill: Fill) -> str:
    price, quantity = _price(event), to_short_text(fill.quantity, 0)
    why = f", {event.reason}" if event.reason else ""
    if event.kind == "fill":
        text = f"fills  {fill.side} {quantity} {fill.symbol} at {price}"
        return f"{text}, commission {to_short_text(fill.commission)}{why}"
    text = f"delisting  {quantity} {fill.symbol} {price} a share, {to_short_text(event.cash)}"
    return f"{text}{why}"


def _price(event: Event) -> str:
    return to_short_text(round(event.price * UNIT))


def _split(event: Event) -> str:
    change = to_short_text(event.quantity, 0)
    return f"split  {event.symbol} {event.price:g} for 1, {change} shares more"


def _in_lieu(event: Event) -> str:
    sold = to_short_text(-event.quantity, 0)
    return f"split  {sold} {event.symbol} paid in cash, {to_short_text(event.cash)}"


def _dividend(event: Event) -> str:
    return f"dividend  {event.symbol} {_price(event)} a share, {to_short_text(event.cash)}"


def _adjusted(event: Event, order: Order) -> str:
    late = f", {event.reason}" if event.reason else ""
    size = f" is for {to_short_text(event.asked, 0)} now" if order.sizing == "quantity" else ""
    return f"split  order {order.id}{size or ' counts in new shares'}{late}"


def _trailed(event: Event) -> str:
    whose = f"order {event.order_id}" if event.order_id else event.symbol
    return f"trails  {whose} from {to_short_text(event.asked)}"


def _triggered(event: Event) -> str:
    what = f"order {event.order_id}" if event.order_id else f"{event.reason} of {event.symbol}"
    return f"triggers  {what} at {to_short_text(event.asked)}"


TOLD: dict[str, Callable[[Event], str]] = {
    "split": _split,
    "cash in lieu": _in_lieu,
    "dividend": _dividend,
    "borrow": lambda event: f"borrow  {event.symbol}, {to_short_text(event.cash)}",
    "interest": lambda event: f"interest  {to_short_text(event.cash)}",
    "trigger": _triggered,
    "trail": _trailed,
    "ambiguous": lambda event: f"ambiguous  {event.symbol}, what came first is not known",
    "margin call": lambda _: "margin call, all is closed at the next open",
    "ruin": lambda _: "ruin, all is closed and no order is taken any more",
    "sized": lambda one: f"sizes  order {one.order_id} is for {to_short_text(one.asked, 0)}",
}
