"""No costs at all, as a lesson in what they do; every result says so."""

from engine.costs import Costs

COSTS = Costs(commission_bps=0, slippage_bps=0)
