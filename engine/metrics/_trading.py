"""What is read of the round trips and the fills of a run."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Protocol

import numpy as np

from engine.money import Floats


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


def known(values: Sequence[float | None]) -> Floats | None:
    """Return the values, or None where one is not known."""
    told = [value for value in values if value is not None]
    return np.array(told, dtype=np.float64) if len(told) == len(values) else None


def scales(fills: Iterable[Traded], multipliers: Mapping[str, float]) -> Floats:
    """Money for a price of one, of each fill's symbol."""
    return np.array([multipliers.get(fill.symbol, 1.0) for fill in fills], dtype=np.float64)


def columns(things: Iterable[object], names: tuple[str, ...]) -> Floats:
    """Read attributes of each; shape (names, things)."""
    rows = list(map(attrgetter(*names), things))
    return np.array(rows, dtype=np.float64).reshape(-1, len(names)).T
