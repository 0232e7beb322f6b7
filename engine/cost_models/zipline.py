"""What zipline-reloaded takes of US shares by default.

A tenth of a cent a share without a minimum, and five basis points of slippage. Source: PerShare
and FixedBasisPointsSlippage.
"""

from engine.costs import Costs

COSTS = Costs(commission_bps=0, slippage_bps=5, per_share=0.001)
