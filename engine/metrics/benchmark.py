"""What was done beyond the market that was there for the taking."""

import math

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import EMPYRICAL, LEAN, OURS, compounded, over, pairs
from engine.metrics._shared import shared
from engine.metrics._statistics import apart, deviation, mean
from engine.metrics.ratios import annual_excess

FLAT = "the benchmark does not vary"


@metric(
    unit=Unit.RATIO,
    group="benchmark",
    formula="cov(r, b) / var(b)",
    better=Better.NEITHER,
    needs=Needs(2, FLAT),
)
@shared
def beta(returns: Floats, benchmark_returns: Floats, convention: str = OURS) -> float:
    """Slope of the returns on the benchmark's: 1 moves with it, 0 apart from it.

    Both: shape (sessions,). NaN below two or when the benchmark does not vary. NaN returns are
    refused, or skipped with the other of the pair by empyrical's convention.
    Sharpe (1964); sample moments.

    >>> round(beta(np.array([0.02, -0.02, 0.04]), np.array([0.01, -0.01, 0.02])), 4)
    2.0
    """
    ours, market = pairs(returns, benchmark_returns, convention)
    if not deviation(market) > 0:
        return np.nan
    far = apart(market)
    return float((far @ ours) / (far @ far))


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="(mean(r − f) − beta · mean(b − f)) · P",
    needs=Needs(2, FLAT),
)
def alpha(
    returns: Floats,
    benchmark_returns: Floats,
    periods_per_year: float,
    risk_free: float = 0.0,
    convention: str = OURS,
) -> float:
    """Mean return that the benchmark's moves do not explain, times the periods of a year.

    Both: shape (sessions,). risk_free: for each session. NaN below two or when the benchmark does
    not vary. Jensen (1968); arithmetic, not compounded.

    empyrical compounds it over the year, and skips pairs with a NaN, which others refuse; lean
    takes it between returns that are compounded.

    >>> round(alpha(np.array([0.03, -0.01, 0.05]), np.array([0.01, -0.01, 0.02]), 252), 4)
    2.52
    """
    slope = beta(returns, benchmark_returns, convention)
    if math.isnan(slope):
        return np.nan
    ours, market = pairs(returns, benchmark_returns, convention)
    if convention == LEAN:
        own = annual_excess(ours, periods_per_year, risk_free, convention)
        return own - slope * annual_excess(market, periods_per_year, risk_free, convention)
    beyond = mean(ours) - risk_free - slope * (mean(market) - risk_free)
    return (
        compounded(beyond, periods_per_year)
        if convention == EMPYRICAL
        else beyond * periods_per_year
    )


@metric(
    unit=Unit.RATIO,
    group="benchmark",
    formula="cov(r, b) / (sd(r) · sd(b))",
    better=Better.NEITHER,
    needs=Needs(2, "the returns or the benchmark do not vary"),
)
def correlation(returns: Floats, benchmark_returns: Floats, convention: str = OURS) -> float:
    """How closely the returns keep step with the benchmark's, from -1 to 1 (Pearson).

    Both: shape (sessions,). NaN below two or when either does not vary. NaN returns are refused,
    or skipped with the other of the pair by empyrical's convention. Pearson (1895).

    >>> round(correlation(np.array([0.02, -0.02, 0.04]), np.array([-0.01, 0.01, -0.02])), 4)
    -1.0
    """
    ours, market = pairs(returns, benchmark_returns, convention)
    if not min(deviation(ours), deviation(market)) > 0:
        return np.nan
    one, other = apart(ours), apart(market)
    together = (one @ other) / np.sqrt((one @ one) * (other @ other))
    return min(max(float(together), -1.0), 1.0)


@shared
def _beyond(returns: Floats, benchmark_returns: Floats) -> Floats:
    return returns - benchmark_returns


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="sd(r − b) · √P, sample deviation",
    better=Better.LOWER,
    needs=Needs(2),
)
def tracking_error(
    returns: Floats, benchmark_returns: Floats, periods_per_year: float, convention: str = OURS
) -> float:
    """Sample deviation of what the returns are apart from the benchmark's, annualised.

    Both: shape (sessions,). NaN below two. Zero where the difference does not vary. NaN returns
    are refused, or skipped with the other of the pair by empyrical's convention.
    Grinold and Kahn (2000).

    >>> round(tracking_error(np.array([0.02, -0.02]), np.array([0.01, -0.01]), 252), 4)
    0.2245
    """
    ours, market = pairs(returns, benchmark_returns, convention)
    return deviation(_beyond(ours, market)) * math.sqrt(periods_per_year)


@metric(
    unit=Unit.RATIO,
    group="benchmark",
    formula="mean(r − b) · P / tracking error",
    needs=Needs(2, "the returns do not part from the benchmark"),
)
def information_ratio(
    returns: Floats, benchmark_returns: Floats, periods_per_year: float, convention: str = OURS
) -> float:
    """Mean return beyond the benchmark's over the deviation of that, annualised.

    Both: shape (sessions,). NaN below two or when the difference does not vary. Grinold (1989).

    empyrical does not annualise it (its excess_sharpe), and is infinite when the difference does
    not vary; lean takes the difference of returns that are compounded.

    >>> round(information_ratio(np.array([0.02, -0.02]), np.array([0.0, -0.01]), 252), 4)
    3.7417
    """
    ours, market = pairs(returns, benchmark_returns, convention)
    if len(returns) < 2 or not len(ours):
        return np.nan
    spread = tracking_error(ours, market, periods_per_year, convention)
    if convention == EMPYRICAL:
        beyond = mean(_beyond(ours, market))
        return over(beyond, spread / math.sqrt(periods_per_year), convention)
    own, others = (
        annual_excess(each, periods_per_year, 0.0, convention) for each in (ours, market)
    )
    return over(own - others, spread, convention)


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="mean(r − f) · P / beta",
    needs=Needs(2, f"{FLAT}, or beta is zero"),
)
def treynor_ratio(
    returns: Floats,
    benchmark_returns: Floats,
    periods_per_year: float,
    risk_free: float = 0.0,
    convention: str = OURS,
) -> float:
    """Yearly mean excess return for each unit of beta: for the risk that the market itself is.

    Both: shape (sessions,). risk_free: for each session. NaN below two, when the benchmark does
    not vary or when beta is zero; below zero where beta is. Treynor (1965). lean takes the
    compounded return.

    >>> round(treynor_ratio(np.array([0.02, -0.01]), np.array([0.01, -0.02]), 252), 4)
    1.26
    """
    slope = beta(returns, benchmark_returns, convention)
    if math.isnan(slope) or abs(slope) < 1e-12:
        return np.nan
    ours, _ = pairs(returns, benchmark_returns, convention)
    return annual_excess(ours, periods_per_year, risk_free, convention) / slope
