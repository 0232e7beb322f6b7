"""Record what backtesting.py makes of a crossing of averages on its own GOOG bars.

    python -m venv there && there/bin/pip install backtesting==0.6.6
    there/bin/python tests/engine/answers/record_backtesting.py

Writes backtesting_goog.json beside this file: for each case the closed trades and the equity on
every 40th bar and on the last. The bars themselves stay in that package.
"""

import itertools
import json
import warnings
from pathlib import Path

import backtesting
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover
from backtesting.test import GOOG, SMA

EVERY = 40


class Cross(Strategy):
    """All in while the fast average is above the slow one."""

    fast, slow, short, exits = 10, 30, False, None

    def init(self):
        self.fast_line = self.I(SMA, self.data.Close, self.fast)
        self.slow_line = self.I(SMA, self.data.Close, self.slow)

    def next(self):
        if crossover(self.fast_line, self.slow_line):
            self.position.close()
            self.buy(**self.brackets())
        elif crossover(self.slow_line, self.fast_line):
            self.position.close()
            if self.short:
                self.sell()

    def brackets(self):
        """Prices of exits as shares of this close."""
        if not self.exits:
            return {}
        price = self.data.Close[-1]
        return {"sl": price * (1 - self.exits[0]), "tp": price * (1 + self.exits[1])}


def record(case):
    strategy = {"short": case["short"], "exits": case["exits"]}
    market = {"commission": case["commission"], "trade_on_close": case["trade_on_close"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a trade is open at the end
        stats = Backtest(GOOG, Cross, cash=100_000, **market).run(**strategy)
    trades, equity = stats["_trades"], stats["_equity_curve"]["Equity"]
    columns = ("Size", "EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "PnL")
    told = [[round(value, 6) for value in row] for row in trades[list(columns)].values.tolist()]
    rows = [*range(0, len(equity) - 1, EVERY), len(equity) - 1]
    return {**case, "trades": told, "equity": {row: round(equity.iloc[row], 6) for row in rows}}


def main():
    cases = [
        {"short": short, "commission": commission, "trade_on_close": at_close, "exits": None}
        for short, commission, at_close in itertools.product(
            (False, True), (0.0, 0.002), (False, True)
        )
    ]
    cases.append(
        {"short": False, "commission": 0.002, "trade_on_close": False, "exits": [0.05, 0.1]}
    )
    told = {
        "source": f"backtesting.py {backtesting.__version__} on its own GOOG bars, "
        f"pandas {pd.__version__}; made by record_backtesting.py",
        "columns": ["size", "entry_bar", "exit_bar", "entry_price", "exit_price", "pnl"],
        "cases": [record(case) for case in cases],
    }
    path = Path(__file__).with_name("backtesting_goog.json")
    text = json.dumps(told, separators=(",", ":")).replace('{"short"', '\n{"short"')
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
