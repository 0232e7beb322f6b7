"""The best and the worst sessions."""

import math

import numpy as np

from engine.metrics import Floats, Needs, Unit, metric
from engine.metrics._conventions import EMPYRICAL, OURS, numbers, over
from engine.metrics._statistics import mean, ordered


def value_at_risk(returns: Floats, cutoff: float, convention: str = OURS) -> float:
    """Return that a share of the sessions fell below; a loss is negative.

    cutoff: the share, from 0 to 1. Historical, linear between order statistics (Hyndman-Fan type
    7). NaN where not even one session would lie in the tail; empyrical's convention gives a
    number from one session on, and skips NaN returns, which others refuse.

    >>> value_at_risk(np.array([1.0, 81.0, 82.0, 83.0, 84.0, 85.0]), 0.3)
    81.5
    """
    returns = numbers(returns, convention)
    if len(returns) < _sessions_for(cutoff, convention):
        return np.nan
    return _quantile(ordered(returns), cutoff)


def conditional_value_at_risk(returns: Floats, cutoff: float, convention: str = OURS) -> float:
    """Mean return of the sessions at or below the value at risk; a loss is negative.

    cutoff: the share, from 0 to 1. The sessions up to the order statistic floor(cutoff (n - 1)),
    inclusive, as empyrical counts them. NaN as for `value_at_risk`.

    >>> conditional_value_at_risk(np.array([1.0, 81.0, 82.0, 83.0, 84.0, 85.0]), 0.3)
    41.0
    """
    returns = numbers(returns, convention)
    if len(returns) < _sessions_for(cutoff, convention):
        return np.nan
    last = int(cutoff * (len(returns) - 1))
    return mean(np.partition(returns, last)[: last + 1])


def _sessions_for(cutoff: float, convention: str) -> int:
    return 1 if convention == EMPYRICAL or cutoff <= 0 else math.ceil(1.0 / cutoff - 1e-9)


def _quantile(ascending: Floats, share: float) -> float:
    place = share * (len(ascending) - 1)
    low = int(place)
    high = min(low + 1, len(ascending) - 1)
    return float(ascending[low] + (ascending[high] - ascending[low]) * (place - low))


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="5 % quantile of r (linear, Hyndman–Fan type 7)",
    title="Value at risk (95 %, one session)",
    needs=Needs(20),
)
def value_at_risk_95(returns: Floats, convention: str = OURS) -> float:
    """Return that one session in twenty fell below; a loss is negative.

    returns: shape (sessions,). Historical, nothing assumed of the distribution. NaN below
    twenty: no session would lie in the tail. Other conventions as for `value_at_risk`.
    Hyndman and Fan (1996), type 7.

    >>> round(value_at_risk_95(np.arange(101) / 100), 4)
    0.05
    """
    return value_at_risk(returns, 0.05, convention)


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="mean of the worst 5 % of r",
    title="Expected shortfall (CVaR 95 %, one session)",
    needs=Needs(20),
)
def cvar_95(returns: Floats, convention: str = OURS) -> float:
    """Mean return of the worst twentieth of the sessions; a loss is negative.

    returns: shape (sessions,). The sessions up to the order statistic floor(0.05 (n - 1)),
    inclusive, as empyrical counts them. NaN below twenty. Rockafellar and Uryasev (2000).

    >>> round(cvar_95(np.arange(101) / 100), 4)
    0.025
    """
    return conditional_value_at_risk(returns, 0.05, convention)


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="1 % quantile of r (linear, Hyndman–Fan type 7)",
    title="Value at risk (99 %, one session)",
    needs=Needs(100),
)
def value_at_risk_99(returns: Floats, convention: str = OURS) -> float:
    """Return that one session in a hundred fell below; a loss is negative.

    returns: shape (sessions,). Historical, nothing assumed of the distribution. NaN below
    a hundred: no session would lie in the tail. Other conventions as for `value_at_risk`.
    Hyndman and Fan (1996), type 7.

    >>> round(value_at_risk_99(np.arange(101) / 100), 4)
    0.01
    """
    return value_at_risk(returns, 0.01, convention)


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="mean of the worst 1 % of r",
    title="Expected shortfall (CVaR 99 %, one session)",
    needs=Needs(100),
)
def cvar_99(returns: Floats, convention: str = OURS) -> float:
    """Mean return of the worst hundredth of the sessions; a loss is negative.

    returns: shape (sessions,). The sessions up to the order statistic floor(0.01 (n - 1)),
    inclusive, as empyrical counts them. NaN below a hundred. Rockafellar and Uryasev (2000).

    >>> round(cvar_99(np.arange(101) / 100), 4)
    0.005
    """
    return conditional_value_at_risk(returns, 0.01, convention)


@metric(
    unit=Unit.RATIO,
    group="risk",
    formula="|95 % quantile of r| / |5 % quantile of r|",
    needs=Needs(20, "the 5 % quantile of the returns is zero"),
)
def tail_ratio(returns: Floats, convention: str = OURS) -> float:
    """Size of the best sessions against that of the worst: above 1 the gains reach further.

    returns: shape (sessions,). Quantiles as for the value at risk. NaN below twenty or where the
    5 % quantile is zero; empyrical's convention needs one session, and is infinite there.
    By definition of empyrical's tail_ratio.

    >>> round(tail_ratio(np.arange(-20, 81) / 100), 4)
    5.0
    """
    returns = numbers(returns, convention)
    if len(returns) < _sessions_for(0.05, convention):
        return np.nan
    highest, lowest = (abs(_quantile(ordered(returns), share)) for share in (0.95, 0.05))
    return over(highest, lowest, convention)
