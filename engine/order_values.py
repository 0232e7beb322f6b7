"""An order as a value: what was asked for, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import DataError
from engine.money import to_short_text, to_text, to_units
from engine.orders import (
    LIMIT,
    MARKET,
    SIDES,
    SIZINGS,
    STOP,
    STOP_LIMIT,
    TIMES_IN_FORCE,
    WEIGHT_PLACES,
    type_of,
)
from engine.progress import FRESH, MONEY_PLACES, Progress, decimal_texts, units_of

PRICES = ("limit", "stop", "trail")
SHARES = ("trail_share", "stop_loss", "take_profit", "trailing")
TAGS = ("group", "replaces")


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for at one close; good for a market order, unless it has prices.

    side: "buy" and "sell" add to what is held, "target" is absolute; "cancel" ends the order that
        it `replaces`, "protect" changes the exits of the position.
    sizing: what `amount` counts: "quantity" or "value" in units of 1e-8, "weight" (share of
        equity) in units of 1e-9. A target's may be negative, which is short.
    limit, stop, trail: raw prices and a distance in units, 0 where it has none.
    trail_share, stop_loss, take_profit, trailing: fractions in units of 1e-9, 0 where none.
    group: the id of the first of those orders of which one fill cancels the others.
    replaces: the id of the order that it takes the place of.
    """

    id: str
    symbol: str
    side: str
    sizing: str
    amount: int
    limit: int = 0
    stop: int = 0
    trail: int = 0
    trail_share: int = 0
    tif: str = "gtc"
    reduce_only: bool = False
    group: str | None = None
    replaces: str | None = None
    stop_loss: int = 0
    take_profit: int = 0
    trailing: int = 0
    progress: Progress = FRESH

    @property
    def type(self) -> int:
        """The place of its type in `engine.orders.TYPES`."""
        return type_of(self.limit, self.stop, self.trail or self.trail_share)

    def to_dict(self) -> dict[str, str | bool]:
        """Return the canonical form: decimal texts, and of the rest what a market order lacks."""
        told: dict[str, str | bool] = {
            "id": self.id,
            "symbol": self.symbol,
            "side": self.side,
            "sizing": self.sizing,
            "amount": to_text(self.amount, _places(self.sizing)),
        }
        told |= decimal_texts(self, PRICES, MONEY_PLACES) | decimal_texts(
            self, SHARES, WEIGHT_PLACES
        )
        told |= {name: getattr(self, name) for name in TAGS if getattr(self, name) is not None}
        told |= {"tif": self.tif} if self.tif != "gtc" else {}
        told |= {"reduce_only": True} if self.reduce_only else {}
        return told | self.progress.to_dict()

    @classmethod
    def from_dict(cls, order: Mapping[str, Any]) -> "Order":
        """Take what `to_dict` gave."""
        side, sizing, tif = order["side"], order["sizing"], order.get("tif", "gtc")
        if side not in SIDES or sizing not in SIZINGS:
            raise DataError(f"order {order['id']} cannot be {side} by {sizing}; mend the account")
        if tif not in TIMES_IN_FORCE:
            raise DataError(f"order {order['id']} cannot be good for {tif}; mend the account")
        return cls(
            order["id"],
            order["symbol"],
            side,
            sizing,
            to_units(order["amount"], _places(sizing)),
            tif=tif,
            reduce_only=order.get("reduce_only", False),
            group=order.get("group"),
            replaces=order.get("replaces"),
            progress=Progress.from_dict(order),
            **units_of(order, PRICES, MONEY_PLACES),
            **units_of(order, SHARES, WEIGHT_PLACES),
        )

    def __str__(self) -> str:
        match self.side:
            case "cancel":
                return f"cancel {self.replaces}"
            case "protect":
                return f"protect {self.symbol}{exits_text(self) or ' with nothing'}"
        told = f"{self.side} {_size(self)} {self.symbol} {_price(self)}{exits_text(self)}"
        told += "" if self.tif == "gtc" else f", {FOR_HOW_LONG[self.tif]}"
        told += ", reduce only" if self.reduce_only else ""
        told += f", in the place of {self.replaces}" if self.replaces else ""
        return told + (f", one of {self.group}" if self.group else "")


FOR_HOW_LONG = {"day": "for the day", "open": "at the open", "close": "at the close"}


def _places(sizing: str) -> int:
    return WEIGHT_PLACES if sizing == "weight" else MONEY_PLACES


def _size(order: Order) -> str:
    match order.sizing:
        case "quantity":
            return to_short_text(order.amount, 0)
        case "value":
            return f"{to_short_text(order.amount, 2)} worth of"
        case _:
            return f"{_share(order.amount)} of equity in"


def _price(order: Order) -> str:
    limit, stop = to_short_text(order.limit), to_short_text(order.stop)
    if order.type == MARKET:
        return "at market"
    if order.type == LIMIT:
        return f"at limit {limit}"
    if order.type == STOP:
        return f"at stop {stop}"
    if order.type == STOP_LIMIT:
        return f"at stop {stop} limit {limit}"
    by = to_short_text(order.trail) if order.trail else f"{_share(order.trail_share)} of the best"
    return f"trailing by {by}"


def exits_text(order: Order) -> str:
    """Say with which exits an order comes; empty without any."""
    names = {"stop_loss": "stop loss", "take_profit": "take profit", "trailing": "trailing stop"}
    told = [
        f"{words} {_share(value)}"
        for name, words in names.items()
        if (value := getattr(order, name))
    ]
    return f" with {' and '.join(told)}" if told else ""


def _share(units: int) -> str:
    return to_short_text(units, 0, WEIGHT_PLACES)
