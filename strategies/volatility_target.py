import numpy as np

from engine import Floats, Market, Strategy, parameter
from engine.indicators import volatility


class VolatilityTarget(Strategy):
    """Hold every symbol, but less of it the wilder it has been, for a steady risk.

    Each symbol's equal part is scaled by target over recent annual volatility, never above the
    whole part; a change within the band is not traded.
    """

    target: float = parameter(0.2, low=0.01, high=2.0)
    bars: int = parameter(60, low=5, high=300)
    band: float = parameter(0.15, low=0.0, high=1.0)

    def targets(self, market: Market) -> Floats:
        risk = np.maximum(volatility(market.close, self.bars), 1e-9)
        wanted = np.minimum(1.0, self.target / risk) / len(market.symbols)
        return self._outside_band(wanted)

    def _outside_band(self, wanted: Floats) -> Floats:
        decided, last = np.full_like(wanted, np.nan), np.full_like(wanted[0], -1.0)
        for row, today in enumerate(wanted):
            moved = (last < 0) | (np.abs(today - last) > self.band * last)
            decided[row] = np.where(moved, today, np.nan)
            last = np.where(moved & ~np.isnan(today), today, last)
        return decided
