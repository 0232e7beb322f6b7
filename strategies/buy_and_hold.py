import numpy as np

from engine import Floats, Market, Strategy


class BuyAndHold(Strategy):
    """Buy every symbol in equal parts as soon as it trades, and keep it.

    Bets on: the shares that were chosen rising over years. There is no rule that could fail, so
    it is what every other strategy has to beat.

    Fails when: the choice was made with hindsight, or everything falls at once: it sits through
    the whole fall, and waits for years to be where it was.
    """

    def targets(self, market: Market) -> Floats:
        return np.where(np.isnan(market.close), np.nan, 1 / len(market.symbols))
