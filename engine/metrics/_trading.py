"""What is read of the round trips and the fills of a run."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol, Self

import numpy as np

from engine.money import UNIT, Floats, frozen_all


class Trip(Protocol):
    """What is read of a round trip (engine.trades)."""

    @property
    def net_pnl(self) -> int: ...
    @property
    def days_held(self) -> float: ...
    @property
    def mae_return(self) -> float | None: ...
    @property
    def mfe_return(self) -> float | None: ...


class Traded(Protocol):
    """What is read of a fill (engine.fills)."""

    @property
    def symbol(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def price(self) -> float: ...
    @property
    def commission(self) -> int: ...
    @property
    def slippage(self) -> int: ...


class Trading(NamedTuple):
    """What a run's trades come to; the fields of `Measured` of the same names."""

    trip_pnl: Floats
    trip_days: Floats
    trip_mae: Floats | None
    trip_mfe: Floats | None
    traded: Floats
    commissions: Floats
    slippages: Floats

    @classmethod
    def of(
        cls, round_trips: Sequence[Trip], fills: Sequence[Traded], multipliers: Mapping[str, float]
    ) -> Self:
        """Read them; multipliers: money for a price of one, by symbol, 1 where not named."""
        read = cls(
            np.array([trip.net_pnl / UNIT for trip in round_trips], dtype=np.float64),
            _column(round_trips, "days_held"),
            _known([trip.mae_return for trip in round_trips]),
            _known([trip.mfe_return for trip in round_trips]),
            _traded(fills, multipliers),
            _column(fills, "commission") / UNIT,
            _column(fills, "slippage") / UNIT,
        )
        return frozen_all(read)  # one measuring leaves them to the next


def _column(things: Sequence[object], name: str) -> Floats:
    return np.fromiter(map(attrgetter(name), things), np.float64, len(things))


def _known(values: Sequence[float | None]) -> Floats | None:
    """Return the values, or None where one is not known."""
    told = [value for value in values if value is not None]
    return np.array(told, dtype=np.float64) if len(told) == len(values) else None


def _traded(fills: Sequence[Traded], multipliers: Mapping[str, float]) -> Floats:
    """What each fill bought or sold for."""
    worth = _column(fills, "quantity") * _column(fills, "price") / UNIT
    if all(one == 1.0 for one in multipliers.values()):
        return worth
    scales = [multipliers.get(fill.symbol, 1.0) for fill in fills]
    return worth * np.array(scales, dtype=np.float64)
