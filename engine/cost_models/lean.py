"""What QuantConnect LEAN takes of US shares by default: Interactive Brokers' fixed prices.

Half a cent a share, at most half a percent of the value and at least one dollar. Source:
InteractiveBrokersFeeModel, whose equities fill without slippage.
"""

from engine.costs import Costs

COSTS = Costs(commission_bps=0, slippage_bps=0, per_share=0.005, minimum=1.0, maximum=0.005)
