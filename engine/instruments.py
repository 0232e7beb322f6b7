"""What may be traded of a symbol, and in which steps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from engine.bounds import between, share
from engine.errors import ParameterError, unknown
from engine.money import UNIT


@dataclass(frozen=True, slots=True)
class Instrument:
    """A symbol's steps of quantity and price, and what a price of one is worth.

    lot_size: shares in the smallest trade; None where the run's own counts, 1e-8 for fractions.
    tick_size: the step of the prices that orders rest at; 0 rounds nothing.
    multiplier: money for one share at a price of one, as a contract's.
    """

    lot_size: float | None = None
    tick_size: float = 0.0
    multiplier: float = 1.0

    def __post_init__(self) -> None:
        if self.lot_size is not None:
            between("lot_size", self.lot_size, 1e-8, 1e9)
        share("tick_size", self.tick_size, below=1e6)
        if 0 < self.tick_size < 1 / UNIT:
            raise ParameterError(f"tick_size must be 0 or from 1e-8 on, was {self.tick_size}")
        between("multiplier", self.multiplier, 1e-6, 1e6)

    def to_dict(self) -> dict[str, float]:
        """Return what is not the default, by name."""
        usual = asdict(Instrument())
        return {name: float(value) for name, value in asdict(self).items() if value != usual[name]}

    @classmethod
    def from_dict(cls, instrument: Mapping[str, float]) -> "Instrument":
        """Take what `to_dict` gave; what is missing keeps its default."""
        known = {one.name for one in fields(cls)}
        for name in instrument:
            if name not in known:
                raise unknown("setting of an instrument", name, known)
        return cls(**instrument)
