"""From prices to returns, from returns to a curve, and from sessions to weeks, months and years."""

from typing import Literal

import numpy as np

from engine.bars import Sessions
from engine.metrics._conventions import EMPYRICAL, OURS, numbers
from engine.metrics._shared import shared
from engine.money import Floats, Ints

Period = Literal["week", "month", "quarter", "year"]


def simple_returns(prices: Floats) -> Floats:
    """Change of each price against the one before, as a fraction; one fewer than prices.

    From a price of zero it is infinite, and NaN where both are zero.

    >>> simple_returns(np.array([100.0, 110.0, 99.0])).round(4).tolist()
    [0.1, -0.1]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change: Floats = np.diff(prices) / prices[:-1]
    return change


def growth(returns: Floats, start: float = 1.0, convention: str = OURS) -> Floats:
    """Return the curve that returns make of a start: shape (returns + 1,), the start first.

    A NaN is refused; empyrical's convention counts it as a session in which nothing moved.

    >>> growth(np.array([0.1, -0.1]), 100.0).round(4).tolist()
    [100.0, 110.0, 99.0]
    """
    if convention == EMPYRICAL:
        returns = np.where(np.isnan(returns), 0.0, returns)
    factors = np.concatenate(([1.0], 1.0 + numbers(returns, convention)))
    return np.asarray(start * np.cumprod(factors), dtype=np.float64)


def period_returns(equity: Floats, sessions: Sessions, period: Period) -> Floats:
    """Return of each week (from Monday), month, quarter or year that has a session, in order.

    equity: shape (sessions + 1,), the start first. sessions: shape (sessions,). The first and the
    last period count as far as they go.

    >>> days = np.array(["2020-01-30", "2020-01-31", "2020-02-03"], dtype="datetime64[D]")
    >>> period_returns(np.array([100.0, 110.0, 121.0, 60.5]), days, "month").round(4).tolist()
    [0.21, -0.5]
    """
    if not len(sessions):
        return np.empty(0)
    number = _numbered(sessions, period)
    last = (number[1:] != number[:-1]).nonzero()[0] + 1
    ends = equity[np.concatenate(((0,), last, (len(sessions),)))]
    result: Floats = ends[1:] / ends[:-1] - 1.0
    return result


def _numbered(sessions: Sessions, period: Period) -> Ints:
    """Count the period each session lies in."""
    if period == "week":
        days: Ints = sessions.astype("datetime64[D]").astype(np.int64)
        return (days + 3) // 7  # 1970 began on a Thursday
    months = _months(sessions)
    return months if period == "month" else months // _MONTHS[period]


@shared
def _months(sessions: Sessions) -> Ints:
    months: Ints = sessions.astype(_MONTH).view(np.int64)
    return months


_MONTHS = {"quarter": 3, "year": 12}
_MONTH = np.dtype("datetime64[M]")
