"""What was done beyond the market that was there for the taking."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics.risk import deviation


@metric(
    unit=Unit.RATIO,
    group="benchmark",
    formula="cov(r, b) / var(b)",
    better=Better.NEITHER,
    needs=Needs(2, "the benchmark does not vary"),
)
def beta(returns: Floats, benchmark_returns: Floats) -> float:
    """Slope of the returns on the benchmark's: 1 moves with it, 0 apart from it.

    Both: shape (sessions,). NaN below two or when the benchmark does not vary.
    Sharpe (1964); sample moments.

    >>> round(beta(np.array([0.02, -0.02, 0.04]), np.array([0.01, -0.01, 0.02])), 4)
    2.0
    """
    if not deviation(benchmark_returns) > 0:
        return np.nan
    return float(np.cov(returns, benchmark_returns)[0, 1] / benchmark_returns.var(ddof=1))


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="(mean(r) − beta · mean(b)) · P",
    needs=Needs(2, "the benchmark does not vary"),
)
def alpha(returns: Floats, benchmark_returns: Floats, periods_per_year: float) -> float:
    """Mean return that the benchmark's moves do not explain, times the periods of a year.

    Both: shape (sessions,). NaN below two or when the benchmark does not vary. Jensen (1968),
    risk-free rate zero; arithmetic, not compounded.

    >>> round(alpha(np.array([0.03, -0.01, 0.05]), np.array([0.01, -0.01, 0.02]), 252), 4)
    2.52
    """
    slope = beta(returns, benchmark_returns)
    if np.isnan(slope):
        return np.nan
    return float((returns.mean() - slope * benchmark_returns.mean()) * periods_per_year)


@metric(
    unit=Unit.RATIO,
    group="benchmark",
    formula="cov(r, b) / (sd(r) · sd(b))",
    better=Better.NEITHER,
    needs=Needs(2, "the returns or the benchmark do not vary"),
)
def correlation(returns: Floats, benchmark_returns: Floats) -> float:
    """How closely the returns keep step with the benchmark's, from -1 to 1 (Pearson).

    Both: shape (sessions,). NaN below two or when either does not vary.

    >>> round(correlation(np.array([0.02, -0.02, 0.04]), np.array([-0.01, 0.01, -0.02])), 4)
    -1.0
    """
    spreads = deviation(returns), deviation(benchmark_returns)
    if not min(spreads) > 0:
        return np.nan
    covariance = np.cov(returns, benchmark_returns)[0, 1]
    return float(np.clip(covariance / (spreads[0] * spreads[1]), -1.0, 1.0))
