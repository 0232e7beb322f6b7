"""How a run is simulated, beyond strategy and market."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from engine.costs import Costs
from engine.errors import ParameterError, unknown
from engine.money import UNIT
from engine.state import Rules


@dataclass(frozen=True, slots=True)
class Options:
    """Costs and sizes.

    lot_size: shares in the smallest trade. cash_buffer, min_trade: shares of equity that weights
    leave alone, and under which a change of weight or value is not made.
    """

    costs: Costs = field(default_factory=Costs)
    lot_size: float = 1.0
    cash_buffer: float = 0.0
    min_trade: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lot_size) and 1 / UNIT <= self.lot_size <= 1e9):
            raise ParameterError(f"lot_size must be between 1e-8 and 1e9, was {self.lot_size}")
        for name in ("cash_buffer", "min_trade"):
            share = getattr(self, name)
            if not 0 <= share < 1:
                raise ParameterError(f"{name} must be from 0 to below 1, was {share}")

    def to_dict(self) -> dict[str, float]:
        """Return every option by name, costs among them."""
        options = asdict(self)
        costs = options.pop("costs")
        return {name: float(value) for name, value in {**costs, **options}.items()}

    @classmethod
    def from_dict(cls, options: Mapping[str, float]) -> "Options":
        """Take what `to_dict` gave; what is missing keeps its default."""
        costs = {one.name for one in fields(Costs)}
        known = costs | {one.name for one in fields(cls)} - {"costs"}
        for name in options:
            if name not in known:
                raise unknown("option", name, known)
        mine = {name: float(value) for name, value in options.items() if name not in costs}
        of_costs = {name: float(value) for name, value in options.items() if name in costs}
        return cls(Costs(**of_costs), **mine)

    def rules(self) -> Rules:
        """Return the options as the loop reads them."""
        return Rules(
            commission_bps=self.costs.commission_bps,
            slippage_bps=self.costs.slippage_bps,
            lot=round(self.lot_size * UNIT),
            cash_buffer=self.cash_buffer,
            min_trade=self.min_trade,
        )
