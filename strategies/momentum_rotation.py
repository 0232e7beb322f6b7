import numpy as np

from engine import Floats, Market, Strategy, parameter
from engine.indicators import momentum


class MomentumRotation(Strategy):
    """Hold the strongest symbols of the past months in equal parts, chosen anew every month.

    A symbol that fell over the past is left out, and its part stays in cash.

    Bets on: what rose most in the past half year going on to rise for another month, because news
    is believed slowly and money follows what has risen.

    Fails when: the market turns. After a crash the past winners are those that fell least, and
    they lag behind in the recovery; with two symbols held, one bad month of one of them counts.
    """

    rebalance = "row"

    lookback: int = parameter(126, low=5, high=500)
    hold: int = parameter(2, low=1, high=50)

    def targets(self, market: Market) -> Floats:
        past = momentum(market.close, self.lookback)
        known = ~np.isnan(past)
        strength = np.where(known & (past > 0), past, -np.inf)
        rank = np.argsort(np.argsort(-strength, axis=1, kind="stable"), axis=1, kind="stable")
        chosen = (rank < self.hold) & np.isfinite(strength)
        part = 1 / min(self.hold, len(market.symbols))
        weights = np.where(known, np.where(chosen, part, 0.0), np.nan)
        return np.where(_first_of_month(market)[:, None], weights, np.nan)


def _first_of_month(market: Market) -> np.ndarray:
    months = market.sessions.astype("datetime64[M]")
    return np.append(True, months[1:] != months[:-1])
