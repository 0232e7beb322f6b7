"""US shares at Interactive Brokers, fixed prices, with the default slippage.

Half a cent a share, at most one percent of the value and at least one dollar. On orders under a
hundred dollars the broker takes the one percent instead; the dollar is the pessimistic reading.
"""

from engine.costs import Costs

COSTS = Costs(commission_bps=0, per_share=0.005, minimum=1.0, maximum=0.01)
