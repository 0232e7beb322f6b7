import numpy as np

from engine import Floats, Market, Strategy


class BuyAndHold(Strategy):
    """Buy every symbol in equal parts as soon as it trades, and keep it."""

    def targets(self, market: Market) -> Floats:
        return np.where(np.isnan(market.close), np.nan, 1 / len(market.symbols))
