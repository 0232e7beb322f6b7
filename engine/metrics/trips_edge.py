"""How good round trips were as bets, and how far they went for and against."""

import math

import numpy as np

from engine.metrics import Floats, Needs, Unit, metric
from engine.metrics._statistics import lowest, mean, squares, total
from engine.metrics.trips import payoff_ratio, win_rate


@metric(
    unit=Unit.RATIO,
    group="trades",
    formula="√n · mean(pnl) / sd(pnl), sample deviation",
    title="System quality number (SQN)",
    needs=Needs(2, "the round trips do not vary"),
)
def system_quality(trip_pnl: Floats) -> float:
    """Mean pnl over its deviation, times the root of how many round trips there were.

    trip_pnl: shape (round trips,), after commissions. NaN below two or when nothing varies. Tharp
    (2008), with money in the place of multiples of risk and n not capped.

    >>> round(system_quality(np.array([10.0, -5.0, 20.0, 15.0])), 4)
    1.8516
    """
    if len(trip_pnl) < 2:
        return np.nan
    spread = math.sqrt(total(squares(trip_pnl)) / (len(trip_pnl) - 1))
    return math.sqrt(len(trip_pnl)) * mean(trip_pnl) / spread if spread > 1e-9 else np.nan


@metric(
    unit=Unit.FRACTION,
    group="trades",
    formula="win rate − (1 − win rate) / payoff ratio",
    needs=Needs(otherwise="no round trip won, or none lost"),
)
def kelly_criterion(trip_pnl: Floats) -> float:
    """Share of the account that bets with these odds would stake to grow fastest; an upper bound.

    trip_pnl: shape (round trips,), after commissions. Below zero it is no bet to take. NaN without
    a win or without a loss. Kelly (1956).

    >>> round(kelly_criterion(np.array([10.0, -5.0, 20.0, -5.0])), 4)
    0.3333
    """
    won = win_rate(trip_pnl)
    return won - (1.0 - won) / payoff_ratio(trip_pnl)


@metric(
    unit=Unit.FRACTION,
    group="trades",
    formula="mean of (worst open result / money put in)",
    title="Average adverse excursion (MAE)",
)
def average_mae(trip_mae: Floats) -> float:
    """How far round trips went against their entry on average, before they ended.

    trip_mae: shape (round trips,), at or below zero, as a fraction of what was put in, before
    commissions. NaN without one. Sweeney (1996).

    >>> average_mae(np.array([-0.25, 0.0, -0.5]))
    -0.25
    """
    return mean(trip_mae)


@metric(
    unit=Unit.FRACTION,
    group="trades",
    formula="min of (worst open result / money put in)",
    title="Worst adverse excursion (MAE)",
)
def worst_mae(trip_mae: Floats) -> float:
    """How far the worst round trip went against its entry before it ended.

    trip_mae: shape (round trips,), at or below zero, as a fraction of what was put in, before
    commissions. NaN without one. Sweeney (1996).

    >>> worst_mae(np.array([-0.25, 0.0, -0.5]))
    -0.5
    """
    return lowest(trip_mae)


@metric(
    unit=Unit.FRACTION,
    group="trades",
    formula="mean of (best open result / money put in)",
    title="Average favourable excursion (MFE)",
)
def average_mfe(trip_mfe: Floats) -> float:
    """How far round trips went in favour of their entry on average, before they ended.

    trip_mfe: shape (round trips,), at or above zero, as a fraction of what was put in, before
    commissions. NaN without one. Sweeney (1996).

    >>> average_mfe(np.array([0.25, 0.0, 0.5]))
    0.25
    """
    return mean(trip_mfe)
