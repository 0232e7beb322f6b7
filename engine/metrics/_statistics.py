"""Sums, means and deviations that many metrics take of the same series.

To the last bit what numpy's methods of that name return, which take several times as long over
the few hundred values of a record: `mean` alone spends nine tenths of its time around the sum.
"""

import math

import numpy as np

from engine.metrics._shared import shared
from engine.money import Bools, Floats, frozen

sum_of, highest_of, lowest_of = np.add.reduce, np.maximum.reduce, np.minimum.reduce

# Equity is booked to 1e-8 of a currency unit: a smaller deviation of returns is rounding.
ROUNDING = 1e-12


@shared
def total(values: Floats) -> float:
    """Sum of the values; 0.0 of none."""
    return float(sum_of(values))


def mean(values: Floats) -> float:
    """Arithmetic mean; NaN of none.

    >>> mean(np.array([1.0, 2.0]))
    1.5
    """
    return total(values) / len(values) if len(values) else math.nan


def highest(values: Floats) -> float:
    """The highest of the values; NaN of none."""
    return float(highest_of(values)) if len(values) else math.nan


def lowest(values: Floats) -> float:
    """The lowest of the values; NaN of none."""
    return float(lowest_of(values)) if len(values) else math.nan


def share(counted: Bools) -> float:
    """How much of them is true, from 0 to 1; NaN of none."""
    return int(np.count_nonzero(counted)) / len(counted) if len(counted) else math.nan


def median(values: Floats) -> float:
    """The value in the middle, or the mean of the two there; NaN of none, or where one is.

    >>> median(np.array([3.0, 1.0, 2.0, 9.0]))
    2.5
    """
    ordered, middle = np.sort(values), len(values) // 2
    if not len(values) or math.isnan(ordered[-1]):
        return math.nan
    if len(values) % 2:
        return float(ordered[middle])
    return (float(ordered[middle - 1]) + float(ordered[middle])) / 2.0


@shared
def apart(values: Floats) -> Floats:
    """How far each value lies from their mean."""
    return frozen(values - mean(values))


@shared
def squares(values: Floats) -> Floats:
    """Square of how far each value lies from their mean."""
    far = apart(values)
    return frozen(far * far)


@shared
def deviation(values: Floats) -> float:
    """Sample deviation per period, exactly 0.0 when nothing but rounding varies; NaN below two.

    >>> deviation(np.array([0.01, 0.01, 0.01]))
    0.0
    """
    if len(values) < 2:
        return math.nan
    spread = math.sqrt(total(squares(values)) / (len(values) - 1))
    return spread if spread > ROUNDING else 0.0


@shared
def ordered(values: Floats) -> Floats:
    """The values from the lowest to the highest."""
    return frozen(np.sort(values))


@shared
def gains(values: Floats) -> Floats:
    """Those of the values that lie above zero."""
    return frozen(values[values > 0])


@shared
def losses(values: Floats) -> Floats:
    """Those of the values that lie below zero."""
    return frozen(values[values < 0])
