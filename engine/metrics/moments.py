"""How the returns are spread: which way they lean, and how heavy their tails are."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import OURS, numbers
from engine.metrics._shared import shared
from engine.metrics._statistics import apart, deviation, mean, squares


@shared
def standardised_moment(returns: Floats, power: int) -> float:
    """Central moment of a power over the same power of the (population) deviation; NaN if flat.

    >>> standardised_moment(np.array([-1.0, 1.0]), 4)
    1.0
    """
    if not deviation(returns) > 0:
        return np.nan
    squared = squares(returns)
    raised = squared * (apart(returns) if power == 3 else squared ** (power / 2 - 1))
    return float(mean(raised) / np.float64(mean(squared)) ** (power / 2))


@metric(
    unit=Unit.RATIO,
    group="risk",
    formula="mean((r − mean r)³) / σ³, population moments",
    title="Skewness",
    needs=Needs(3, "the returns do not vary"),
)
def skew(returns: Floats, convention: str = OURS) -> float:
    """Lean of the returns: below zero when the large ones are losses.

    returns: shape (sessions,). NaN below three or when nothing varies. Population moments
    (Fisher-Pearson g1). NaN returns are refused, or skipped by empyrical's convention.
    Joanes and Gill (1998), g1.

    >>> round(skew(np.array([0.0, 0.0, 0.0, 1.0])), 4)
    1.1547
    """
    returns = numbers(returns, convention)
    return standardised_moment(returns, 3) if len(returns) >= 3 else np.nan


@metric(
    unit=Unit.RATIO,
    group="risk",
    formula="mean((r − mean r)⁴) / σ⁴, population moments; normal = 3",
    better=Better.LOWER,
    needs=Needs(4, "the returns do not vary"),
)
def kurtosis(returns: Floats, convention: str = OURS) -> float:
    """Weight of the tails, plain: 3 for a normal distribution, more with fatter tails.

    returns: shape (sessions,). NaN below four or when nothing varies. Not the excess kurtosis.
    NaN returns are refused, or skipped by empyrical's convention. Joanes and Gill (1998), g2 + 3.

    >>> round(kurtosis(np.array([0.0, 0.0, 0.0, 1.0])), 4)
    2.3333
    """
    returns = numbers(returns, convention)
    return standardised_moment(returns, 4) if len(returns) >= 4 else np.nan
