"""How far an order that waits has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.money import to_text, to_units

MONEY_PLACES = 8
AMOUNTS = ("filled", "value", "maker", "fee", "best")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order that waits has come; amounts in units, prices raw.

    left: still to trade, signed; None while no bar has sized it. filled, value, maker, fee: what
        it traded, what that was worth, what of it rested at its limit, and what it paid.
    best: the price that a trailing stop follows. triggered: whether its stop was reached.
    session: in which it was asked for, None for an order that is good till cancelled.
    next_session: whether that was at the session's last close.
    """

    left: int | None = None
    filled: int = 0
    value: int = 0
    maker: int = 0
    fee: int = 0
    best: int = 0
    triggered: bool = False
    session: date | None = None
    next_session: bool = False

    def to_dict(self) -> dict[str, str | bool]:
        """Return the canonical form: decimal texts of what differs from a fresh order's."""
        told: dict[str, str | bool] = {} if self.left is None else {"left": to_text(self.left)}
        told |= decimal_texts(self, AMOUNTS, MONEY_PLACES)
        if self.session is not None:
            told["session"] = self.session.isoformat()
        return told | {name: True for name in ("triggered", "next_session") if getattr(self, name)}

    @classmethod
    def from_dict(cls, order: Mapping[str, Any]) -> "Progress":
        """Take what `to_dict` gave, from among what belongs to its order."""
        session = order.get("session")
        return cls(
            left=to_units(order["left"]) if "left" in order else None,
            triggered=order.get("triggered", False),
            session=None if session is None else date.fromisoformat(session),
            next_session=order.get("next_session", False),
            **units_of(order, AMOUNTS, MONEY_PLACES),
        )


FRESH = Progress()


def decimal_texts(owner: object, names: tuple[str, ...], places: int) -> dict[str, str | bool]:
    """Write an owner's whole numbers by name, but for those that are 0."""
    values = ((name, getattr(owner, name)) for name in names)
    return {name: to_text(value, places) for name, value in values if value != 0}


def units_of(told: Mapping[str, Any], names: tuple[str, ...], places: int) -> dict[str, Any]:
    """Take what `decimal_texts` wrote."""
    return {name: to_units(told[name], places) for name in names if name in told}
