"""What follows from a run's trades alone, from one time that it is measured to the next."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from engine.estimates import Estimate
from engine.metrics._trading import Traded, Trading, Trip

Trades: TypeAlias = tuple[tuple[Trip, ...], tuple[Traded, ...], dict[str, float]]


class Kept:
    """Left by a measuring for the next one of the same run, which on most days traded nothing.

    It counts while fills and round trips are the very same tuples. One that belongs to another
    run does no harm: it is told by that, and begun anew.
    """

    def __init__(self) -> None:
        self._trades: Trades | None = None
        self._trading: Trading | None = None
        self.estimates: dict[str, Estimate] = {}
        """Of the metrics that take nothing but the trades."""

    def trading(
        self,
        round_trips: Sequence[Trip],
        fills: Iterable[Traded],
        multipliers: Mapping[str, float] | None,
    ) -> Trading:
        """Return the arrays of trades; what was kept of others is let go."""
        trades = tuple(round_trips), tuple(fills), dict(multipliers or {})
        if self._trading is None or not _same(self._trades, trades):
            self._trades, self._trading, self.estimates = trades, Trading.of(*trades), {}
        return self._trading


def _same(one: Trades | None, other: Trades) -> bool:
    return one is not None and one[0] is other[0] and one[1] is other[1] and one[2] == other[2]
