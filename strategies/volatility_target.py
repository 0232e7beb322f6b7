import numpy as np

from engine import Broker, Market, Now, Strategy, parameter
from engine.indicators import volatility


class VolatilityTarget(Strategy):
    """Hold every symbol, but less of it the wilder it has been, for a steady risk.

    Each symbol's equal part is scaled by target over recent annual volatility, never above the
    whole part; what is held is left alone while it is within the band around that.

    Bets on: wild days coming in clusters, so that the past weeks say how wild the next will be,
    and on wild times paying no more for their risk than calm ones.

    Fails when: a fall comes out of a calm sky, while it holds the most, or when the best days
    follow the worst: it has sold by then, and gains less in the recovery than it lost.
    """

    target: float = parameter(0.2, low=0.01, high=2.0)
    bars: int = parameter(60, low=5, high=300)
    band: float = parameter(0.15, low=0.0, high=1.0)

    def prepare(self, market: Market) -> None:
        risk = np.maximum(volatility(market.close, self.bars), 1e-9)
        self.wanted = np.minimum(1.0, self.target / risk) / len(market.symbols)

    def on_bar(self, now: Now, broker: Broker) -> None:
        for symbol, wanted in zip(broker.symbols, self.wanted[now.row].tolist(), strict=True):
            drifted = abs(wanted - broker.weight(symbol)) > self.band * wanted
            if drifted and not broker.waiting(symbol):
                broker.target(symbol, weight=wanted)
