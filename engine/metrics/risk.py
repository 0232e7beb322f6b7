"""How bumpy the way was."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric

# Equity is booked to 1e-8 of a currency unit: a smaller deviation of returns is rounding.
ROUNDING = 1e-12


def deviation(returns: Floats) -> float:
    """Sample deviation per period, exactly 0.0 when nothing but rounding varies; NaN below two.

    >>> deviation(np.array([0.01, 0.01, 0.01]))
    0.0
    """
    if len(returns) < 2:
        return np.nan
    spread = float(returns.std(ddof=1))
    return spread if spread > ROUNDING else 0.0


def standardised_moment(returns: Floats, power: int) -> float:
    """Central moment of a power over the same power of the (population) deviation; NaN if flat.

    >>> standardised_moment(np.array([-1.0, 1.0]), 4)
    1.0
    """
    if not deviation(returns) > 0:
        return np.nan
    scores = (returns - returns.mean()) / returns.std()
    return float((scores**power).mean())


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="sd(r) · √P, sample deviation",
    better=Better.LOWER,
    needs=Needs(2),
)
def volatility(returns: Floats, periods_per_year: float) -> float:
    """Sample deviation of returns, annualised by the root of time.

    returns: shape (sessions,), simple. NaN below two. Zero when nothing varies.

    >>> round(volatility(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    0.2049
    """
    return deviation(returns) * float(np.sqrt(periods_per_year))


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="√(mean(min(r, 0)²)) · √P",
    better=Better.LOWER,
    needs=Needs(2),
)
def downside_deviation(returns: Floats, periods_per_year: float) -> float:
    """Root mean square of the losses over all sessions, annualised by the root of time.

    returns: shape (sessions,), simple; the target is zero. NaN below two.
    Sortino and van der Meer (1991).

    >>> round(downside_deviation(np.array([0.01, -0.01, 0.02, 0.0]), 252), 4)
    0.0794
    """
    if len(returns) < 2:
        return np.nan
    return float(np.sqrt(np.mean(np.minimum(returns, 0.0) ** 2) * periods_per_year))


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="5 % quantile of r (linear, Hyndman–Fan type 7)",
    title="Value at risk (95 %, one session)",
    needs=Needs(20),
)
def value_at_risk_95(returns: Floats) -> float:
    """Return that one session in twenty fell below; a loss is negative.

    returns: shape (sessions,). Historical, nothing assumed of the distribution. NaN below
    twenty: no session would lie in the tail.

    >>> round(value_at_risk_95(np.arange(101) / 100), 4)
    0.05
    """
    return float(np.quantile(returns, 0.05)) if len(returns) >= 20 else np.nan


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="mean of the worst 5 % of r",
    title="Expected shortfall (CVaR 95 %, one session)",
    needs=Needs(20),
)
def cvar_95(returns: Floats) -> float:
    """Mean return of the worst twentieth of the sessions; a loss is negative.

    returns: shape (sessions,). The sessions up to the order statistic floor(0.05 (n - 1)),
    inclusive, as empyrical counts them. NaN below twenty.

    >>> round(cvar_95(np.arange(101) / 100), 4)
    0.025
    """
    if len(returns) < 20:
        return np.nan
    last = int(0.05 * (len(returns) - 1))
    return float(np.sort(returns)[: last + 1].mean())


@metric(
    unit=Unit.RATIO,
    group="risk",
    formula="mean((r − mean r)³) / σ³, population moments",
    title="Skewness",
    needs=Needs(3, "the returns do not vary"),
)
def skew(returns: Floats) -> float:
    """Lean of the returns: below zero when the large ones are losses.

    returns: shape (sessions,). NaN below three or when nothing varies. Population moments
    (Fisher-Pearson g1).

    >>> round(skew(np.array([0.0, 0.0, 0.0, 1.0])), 4)
    1.1547
    """
    return standardised_moment(returns, 3) if len(returns) >= 3 else np.nan


@metric(
    unit=Unit.RATIO,
    group="risk",
    formula="mean((r − mean r)⁴) / σ⁴, population moments; normal = 3",
    better=Better.LOWER,
    needs=Needs(4, "the returns do not vary"),
)
def kurtosis(returns: Floats) -> float:
    """Weight of the tails, plain: 3 for a normal distribution, more with fatter tails.

    returns: shape (sessions,). NaN below four or when nothing varies. Not the excess kurtosis.

    >>> round(kurtosis(np.array([0.0, 0.0, 0.0, 1.0])), 4)
    2.3333
    """
    return standardised_moment(returns, 4) if len(returns) >= 4 else np.nan
