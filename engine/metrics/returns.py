"""What was earned."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import BACKTESTING_PY, EMPYRICAL, LEAN, OURS, check_convention
from engine.metrics._statistics import mean

DAYS_OF_OURS, DAYS_OF_LEAN = 365.25, 365.0


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="V_T / V_0 − 1",
)
def total_return(equity: Floats) -> float:
    """Growth of equity from the start to the last close, after all costs.

    equity: shape (sessions + 1,), the start first. NaN without a session. Arithmetic.

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
def cagr(
    equity: Floats, years: float, periods_per_year: float = 252.0, convention: str = OURS
) -> float:
    """Constant yearly growth that would have led to the same last equity.

    equity: shape (sessions + 1,), the start first. -1 where nothing is left. NaN under one year:
    returns of less than a year must not be annualised (GIPS 2010, I.5.A.4).

    Other conventions annualise any length. empyrical counts sessions, so many a year; so does
    backtesting.py, from the first close on, and says 0 once all was lost. lean counts years of 365
    days.

    >>> round(cagr(np.array([100.0, 110.0, 121.0]), 2.0), 4)
    0.1
    >>> round(cagr(np.array([100.0, 110.0, 121.0]), 0.01, 4, "empyrical"), 4)
    0.4641
    """
    check_convention(convention)
    if len(equity) < 2:
        return np.nan
    if convention == BACKTESTING_PY:
        equity = equity[1:]
    span = {
        OURS: years,
        LEAN: years * DAYS_OF_OURS / DAYS_OF_LEAN,
    }.get(convention, (len(equity) - 1) / periods_per_year)
    if span <= 0 or (convention == OURS and span < 1.0):
        return np.nan
    if not equity[-1] > 0:
        return 0.0 if convention == BACKTESTING_PY else -1.0
    return _annual(float(equity[-1] / equity[0]), span, convention)


def _annual(growth: float, span: float, convention: str) -> float:
    try:
        return float(growth ** (1.0 / span)) - 1.0
    except OverflowError:
        return np.inf if convention == EMPYRICAL else np.nan


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="mean Σ |q_t · close_t · multiplier| / V_t",
    better=Better.NEITHER,
)
def exposure(exposures: Floats) -> float:
    """Average gross value of all positions, long and short alike, over equity at the closes.

    exposures: shape (sessions,), at each close; 0.5 long and 0.5 short are 1, and leverage goes
    above it. NaN without a session. Of a run whose positions are not known it is |1 − cash / V|,
    in which longs and shorts cancel out. The gross method of Regulation (EU) 231/2013, art. 7.

    >>> exposure(np.array([0.0, 1.0, 0.5]))
    0.5
    """
    return mean(exposures)
