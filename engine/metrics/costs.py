"""What trading cost."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric


@metric(
    unit=Unit.RATIO,
    group="costs",
    formula="Σ |fills| / 2 / mean(V) / years",
    title="Turnover a year",
    better=Better.LOWER,
    needs=Needs(0, "no time has passed"),
)
def turnover(traded: Floats, equity: Floats, years: float) -> float:
    """How many times a year the whole account was exchanged, one way.

    traded: shape (fills,), money bought or sold, positive; half of it over mean equity.
    NaN when no time has passed.

    >>> turnover(np.array([100.0, 100.0]), np.array([100.0, 100.0]), 0.5)
    2.0
    """
    return float(traded.sum() / 2.0 / equity.mean() / years) if years > 0 else np.nan


@metric(
    unit=Unit.MONEY,
    group="costs",
    formula="Σ commissions",
    better=Better.LOWER,
)
def commission_paid(commissions: Floats) -> float:
    """All commissions, in money; a cost is positive.

    commissions: shape (fills,). Never NaN.

    >>> commission_paid(np.array([1.0, 1.5]))
    2.5
    """
    return float(commissions.sum())


@metric(
    unit=Unit.MONEY,
    group="costs",
    formula="Σ |fill price − price before slippage| · quantity",
    better=Better.LOWER,
)
def slippage_paid(slippages: Floats) -> float:
    """All that fills were worse than the price before slippage, in money; a cost is positive.

    slippages: shape (fills,). Never NaN.

    >>> slippage_paid(np.array([1.0, 1.5]))
    2.5
    """
    return float(slippages.sum())
