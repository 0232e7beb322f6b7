import numpy as np

from engine import Floats, Market, Strategy, parameter
from engine.indicators import above, rsi, sma


class RsiReversion(Strategy):
    """Buy a sharp dip within a rising trend, and sell into the recovery.

    Short relative strength index below `entry` while the close is above its long average (Connors
    and Alvarez 2008); each symbol has an equal part.

    Bets on: somebody who must sell in a hurry, and a price that comes back within days once they
    have. The long average keeps it out of shares that fall for a reason that lasts.

    Fails when: the dip goes on. There is no stop: it holds on to what falls until the index
    recovers, so that one crash can take many small gains. It trades often, and costs tell.
    """

    bars: int = parameter(2, low=2, high=50)
    entry: float = parameter(10.0, low=1.0, high=50.0)
    exit: float = parameter(65.0, low=50.0, high=99.0)
    trend: int = parameter(200, low=5, high=400)

    def targets(self, market: Market) -> Floats:
        strength = rsi(market.close, self.bars)
        rising = above(market.close, sma(market.close, self.trend))
        weights = np.where(rising & (strength < self.entry), 1 / len(market.symbols), np.nan)
        return np.where(strength > self.exit, 0.0, weights)
