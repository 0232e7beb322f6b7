"""What round trips brought: flat to flat in one symbol, after commissions."""

import numpy as np

from engine.metrics import Better, Floats, Needs, Unit, metric
from engine.metrics._intervals import WILSON_1927
from engine.metrics._statistics import gains, losses, mean, median, share, total


@metric(
    unit=Unit.COUNT,
    group="trades",
    formula="closed round trips",
    better=Better.NEITHER,
)
def trade_count(trip_pnl: Floats) -> float:
    """Count of round trips that were closed; open positions are none.

    trip_pnl: shape (round trips,). Never NaN. By definition.

    >>> trade_count(np.array([10.0, -5.0]))
    2.0
    """
    return float(len(trip_pnl))


@metric(
    unit=Unit.FRACTION,
    group="trades",
    formula="round trips with pnl > 0 / all",
    interval=WILSON_1927,
)
def win_rate(trip_pnl: Floats) -> float:
    """Share of round trips that brought more than they cost.

    trip_pnl: shape (round trips,), after commissions; zero is no win. NaN without one.
    By definition.

    >>> win_rate(np.array([10.0, -5.0, 0.0, 20.0]))
    0.5
    """
    return share(trip_pnl > 0)


@metric(
    unit=Unit.RATIO,
    group="trades",
    formula="Σ wins / |Σ losses|",
    needs=Needs(otherwise="no round trip lost"),
)
def profit_factor(trip_pnl: Floats) -> float:
    """All that winning round trips brought over all that losing ones cost.

    trip_pnl: shape (round trips,), after commissions. NaN without a loss. By definition.

    >>> profit_factor(np.array([10.0, -5.0, -5.0, 20.0]))
    3.0
    """
    lost = -total(losses(trip_pnl))
    return total(gains(trip_pnl)) / lost if lost > 0 else np.nan


@metric(
    unit=Unit.MONEY,
    group="trades",
    formula="mean pnl",
)
def expectancy(trip_pnl: Floats) -> float:
    """What a round trip brought on average, in money.

    trip_pnl: shape (round trips,), after commissions. NaN without one. Arithmetic.

    >>> expectancy(np.array([10.0, -5.0, -5.0, 20.0]))
    5.0
    """
    return mean(trip_pnl)


@metric(
    unit=Unit.MONEY,
    group="trades",
    formula="mean pnl of wins",
    needs=Needs(otherwise="no round trip won"),
)
def average_win(trip_pnl: Floats) -> float:
    """What a winning round trip brought on average, in money.

    trip_pnl: shape (round trips,), after commissions. NaN without a win. Arithmetic.

    >>> average_win(np.array([10.0, -5.0, 20.0]))
    15.0
    """
    return mean(gains(trip_pnl))


@metric(
    unit=Unit.MONEY,
    group="trades",
    formula="mean pnl of losses",
    needs=Needs(otherwise="no round trip lost"),
)
def average_loss(trip_pnl: Floats) -> float:
    """What a losing round trip cost on average, in money; negative.

    trip_pnl: shape (round trips,), after commissions. NaN without a loss. Arithmetic.

    >>> average_loss(np.array([10.0, -5.0, -15.0]))
    -10.0
    """
    return mean(losses(trip_pnl))


@metric(
    unit=Unit.MONEY,
    group="trades",
    formula="median pnl of wins",
    needs=Needs(otherwise="no round trip won"),
)
def median_win(trip_pnl: Floats) -> float:
    """What the winning round trip in the middle brought, in money.

    trip_pnl: shape (round trips,), after commissions. NaN without a win. Arithmetic.

    >>> median_win(np.array([10.0, -5.0, 20.0, 90.0]))
    20.0
    """
    return median(gains(trip_pnl))


@metric(
    unit=Unit.MONEY,
    group="trades",
    formula="median pnl of losses",
    needs=Needs(otherwise="no round trip lost"),
)
def median_loss(trip_pnl: Floats) -> float:
    """What the losing round trip in the middle cost, in money; negative.

    trip_pnl: shape (round trips,), after commissions. NaN without a loss. Arithmetic.

    >>> median_loss(np.array([10.0, -5.0, -15.0, -90.0]))
    -15.0
    """
    return median(losses(trip_pnl))


@metric(
    unit=Unit.RATIO,
    group="trades",
    formula="mean pnl of wins / |mean pnl of losses|",
    needs=Needs(otherwise="no round trip won, or none lost"),
)
def payoff_ratio(trip_pnl: Floats) -> float:
    """How many times an average loss an average win was.

    trip_pnl: shape (round trips,), after commissions. NaN without a win or without a loss.
    By definition.

    >>> payoff_ratio(np.array([10.0, -5.0, 20.0]))
    3.0
    """
    return average_win(trip_pnl) / -average_loss(trip_pnl)
