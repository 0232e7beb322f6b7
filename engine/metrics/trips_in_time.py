"""How long round trips lasted, and how long wins and losses came in a row."""

import numpy as np

from engine.metrics import Better, Floats, Unit, metric
from engine.metrics._statistics import highest, mean, median
from engine.money import Bools


@metric(
    unit=Unit.DAYS,
    group="trades",
    formula="mean(exit − entry)",
    better=Better.NEITHER,
)
def average_holding_days(trip_days: Floats) -> float:
    """Calendar days a round trip lasted on average, from first entry to last exit.

    trip_days: shape (round trips,). NaN without one. Arithmetic.

    >>> average_holding_days(np.array([1.0, 2.0]))
    1.5
    """
    return mean(trip_days)


@metric(
    unit=Unit.DAYS,
    group="trades",
    formula="median(exit − entry)",
    better=Better.NEITHER,
)
def median_holding_days(trip_days: Floats) -> float:
    """Calendar days that the round trip in the middle lasted.

    trip_days: shape (round trips,). NaN without one. Arithmetic.

    >>> median_holding_days(np.array([1.0, 2.0, 30.0]))
    2.0
    """
    return median(trip_days)


@metric(
    unit=Unit.DAYS,
    group="trades",
    formula="max(exit − entry)",
    better=Better.NEITHER,
)
def longest_holding_days(trip_days: Floats) -> float:
    """Calendar days that the longest round trip lasted.

    trip_days: shape (round trips,). NaN without one. Arithmetic.

    >>> longest_holding_days(np.array([1.0, 2.0, 30.0]))
    30.0
    """
    return highest(trip_days)


@metric(
    unit=Unit.COUNT,
    group="trades",
    formula="most round trips in a row with pnl > 0",
)
def longest_win_run(trip_pnl: Floats) -> float:
    """Most winning round trips one after the other, in the order of their exits.

    trip_pnl: shape (round trips,), after commissions; zero ends a run. NaN without a round trip.
    By definition.

    >>> longest_win_run(np.array([10.0, 5.0, -1.0, 3.0]))
    2.0
    """
    return _longest_run(trip_pnl > 0)


@metric(
    unit=Unit.COUNT,
    group="trades",
    formula="most round trips in a row with pnl < 0",
    better=Better.LOWER,
)
def longest_loss_run(trip_pnl: Floats) -> float:
    """Most losing round trips one after the other, in the order of their exits.

    trip_pnl: shape (round trips,), after commissions; zero ends a run. NaN without a round trip.
    By definition.

    >>> longest_loss_run(np.array([10.0, -5.0, -1.0, 3.0]))
    2.0
    """
    return _longest_run(trip_pnl < 0)


def _longest_run(counted: Bools) -> float:
    if not len(counted):
        return np.nan
    between = np.concatenate(((True,), ~counted, (True,))).nonzero()[0]
    return float((between[1:] - between[:-1]).max() - 1)
