"""What trading costs: a frozen record, read by one function."""

import math
from dataclasses import dataclass

from engine.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Costs:
    """Commission and slippage, each in basis points of a fill's value."""

    commission_bps: float = 5.0
    slippage_bps: float = 5.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            bps = getattr(self, name)
            if not (math.isfinite(bps) and 0 <= bps < 10_000):
                raise ParameterError(f"{name} must be from 0 to below 10000, was {bps}")

    @property
    def none(self) -> bool:
        """Whether trading is free, which every result must then say."""
        return self.commission_bps == 0 and self.slippage_bps == 0


def commission(value: int, commission_bps: float) -> int:
    """The commission on a fill of this value, rounded half-even once."""
    return round(value * commission_bps / 10_000)
