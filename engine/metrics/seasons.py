"""What single days, months and years brought; the first and the last count as far as they go."""

import numpy as np  # noqa: F401 - the examples take it

from engine.metrics import Better, Floats, Unit, metric
from engine.metrics._conventions import OURS, numbers
from engine.metrics._statistics import highest, lowest, mean, share


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="mean r_t",
)
def average_day(returns: Floats, convention: str = OURS) -> float:
    """Mean return of a session; not compounded.

    returns: shape (sessions,). NaN without one; NaN returns are refused, or
    skipped by empyrical's convention. Arithmetic.

    >>> average_day(np.array([0.0, 0.5, 0.25]))
    0.25
    """
    return mean(numbers(returns, convention))


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="max r_t",
)
def best_day(returns: Floats, convention: str = OURS) -> float:
    """Highest return of one session.

    returns: shape (sessions,). NaN without one; NaN returns are refused, or
    skipped by empyrical's convention. Arithmetic.

    >>> best_day(np.array([0.01, -0.02, 0.03]))
    0.03
    """
    return highest(numbers(returns, convention))


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="min r_t",
)
def worst_day(returns: Floats, convention: str = OURS) -> float:
    """Lowest return of one session; a loss is negative.

    returns: shape (sessions,). NaN without one; NaN returns are refused, or
    skipped by empyrical's convention. Arithmetic.

    >>> worst_day(np.array([0.01, -0.02, 0.03]))
    -0.02
    """
    return lowest(numbers(returns, convention))


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="mean r_m",
)
def average_month(monthly_returns: Floats) -> float:
    """Mean return of a month; not compounded.

    monthly_returns: shape (months,). NaN without one. Arithmetic.

    >>> average_month(np.array([0.0, 0.5, 0.25]))
    0.25
    """
    return mean(monthly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="max r_m",
)
def best_month(monthly_returns: Floats) -> float:
    """Highest return of one month.

    monthly_returns: shape (months,). NaN without one. Arithmetic.

    >>> best_month(np.array([0.01, -0.02, 0.03]))
    0.03
    """
    return highest(monthly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="min r_m",
)
def worst_month(monthly_returns: Floats) -> float:
    """Lowest return of one month; a loss is negative.

    monthly_returns: shape (months,). NaN without one. Arithmetic.

    >>> worst_month(np.array([0.01, -0.02, 0.03]))
    -0.02
    """
    return lowest(monthly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="mean r_y",
)
def average_year(yearly_returns: Floats) -> float:
    """Mean return of a calendar year; not compounded.

    yearly_returns: shape (years,). NaN without one. Arithmetic.

    >>> average_year(np.array([0.0, 0.5, 0.25]))
    0.25
    """
    return mean(yearly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="max r_y",
)
def best_year(yearly_returns: Floats) -> float:
    """Highest return of one calendar year.

    yearly_returns: shape (years,). NaN without one. Arithmetic.

    >>> best_year(np.array([0.01, -0.02, 0.03]))
    0.03
    """
    return highest(yearly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="min r_y",
)
def worst_year(yearly_returns: Floats) -> float:
    """Lowest return of one calendar year; a loss is negative.

    yearly_returns: shape (years,). NaN without one. Arithmetic.

    >>> worst_year(np.array([0.01, -0.02, 0.03]))
    -0.02
    """
    return lowest(yearly_returns)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="months with r_m > 0 / all",
    title="Months with a gain",
)
def up_months(monthly_returns: Floats) -> float:
    """Share of months that brought something; zero is no gain.

    monthly_returns: shape (months,). NaN without one. By definition.

    >>> up_months(np.array([0.01, -0.02, 0.03, 0.0]))
    0.5
    """
    return share(monthly_returns > 0)


@metric(
    unit=Unit.FRACTION,
    group="returns",
    formula="months with r_m < 0 / all",
    title="Months with a loss",
    better=Better.LOWER,
)
def down_months(monthly_returns: Floats) -> float:
    """Share of months that lost something; zero is no loss.

    monthly_returns: shape (months,). NaN without one. By definition.

    >>> down_months(np.array([0.01, -0.02, 0.03, 0.0]))
    0.25
    """
    return share(monthly_returns < 0)
