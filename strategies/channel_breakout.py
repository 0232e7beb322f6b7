import math

import numpy as np

from engine import Broker, Market, Now, Strategy, parameter
from engine.indicators import atr, highest


class ChannelBreakout(Strategy):
    """Buy a close above the highest high of past weeks, and follow it with a trailing stop.

    Sells at the next open once a close is `trail` average true ranges below the highest close
    since the entry. Each symbol has an equal part.

    Bets on: long trends. A new high is rare, and now and then it is the beginning of a ride that
    pays for all the false starts before it.

    Fails when: prices swing without going anywhere. Each new high is bought and sold again below
    it, many times in a row; most of its trades lose, and the few that win must not be missed.
    """

    channel: int = parameter(55, low=5, high=300)
    range_bars: int = parameter(20, low=2, high=100)
    trail: float = parameter(3.5, low=0.5, high=20.0)

    def prepare(self, market: Market) -> None:
        highs = highest(market.high, self.channel)
        self.before = np.vstack([np.full_like(highs[:1], np.nan), highs[:-1]])
        self.range = atr(market.high, market.low, market.close, self.range_bars)
        self.close = market.close
        self.peak: dict[str, float] = {}

    def on_bar(self, now: Now, broker: Broker) -> None:
        rows = (self.close[now.row], self.before[now.row], self.range[now.row])
        close, before, spread = (row.tolist() for row in rows)
        for column, symbol in enumerate(broker.symbols):
            if math.isnan(close[column]):
                continue
            if broker.quantity(symbol) > 0:
                self._follow(broker, symbol, close[column], spread[column])
            elif close[column] > before[column] and not broker.waiting(symbol):
                self.peak[symbol] = close[column]
                broker.target(symbol, weight=1 / len(broker.symbols))

    def _follow(self, broker: Broker, symbol: str, close: float, spread: float) -> None:
        peak = self.peak[symbol] = max(close, self.peak.get(symbol, close))
        if close < peak - self.trail * spread:
            broker.target(symbol, weight=0)
