"""What a vectorised strategy decides: weights, and the exits of what they bring about."""

from dataclasses import dataclass
from typing import TypeAlias

from engine.errors import OrderError, unknown
from engine.money import Floats

REBALANCE = ("change", "row")


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Weights with exits; shape (rows, symbols), or of exits one number for all.

    weights: shares of equity, below 0 for short; NaN decides nothing.
    stop_loss, take_profit, trailing: of the position that an entry brings about, as fractions of
        its average entry price (trailing: of the best price since); None or NaN for none.
    """

    weights: Floats
    stop_loss: float | Floats | None = None
    take_profit: float | Floats | None = None
    trailing: float | Floats | None = None


Weights: TypeAlias = Floats | Targets


def checked_rebalance(name: object) -> str:
    """Return when a weight is a decision; OrderError names those there are."""
    if name not in REBALANCE:
        raise OrderError(f"{unknown('rebalance', f'{name}', REBALANCE)}")
    return str(name)
