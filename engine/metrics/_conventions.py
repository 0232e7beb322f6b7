"""Whose definition of a figure is meant, where the others of this field differ from ours."""

import math

import numpy as np

from engine.errors import DataError, unknown
from engine.metrics._shared import shared
from engine.metrics._statistics import total
from engine.money import Floats

OURS = "tradingrobotplug"
EMPYRICAL = "empyrical"
LEAN = "lean"
BACKTESTING_PY = "backtesting.py"
CONVENTIONS = (OURS, EMPYRICAL, LEAN, BACKTESTING_PY)


def check_convention(convention: str) -> None:
    """Refuse the name of a convention that is none."""
    if convention not in CONVENTIONS:
        raise unknown("convention", convention, CONVENTIONS)


@shared
def numbers(returns: Floats, convention: str) -> Floats:
    """Return what can be counted: empyrical skips a NaN, everybody else is refused it.

    >>> numbers(np.array([np.nan, 0.01]), EMPYRICAL).tolist()
    [0.01]
    >>> numbers(np.array([np.nan, 0.01]), OURS)
    Traceback (most recent call last):
    engine.errors.DataError: a return must be a number, the 1st was nan; mend the series, or skip \
it with convention='empyrical'
    """
    check_convention(convention)
    if not math.isnan(total(returns)):
        return returns  # a sum with a NaN in it is one
    missing = np.isnan(returns)
    if not missing.any():
        return returns
    if convention != EMPYRICAL:
        raise DataError(
            f"a return must be a number, the {_nth(int(np.argmax(missing)) + 1)} was nan; mend "
            "the series, or skip it with convention='empyrical'"
        )
    return returns[~missing]


def pairs(returns: Floats, others: Floats, convention: str) -> tuple[Floats, Floats]:
    """Return both series where both can be counted; a NaN is skipped or refused as in `numbers`."""
    if len(returns) != len(others):
        raise DataError(
            f"returns and those of the benchmark must be of the same sessions, were {len(returns)} "
            f"and {len(others)}; give both for every session"
        )
    if convention == EMPYRICAL:
        known = ~(np.isnan(returns) | np.isnan(others))
        return (returns, others) if known.all() else (returns[known], others[known])
    return numbers(returns, convention), numbers(others, convention)


@shared
def excess(returns: Floats, risk_free: float | Floats) -> Floats:
    """What returns are beyond a rate; they themselves where it is zero.

    >>> excess(np.array([0.03, 0.01]), 0.01).round(4).tolist()
    [0.02, 0.0]
    """
    nothing = not isinstance(risk_free, np.ndarray) and risk_free == 0
    return returns if nothing else returns - risk_free


def over(value: float, by: float, convention: str) -> float:
    """Divide by what is not negative; by zero NaN, but empyrical's infinity.

    >>> over(1.0, 0.0, OURS), over(-1.0, 0.0, EMPYRICAL)
    (nan, -inf)
    """
    if by > 0:
        return value / by
    if convention == EMPYRICAL and by == 0 and value != 0 and not math.isnan(value):
        return math.copysign(math.inf, value)
    return math.nan


def compounded(rate: float, periods: float) -> float:
    """What a rate for each period comes to over so many of them; NaN below -100 %.

    >>> round(compounded(0.01, 12), 6)
    0.126825
    """
    return (1.0 + rate) ** periods - 1.0 if rate >= -1.0 else math.nan


def mean_rate(risk_free: float | Floats) -> float:
    """One risk-free rate for all sessions, where it is given for each."""
    return float(np.mean(risk_free))


def _nth(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10)
    return f"{place}{ending or 'th'}"
