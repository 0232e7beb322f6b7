"""How bumpy the way was."""

import math

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import BACKTESTING_PY, EMPYRICAL, OURS, excess, numbers
from engine.metrics._shared import shared
from engine.metrics._statistics import deviation, mean


def mean_growth(returns: Floats) -> float:
    """Constant return per period that leads to the same end: the geometric mean.

    0.0 once all was lost, as backtesting.py has it. NaN without a period.

    >>> round(mean_growth(np.array([0.21, 0.0])), 4)
    0.1
    """
    factors = returns + 1.0
    if not len(factors):
        return np.nan
    return float(factors.prod() ** (1.0 / len(factors)) - 1.0) if (factors > 0).all() else 0.0


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="sd(r) · √P, sample deviation",
    better=Better.LOWER,
    needs=Needs(2),
)
def volatility(returns: Floats, periods_per_year: float, convention: str = OURS) -> float:
    """Sample deviation of returns, annualised by the root of time.

    returns: shape (sessions,), simple. NaN below two. Zero when nothing varies. NaN returns are
    refused, or skipped by empyrical's convention.

    backtesting.py takes the returns to compound: √((s² + (1 + g)²)^P − (1 + g)^(2P)), g their
    geometric mean and s² their variance; it knows no return of the first session.
    Bacon (2008), ch. 4.

    >>> round(volatility(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    0.2049
    """
    if convention == BACKTESTING_PY:
        return _compounding_deviation(numbers(returns[1:], convention), periods_per_year)
    return deviation(numbers(returns, convention)) * math.sqrt(periods_per_year)


def _compounding_deviation(returns: Floats, periods_per_year: float) -> float:
    if len(returns) < 2:
        return np.nan
    grown = (1.0 + mean_growth(returns)) ** 2
    variance = deviation(returns) ** 2
    spread = (variance + grown) ** periods_per_year - grown**periods_per_year
    return float(np.sqrt(max(spread, 0.0)))


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="√(mean(min(r − f, 0)²)) · √P",
    better=Better.LOWER,
    needs=Needs(2),
)
@shared
def downside_deviation(
    returns: Floats,
    periods_per_year: float,
    risk_free: float | Floats = 0.0,
    convention: str = OURS,
) -> float:
    """Root mean square of the losses over all sessions, annualised by the root of time.

    returns: shape (sessions,), simple. risk_free: the target for each session, one or as many.
    NaN below two; empyrical's convention needs one, and skips NaN returns, which others refuse.
    Sortino and van der Meer (1991).

    >>> round(downside_deviation(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    0.0794
    """
    counted = numbers(excess(returns, risk_free), convention)
    if len(counted) < (1 if convention == EMPYRICAL else 2):
        return np.nan
    losses = np.minimum(counted, 0.0)
    return math.sqrt(mean(losses * losses) * periods_per_year)
