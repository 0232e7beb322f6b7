"""What was earned for the risk taken; the risk-free rate is zero."""

import numpy as np

from engine.metrics import Floats, Needs, Unit, metric
from engine.metrics._intervals import LO_2002
from engine.metrics.drawdown import max_drawdown
from engine.metrics.returns import cagr
from engine.metrics.risk import deviation, downside_deviation


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="mean(r) / sd(r) · √P, sample deviation",
    needs=Needs(2, "the returns do not vary"),
    interval=LO_2002,
)
def sharpe_ratio(returns: Floats, periods_per_year: float) -> float:
    """Mean return over its sample deviation, annualised by the root of time.

    returns: shape (sessions,), simple, in excess of the risk-free rate.
    NaN below two or when nothing varies. Sharpe (1994), eq. 3-6.

    >>> round(sharpe_ratio(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    6.1482
    """
    spread = deviation(returns)
    return float(returns.mean() / spread * np.sqrt(periods_per_year)) if spread > 0 else np.nan


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="mean(r) · P / downside deviation",
    needs=Needs(2, "there was no losing session"),
)
def sortino_ratio(returns: Floats, periods_per_year: float) -> float:
    """Mean return over the deviation of losses alone, annualised.

    returns: shape (sessions,), simple; the target is zero. NaN below two or without a loss.
    Sortino and Price (1994).

    >>> round(sortino_ratio(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    15.8745
    """
    downside = downside_deviation(returns, periods_per_year)
    return float(returns.mean() * periods_per_year / downside) if downside > 0 else np.nan


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="CAGR / |max drawdown|",
    needs=Needs(otherwise="less than a year is too short to annualise, or equity never fell"),
)
def calmar_ratio(equity: Floats, years: float) -> float:
    """Annual return over the deepest drawdown, both over the whole period.

    equity: shape (sessions + 1,), the start first. NaN under one year or without a drawdown.
    Young (1991), there over three years.

    >>> round(calmar_ratio(np.array([100.0, 120.0, 90.0, 121.0]), 2.0), 4)
    0.4
    """
    deepest = max_drawdown(equity)
    return cagr(equity, years) / -deepest if deepest < 0 else np.nan
