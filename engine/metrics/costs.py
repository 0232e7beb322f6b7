"""What trading cost."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._statistics import mean, total


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
    NaN when no time has passed. By definition.

    >>> turnover(np.array([100.0, 100.0]), np.array([100.0, 100.0]), 0.5)
    2.0
    """
    return total(traded) / 2.0 / mean(equity) / years if years > 0 else np.nan


@metric(
    unit=Unit.MONEY,
    group="costs",
    formula="Σ commissions",
    better=Better.LOWER,
)
def commission_paid(commissions: Floats) -> float:
    """All commissions, in money; a cost is positive.

    commissions: shape (fills,). Never NaN. Arithmetic.

    >>> commission_paid(np.array([1.0, 1.5]))
    2.5
    """
    return total(commissions)


@metric(
    unit=Unit.MONEY,
    group="costs",
    formula="Σ |fill price − price before slippage| · quantity",
    better=Better.LOWER,
)
def slippage_paid(slippages: Floats) -> float:
    """All that fills were worse than the price before slippage, in money; a cost is positive.

    slippages: shape (fills,). Never NaN. Arithmetic.

    >>> slippage_paid(np.array([1.0, 1.5]))
    2.5
    """
    return total(slippages)


@metric(
    unit=Unit.BASIS_POINTS,
    group="costs",
    formula="(V_T − V_0 + commissions + slippage) / Σ |fills| · 10 000",
    title="Break-even cost",
    needs=Needs(otherwise="nothing was traded"),
)
def break_even_cost(
    traded: Floats, equity: Floats, commissions: Floats, slippages: Floats
) -> float:
    """Cost of each trade, in basis points of its value, at which nothing would have been earned.

    traded, commissions, slippages: shape (fills,), money. equity: shape (sessions + 1,), the start
    first. To be held against what commission and slippage are assumed to be; below zero nothing was
    earned before costs. Trades are taken as they were: lower costs would have bought more. NaN
    without a trade. Arithmetic.

    >>> costs = np.array([1.0, 1.0])
    >>> break_even_cost(np.array([1000.0, 1000.0]), np.array([100.0, 108.0]), costs, costs * 0)
    50.0
    """
    value = total(traded)
    gross = float(equity[-1] - equity[0]) + total(commissions) + total(slippages)
    return gross / value * 10_000.0 if value > 0 else np.nan
