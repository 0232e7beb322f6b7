"""How much of the benchmark's rises and of its falls was taken along."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._conventions import EMPYRICAL, OURS, pairs
from engine.metrics._curves import growth
from engine.metrics._statistics import mean
from engine.metrics.returns import cagr


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="mean(r) / mean(b) where b > 0",
    needs=Needs(otherwise="the benchmark never rose"),
)
def up_capture(
    returns: Floats,
    benchmark_returns: Floats,
    periods_per_year: float = 252.0,
    convention: str = OURS,
) -> float:
    """Mean return over the benchmark's, of the sessions in which the benchmark rose.

    Both: shape (sessions,). 1 rises with it, 0 stays where it was. NaN where it never rose. Bacon
    (2008), ch. 4. empyrical divides annual returns, compounded from these sessions alone.

    >>> round(up_capture(np.array([0.02, -0.02, 0.04]), np.array([0.01, -0.01, 0.03])), 4)
    1.5
    """
    rose = benchmark_returns > 0
    return _capture(returns[rose], benchmark_returns[rose], periods_per_year, convention)


@metric(
    unit=Unit.FRACTION,
    group="benchmark",
    formula="mean(r) / mean(b) where b < 0",
    better=Better.LOWER,
    needs=Needs(otherwise="the benchmark never fell"),
)
def down_capture(
    returns: Floats,
    benchmark_returns: Floats,
    periods_per_year: float = 252.0,
    convention: str = OURS,
) -> float:
    """Mean return over the benchmark's, of the sessions in which the benchmark fell.

    Both: shape (sessions,). 1 falls with it, 0 stays where it was, below 0 it rose. NaN where the
    benchmark never fell. Bacon (2008), ch. 4. empyrical divides annual returns, compounded from
    these sessions alone.

    >>> down_capture(np.array([0.02, -0.02, 0.04]), np.array([0.01, -0.01, 0.03]))
    2.0
    """
    fell = benchmark_returns < 0
    return _capture(returns[fell], benchmark_returns[fell], periods_per_year, convention)


def _capture(
    returns: Floats, benchmark_returns: Floats, periods_per_year: float, convention: str
) -> float:
    if not len(returns):
        return np.nan
    if convention == EMPYRICAL:
        own, market = (
            cagr(growth(each, convention=convention), 0.0, periods_per_year, convention)
            for each in (returns, benchmark_returns)
        )
        return own / market
    ours, others = pairs(returns, benchmark_returns, convention)
    return mean(ours) / mean(others)
