"""How many bars a second the loop plays: plain, compiled, and another engine beside it.

    python -m benchmarks.engine --bars 20000 --symbols 1

Both forms of an SMA cross over random walks. backtesting.py, which is among the development
requirements, plays one symbol alone. Making the machine code is timed apart, and kept in no folder
of yours.
"""

import argparse
import math
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from engine import Bars, Broker, Floats, Market, Now, Run, Strategy, simulate, speed
from engine.indicators import sma
from engine.speed import Pace

FAST, SLOW = 10, 30
SECONDS = 3600


class Crossing(Strategy):
    """Long while the fast average is above the slow one, as weights."""

    def targets(self, market: Market) -> Floats:
        """Decide for all bars at once."""
        above = sma(market.close, FAST) > sma(market.close, SLOW)
        return np.where(above, 0.9 / len(market.symbols), 0.0)


class CrossingByBar(Strategy):
    """The same, bar by bar, and with a stop-loss, so that most bars have something to do."""

    def prepare(self, market: Market) -> None:
        """Work both averages out once."""
        self.above = sma(market.close, FAST) > sma(market.close, SLOW)
        self.held = np.zeros(len(market.symbols), np.bool_)

    def on_bar(self, now: Now, broker: Broker) -> None:
        """Turn where the averages crossed."""
        for at in np.flatnonzero(self.above[now.row] != self.held).tolist():
            self.held[at] = self.above[now.row, at]
            weight = 0.9 / len(self.held) if self.held[at] else 0.0
            broker.target(broker.symbols[at], weight=weight, stop_loss=0.2)


def walks(bars: int, symbols: int) -> Market:
    """Make hourly bars of so many symbols, around the clock."""
    random = np.random.default_rng(1)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.004, (bars, symbols)), axis=0))
    opened = np.vstack([close[:1], close[:-1]]) * np.exp(random.normal(0, 0.001, close.shape))
    high, low = np.maximum(opened, close) * 1.001, np.minimum(opened, close) * 0.999
    opens = np.arange(bars) * SECONDS
    days = opens.astype("datetime64[s]").astype("datetime64[D]")
    volume = np.full(close.shape, 1e9)
    raw = Bars(days, opens, opens + SECONDS, opened, high, low, close, volume)
    return Market.build([f"S{at:03}" for at in range(symbols)], raw)


def timed(play: Callable[[], Run]) -> tuple[float, int]:
    """Return the seconds of the quickest of three runs, and its fills."""
    seconds, fills = math.inf, 0
    for _ in range(3):
        began = perf_counter()
        run = play()
        seconds = min(seconds, perf_counter() - began)
        fills = len(run.fills)
    return seconds, fills


def other(market: Market) -> tuple[float, int] | None:
    """Play the first symbol with backtesting.py, where it is installed."""
    try:
        import backtesting
        import pandas as pd
    except ImportError:
        return None

    class Cross(backtesting.Strategy):  # type: ignore[misc]
        def init(self) -> None:
            self.fast = self.I(lambda x: pd.Series(x).rolling(FAST).mean(), self.data.Close)
            self.slow = self.I(lambda x: pd.Series(x).rolling(SLOW).mean(), self.data.Close)

        def next(self) -> None:
            if self.fast[-1] > self.slow[-1]:
                if not self.position:
                    self.buy(size=0.9, sl=self.data.Close[-1] * 0.8)
            elif self.position:
                self.position.close()

    columns = {name.title(): getattr(market.raw, name)[:, 0] for name in market.raw._fields[3:8]}
    frame = pd.DataFrame(columns, index=pd.to_datetime(market.closes, unit="s"))
    test = backtesting.Backtest(frame, Cross, cash=100_000, commission=0.0005)
    began = perf_counter()
    found = test.run()
    return perf_counter() - began, int(found["# Trades"])


def compiled(folder: str) -> float:
    """Compile the loop for this process, and return the seconds that took."""
    speed.PACE = Pace(0, 0, folder)
    began = perf_counter()
    simulate(Crossing, walks(50, 1))
    return perf_counter() - began


def told(name: str, bars: int, found: tuple[float, int] | None) -> None:
    """Write one line of the table."""
    if found is not None:
        seconds, fills = found
        print(f"{name:34}{bars / seconds:14,.0f} bars/s{fills:10,} fills or trades")  # noqa: T201


def main() -> None:
    """Measure, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--bars", type=int, default=20_000)
    parser.add_argument("--symbols", type=int, default=1)
    asked = parser.parse_args()
    market, bars = walks(asked.bars, asked.symbols), asked.bars * asked.symbols
    market.prices  # noqa: B018 - made once, for every run
    forms = {"targets": Crossing, "on_bar, stop-loss": CrossingByBar}
    speed.PACE = Pace(math.inf, math.inf)
    for name, form in forms.items():
        told(f"{name}, plain", bars, timed(lambda form=form: simulate(form, market)))
    with TemporaryDirectory() as folder:
        print(f"machine code made in {compiled(folder):.1f} s", file=sys.stderr)  # noqa: T201
    for name, form in forms.items():
        told(f"{name}, compiled", bars, timed(lambda form=form: simulate(form, market)))
    if asked.symbols == 1:
        told("backtesting.py, stop-loss", bars, other(market))


if __name__ == "__main__":
    main()
