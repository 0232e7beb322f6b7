"""What was earned."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="V_T / V_0 − 1",
)
def total_return(equity: Floats) -> float:
    """Growth of equity from the start to the last close, after all costs.

    equity: shape (sessions + 1,), the start first. NaN without a session.

    >>> round(total_return(np.array([100.0, 110.0, 121.0])), 4)
    0.21
    """
    return float(equity[-1] / equity[0] - 1.0) if len(equity) > 1 else np.nan


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="(V_T / V_0)^(1 / years) − 1, years = days / 365.25",
    title="Annual return (CAGR)",
    needs=Needs(otherwise="less than a year is too short to annualise"),
)
def cagr(equity: Floats, years: float) -> float:
    """Constant yearly growth that would have led to the same last equity.

    equity: shape (sessions + 1,), the start first. -1 where nothing is left. NaN under one year:
    returns of less than a year must not be annualised (GIPS 2010, I.5.A.4).

    >>> round(cagr(np.array([100.0, 110.0, 121.0]), 2.0), 4)
    0.1
    """
    if len(equity) < 2 or years < 1.0:
        return np.nan
    growth = float(equity[-1] / equity[0])
    return growth ** (1.0 / years) - 1.0 if growth > 0 else -1.0


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="max r_t",
)
def best_day(returns: Floats) -> float:
    """Highest return of one session.

    returns: shape (sessions,). NaN without one.

    >>> best_day(np.array([0.01, -0.02, 0.03]))
    0.03
    """
    return float(returns.max()) if len(returns) else np.nan


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="min r_t",
)
def worst_day(returns: Floats) -> float:
    """Lowest return of one session; a loss is negative.

    returns: shape (sessions,). NaN without one.

    >>> worst_day(np.array([0.01, -0.02, 0.03]))
    -0.02
    """
    return float(returns.min()) if len(returns) else np.nan


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="mean |1 − cash_t / V_t|",
    better=Better.NEITHER,
)
def exposure(exposures: Floats) -> float:
    """Average share of equity that was at work and not in cash; above 1 with leverage.

    exposures: shape (sessions,), at each close. NaN without a session.

    >>> exposure(np.array([0.0, 1.0, 0.5]))
    0.5
    """
    return float(exposures.mean()) if len(exposures) else np.nan
