"""Strategies made of a few lines, for any test that needs one."""

from collections.abc import Callable, Mapping

import numpy as np

from engine import Broker, Market, Now, Strategy


def scripted(script: Mapping[int, Callable[[Broker], None]]) -> type[Strategy]:
    """A strategy that does at the close of each row what the script says.

    >>> scripted({0: lambda broker: broker.buy("IBM", quantity=57)}).event_driven()
    True
    """

    class Scripted(Strategy):
        """Do what is written."""

        def on_bar(self, now: Now, broker: Broker) -> None:
            if now.row in script:
                script[now.row](broker)

    return Scripted


def weighted(weights: np.ndarray, rebalance: str = "change") -> type[Strategy]:
    """A strategy in the vectorised form with these weights, shape (rows, symbols)."""

    class Weighted(Strategy):
        """Hold what is written."""

        def targets(self, market: Market) -> np.ndarray:
            return np.array(weights)[: len(market.sessions)]

    Weighted.rebalance = rebalance
    return Weighted
