import numpy as np

from engine import Floats, Market, Strategy, parameter
from engine.indicators import above, sma


class SmaCross(Strategy):
    """Hold each symbol in equal parts while its fast average is above its slow one.

    Bets on: trends that last longer than the averages need to notice them. It is in for the long
    middle of a rise and out for the long middle of a fall.

    Fails when: prices go sideways. The averages cross back and forth, it buys high, sells low and
    pays for each trade; after a sharp fall it comes back late and misses the first of the rise.
    """

    fast: int = parameter(10, low=2, high=100)
    slow: int = parameter(30, low=5, high=300)

    def targets(self, market: Market) -> Floats:
        fast, slow = sma(market.close, self.fast), sma(market.close, self.slow)
        weights = np.where(above(fast, slow), 1 / len(market.symbols), 0.0)
        return np.where(np.isnan(fast) | np.isnan(slow), np.nan, weights)
