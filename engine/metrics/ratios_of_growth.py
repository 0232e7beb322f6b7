"""What was earned for what it took to stay the course: falls, bad months, an uneven way."""

import math

import numpy as np

from engine.metrics import Floats, Needs, Unit, metric
from engine.metrics._conventions import OURS, numbers
from engine.metrics._statistics import apart, losses, lowest, total
from engine.metrics.drawdown import max_drawdown
from engine.metrics.returns import cagr, total_return


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="CAGR / |max drawdown|",
    needs=Needs(otherwise="less than a year is too short to annualise, or equity never fell"),
)
def calmar_ratio(
    equity: Floats, years: float, periods_per_year: float = 252.0, convention: str = OURS
) -> float:
    """Annual return over the deepest drawdown, both over the whole period.

    equity: shape (sessions + 1,), the start first. NaN under one year or without a drawdown.
    Young (1991), there over three years. Other conventions put their own annual return in it.

    >>> round(calmar_ratio(np.array([100.0, 120.0, 90.0, 121.0]), 2.0), 4)
    0.4
    """
    deepest = max_drawdown(equity)
    if not deepest < 0:
        return np.nan
    ratio = cagr(equity, years, periods_per_year, convention) / -deepest
    return ratio if math.isfinite(ratio) else np.nan


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="total return / |max drawdown|",
    needs=Needs(otherwise="equity never fell"),
)
def recovery_factor(equity: Floats) -> float:
    """How many times over the deepest fall was earned back in all.

    equity: shape (sessions + 1,), the start first. NaN without a session or without a drawdown.
    By definition.

    >>> round(recovery_factor(np.array([100.0, 120.0, 90.0, 150.0])), 4)
    2.0
    """
    deepest = max_drawdown(equity)
    return total_return(equity) / -deepest if deepest < 0 else np.nan


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="Σ r_m / |Σ min(r_m, 0)|",
    needs=Needs(otherwise="no month lost"),
)
def gain_to_pain_ratio(monthly_returns: Floats) -> float:
    """All that months brought, net, over all that the losing ones lost.

    monthly_returns: shape (months,), simple. NaN without a losing month. Schwager (2012).

    >>> round(gain_to_pain_ratio(np.array([0.03, -0.01, 0.02, -0.01])), 4)
    1.5
    """
    lost = -total(losses(monthly_returns))
    return total(monthly_returns) / lost if lost > 0 else np.nan


@metric(
    unit=Unit.FRACTION,
    group="ratios",
    formula="R² of ln V_t on t",
    title="Stability (R² of log equity)",
    needs=Needs(2, "equity did not move, or nothing was left of it"),
)
def stability(returns: Floats, convention: str = OURS) -> float:
    """How close growth came to a constant rate: 1 is a straight line of log equity.

    returns: shape (sessions,), simple; the line is fitted to the closes, without the start. NaN
    below two, when equity did not move or when nothing was left. NaN returns are refused, or
    skipped by empyrical's convention, whose stability_of_timeseries this is.
    By definition: the squared correlation of log equity with time.

    >>> round(stability(np.array([0.01, 0.01, 0.01])), 4)
    1.0
    """
    if len(returns) < 2:
        return np.nan
    returns = numbers(returns, convention)
    if len(returns) < 2 or not lowest(returns) > -1.0:
        return np.nan
    line = np.log1p(returns).cumsum()
    far, time = apart(line), np.arange(len(line)) - (len(line) - 1) / 2.0
    varied = float(far @ far)
    if not varied > 1e-24 * len(line):
        return np.nan
    return float(min(float(time @ far) ** 2 / (float(time @ time) * varied), 1.0))
