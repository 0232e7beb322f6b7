"""What zipline-reloaded takes where slippage is by volume share.

The price moves by a tenth of the squared share of the bar's volume, of which zipline fills at
most 2.5 percent (`participation=0.025`). Source: PerShare and VolumeShareSlippage.
"""

from engine.costs import Costs

COSTS = Costs(commission_bps=0, slippage_bps=0, per_share=0.001, volume_impact=0.1)
