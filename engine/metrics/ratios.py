"""What was earned for the risk taken."""

import math

import numpy as np

from engine.metrics import Floats, Needs, Unit, metric
from engine.metrics._conventions import (
    BACKTESTING_PY,
    LEAN,
    OURS,
    compounded,
    excess,
    mean_rate,
    numbers,
    over,
)
from engine.metrics._intervals import LO_2002
from engine.metrics._statistics import deviation, gains, losses, mean, total
from engine.metrics.risk import downside_deviation, mean_growth, volatility


def annual_excess(
    returns: Floats, periods_per_year: float, risk_free: float | Floats, convention: str
) -> float:
    """What a convention puts above the line of its ratios: a year's return over the risk-free one.

    Ours and empyrical's: the mean excess return times the periods of a year. lean compounds the
    mean return, backtesting.py the geometric mean of all sessions but the first, and both then take
    off the year's rate.

    >>> round(annual_excess(np.array([0.01, -0.01, 0.02, 0.0]), 252, 0.0, "lean"), 4)
    2.5144
    """
    if convention == LEAN:
        yearly = compounded(mean(numbers(returns, convention)), periods_per_year)
    elif convention == BACKTESTING_PY:
        yearly = compounded(mean_growth(numbers(returns[1:], convention)), periods_per_year)
    else:
        return mean(numbers(excess(returns, risk_free), convention)) * periods_per_year
    return yearly - compounded(mean_rate(risk_free), periods_per_year)


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="mean(r − f) / sd(r − f) · √P, sample deviation",
    needs=Needs(2, "the returns do not vary"),
    interval=LO_2002,
)
def sharpe_ratio(
    returns: Floats,
    periods_per_year: float,
    risk_free: float | Floats = 0.0,
    convention: str = OURS,
) -> float:
    """Mean excess return over its sample deviation, annualised by the root of time.

    returns: shape (sessions,), simple. risk_free: for each session, one or as many. NaN below two
    or when nothing varies. Sharpe (1994), eq. 3-6.

    empyrical's is the same, but skips NaN returns and is infinite when nothing varies. lean divides
    the compounded mean return less the year's risk-free rate by the volatility; backtesting.py the
    geometric one by its own volatility.

    >>> round(sharpe_ratio(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    6.1482
    """
    if len(returns) < 2:
        return np.nan
    earned = annual_excess(returns, periods_per_year, risk_free, convention)
    if convention in (LEAN, BACKTESTING_PY):
        return over(earned, volatility(returns, periods_per_year, convention), convention)
    spread = deviation(numbers(excess(returns, risk_free), convention))
    return over(earned, spread * math.sqrt(periods_per_year), convention)


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="mean(r − f) · P / downside deviation",
    needs=Needs(2, "there was no losing session"),
)
def sortino_ratio(
    returns: Floats,
    periods_per_year: float,
    risk_free: float | Floats = 0.0,
    convention: str = OURS,
) -> float:
    """Mean excess return over the deviation of losses alone, annualised.

    returns: shape (sessions,), simple. risk_free: the target for each session, one or as many.
    NaN below two or without a loss. Sortino and Price (1994).

    empyrical's is the same, but skips NaN returns and is infinite without a loss. lean divides what
    it divides for its Sharpe ratio by the sample deviation of the losing sessions, backtesting.py
    by the downside deviation below zero.

    >>> round(sortino_ratio(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    15.8745
    """
    if len(returns) < 2:
        return np.nan
    earned = annual_excess(returns, periods_per_year, risk_free, convention)
    if convention == LEAN:
        spread = deviation(losses(returns)) * math.sqrt(periods_per_year)
        return over(earned, spread, convention)
    target = 0.0 if convention == BACKTESTING_PY else risk_free
    counted = returns[1:] if convention == BACKTESTING_PY else returns
    return over(
        earned, downside_deviation(counted, periods_per_year, target, convention), convention
    )


@metric(
    unit=Unit.RATIO,
    group="ratios",
    formula="Σ max(r − f, 0) / Σ max(f − r, 0)",
    needs=Needs(2, "there was no losing session"),
)
def omega_ratio(returns: Floats, risk_free: float | Floats = 0.0, convention: str = OURS) -> float:
    """All that sessions brought above the risk-free rate over all that others fell short of it.

    returns: shape (sessions,), simple. risk_free: the threshold for each session, one or as many.
    NaN below two or without a loss. NaN returns are refused, or skipped by empyrical's convention.
    Keating and Shadwick (2002).

    >>> omega_ratio(np.array([0.03, -0.01, 0.01, -0.01]))
    2.0
    """
    if len(returns) < 2:
        return np.nan
    counted = numbers(excess(returns, risk_free), convention)
    lost = -total(losses(counted))
    return total(gains(counted)) / lost if lost > 0 else np.nan
