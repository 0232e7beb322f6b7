"""What an account holds of one symbol, and the exits attached to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import DataError
from engine.money import to_text, to_units
from engine.orders import WEIGHT_PLACES
from engine.reasons import BRACKET_FILLS, REASONS
from engine.state import NONE

DISTANCES = ("stop_loss", "take_profit", "trailing")
EXITS = tuple(REASONS[reason] for reason in BRACKET_FILLS)


@dataclass(frozen=True, slots=True)
class Bracket:
    """The exits attached to a position.

    order: the id of the order that brought them.
    stop_loss, take_profit, trailing: distances from the average entry price in units of 1e-9, 0
        where none. best: the raw price that trailing follows, in units.
    exiting: why the position is being closed at the next opens, None where it is not.
    """

    order: str
    stop_loss: int = 0
    take_profit: int = 0
    trailing: int = 0
    best: int = 0
    exiting: str | None = None

    def to_dict(self) -> dict[str, str]:
        """Return the canonical form: decimal texts of what there is."""
        told = {name: getattr(self, name) for name in DISTANCES}
        texts = {name: to_text(units, WEIGHT_PLACES) for name, units in told.items() if units}
        texts |= {"best": to_text(self.best)} if self.best else {}
        return {"order": self.order} | texts | ({"exiting": self.exiting} if self.exiting else {})

    @classmethod
    def from_dict(cls, bracket: Mapping[str, str]) -> "Bracket":
        """Take what `to_dict` gave."""
        exiting = bracket.get("exiting")
        if exiting not in (None, *EXITS):
            raise DataError(f"a bracket cannot be exiting for {exiting!r}; mend the account")
        distances = {name: to_units(bracket.get(name, 0), WEIGHT_PLACES) for name in DISTANCES}
        best = to_units(bracket.get("best", 0))
        return cls(bracket["order"], **distances, best=best, exiting=exiting)


@dataclass(frozen=True, slots=True)
class Position:
    """A holding, in units and signed.

    cost: what cash it took, commissions included. basis: what its entries were worth without
    them; as much as the cost where it is not told.
    """

    quantity: int
    cost: int
    basis: int = NONE
    bracket: Bracket | None = None

    def __post_init__(self) -> None:
        if self.basis == NONE:
            object.__setattr__(self, "basis", self.cost)

    def to_dict(self) -> dict[str, Any]:
        """Return the canonical form: decimal texts, and of the rest what there is."""
        told: dict[str, Any] = {"quantity": to_text(self.quantity), "cost": to_text(self.cost)}
        told |= {"basis": to_text(self.basis)} if self.basis != self.cost else {}
        return told | ({"bracket": self.bracket.to_dict()} if self.bracket else {})

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> "Position":
        """Take what `to_dict` gave."""
        basis = to_units(held["basis"]) if "basis" in held else NONE
        bracket = Bracket.from_dict(held["bracket"]) if "bracket" in held else None
        return cls(to_units(held["quantity"]), to_units(held["cost"]), basis, bracket)
