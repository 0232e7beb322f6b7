"""How likely a Sharpe ratio is to be luck, given how the returns are spread."""

import math

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import OURS, excess, numbers
from engine.metrics._intervals import NORMAL
from engine.metrics._shared import shared
from engine.metrics._statistics import deviation, mean
from engine.metrics.moments import kurtosis, skew

CONFIDENCE = 0.95
Z = NORMAL.inv_cdf(CONFIDENCE)


def probability_above(
    sharpe: float, periods: int, skewness: float, kurtosis: float, threshold: float = 0.0
) -> float:
    """Probability that the true Sharpe ratio lies above a threshold; both per period.

    kurtosis: plain, 3 for a normal distribution. NaN where the estimate has no error to speak
    of. Bailey and Lopez de Prado (2012), eq. 8.

    >>> round(probability_above(1.585 / 12**0.5, 24, -2.448, 10.164), 10)
    0.9132343069
    """
    variance = _variance(sharpe, skewness, kurtosis)
    if periods < 2 or not variance > 0:
        return np.nan
    return NORMAL.cdf((sharpe - threshold) * math.sqrt(periods - 1) / math.sqrt(variance))


def track_record_needed(
    sharpe: float, skewness: float, kurtosis: float, threshold: float = 0.0
) -> float:
    """Periods until a Sharpe ratio lies above a threshold with 95 % confidence; per period.

    NaN where it does not lie above it. Bailey and Lopez de Prado (2012), eq. 11.

    >>> year = 250
    >>> round(track_record_needed(2 / year**0.5, 0.0, 3.0, 1 / year**0.5) / year, 6)
    2.731188
    """
    if not sharpe > threshold:
        return np.nan
    return 1.0 + _variance(sharpe, skewness, kurtosis) * (Z / (sharpe - threshold)) ** 2


def _variance(sharpe: float, skewness: float, kurtosis: float) -> float:
    return 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2


@shared
def _per_period(returns: Floats) -> tuple[float, float, float]:
    spread = deviation(returns)
    sharpe = mean(returns) / spread if spread > 0 else np.nan
    return sharpe, skew(returns), kurtosis(returns)


@metric(
    unit=Unit.FRACTION,
    group="evidence",
    formula="Φ(SR · √(T − 1) / √(1 − g₃·SR + (g₄ − 1)/4 · SR²)), SR per session",
    title="Probability that the Sharpe ratio is above zero",
    needs=Needs(4, "the returns do not vary"),
)
def probabilistic_sharpe_ratio(
    returns: Floats, risk_free: float = 0.0, convention: str = OURS
) -> float:
    """Probability that the true Sharpe ratio is above zero, given length, skew and tails.

    returns: shape (sessions,), simple. risk_free: for each session. NaN below four or when nothing
    varies; NaN returns are refused, or skipped by empyrical's convention. It knows nothing of how
    many other strategies were tried first.
    Bailey and Lopez de Prado (2012).

    >>> round(probabilistic_sharpe_ratio(np.array([0.01, -0.01, 0.02, 0.0])), 4)
    0.7463
    """
    counted = numbers(excess(returns, risk_free), convention)
    sharpe, skewness, tails = _per_period(counted)
    return probability_above(sharpe, len(counted), skewness, tails)


@metric(
    unit=Unit.SESSIONS,
    group="evidence",
    formula="1 + (1 − g₃·SR + (g₄ − 1)/4 · SR²) · (1.645 / SR)², SR per session",
    title="Minimum track record length",
    better=Better.LOWER,
    needs=Needs(4, "the Sharpe ratio is not above zero"),
)
def minimum_track_record(returns: Floats, risk_free: float = 0.0, convention: str = OURS) -> float:
    """Whole sessions until a Sharpe ratio like this one is above zero with 95 % confidence.

    returns: shape (sessions,), simple. risk_free: for each session. NaN below four, when nothing
    varies or when the Sharpe ratio is not above zero. Bailey and Lopez de Prado (2012).

    >>> minimum_track_record(np.array([0.01, -0.01, 0.02, 0.0]))
    20.0
    """
    sharpe, skewness, tails = _per_period(numbers(excess(returns, risk_free), convention))
    needed = track_record_needed(sharpe, skewness, tails)
    return float(math.ceil(needed)) if math.isfinite(needed) else np.nan
