"""What the examples of backtesting.py take: 0.2 percent of each trade, no slippage."""

from engine.costs import Costs

COSTS = Costs(commission_bps=20, slippage_bps=0)
