"""How far a figure may be from the truth: intervals of 95 %."""

from statistics import NormalDist

import numpy as np

from engine.metrics._conventions import BACKTESTING_PY, LEAN, excess, numbers, over
from engine.metrics._declaration import Interval
from engine.metrics._statistics import deviation, mean
from engine.money import Floats

NORMAL = NormalDist()
Z_95 = NORMAL.inv_cdf(0.975)


def sharpe_standard_error(sharpe: float, periods: int) -> float:
    """Standard error of a per-period Sharpe ratio of independent returns. Lo (2002), eq. 9.

    >>> round(sharpe_standard_error(0.5, 12), 3)
    0.306
    """
    return float(np.sqrt((1.0 + sharpe**2 / 2.0) / periods))


def _lo(
    returns: Floats, periods_per_year: float, risk_free: float, convention: str
) -> tuple[float, float]:
    """Bounds of the mean over the deviation; none of ratios that annualise by compounding."""
    if convention in (LEAN, BACKTESTING_PY):
        return np.nan, np.nan
    counted = numbers(excess(returns, risk_free), convention)
    sharpe = over(mean(counted), deviation(counted), convention)
    reach = Z_95 * sharpe_standard_error(sharpe, len(counted))
    year = float(np.sqrt(periods_per_year))
    return (sharpe - reach) * year, (sharpe + reach) * year


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Bounds of a share seen in trials. Wilson (1927).

    >>> tuple(round(bound, 4) for bound in wilson(9, 10))
    (0.5958, 0.9821)
    """
    share = successes / trials
    weight = Z_95**2 / trials
    centre = share + weight / 2.0
    reach = Z_95 * float(np.sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials)))
    return (centre - reach) / (1.0 + weight), (centre + reach) / (1.0 + weight)


def _wilson_of_wins(trip_pnl: Floats) -> tuple[float, float]:
    return wilson(int(np.count_nonzero(trip_pnl > 0)), len(trip_pnl))


LO_2002 = Interval("Lo 2002", _lo)
WILSON_1927 = Interval("Wilson 1927", _wilson_of_wins)
