"""What a notebook imports: a backtest of bars in a pandas frame, whose result shows itself.

from functions.notebook import backtest

backtest("sma_cross", bars, fast=20)
"""

from functions.notebook.backtests import backtest
from functions.notebook.result import Backtest

__all__ = ["Backtest", "backtest"]
