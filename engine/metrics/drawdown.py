"""How deep and how long equity stayed below its peak."""

import math

import numpy as np

from engine.bars import Sessions
from engine.metrics import Better, Floats, Unit, metric
from engine.metrics._shared import shared
from engine.metrics._statistics import lowest, mean
from engine.money import Ints, frozen


@shared
def drawdowns(equity: Floats) -> Floats:
    """How far below its peak so far each value is, as a fraction at or below zero.

    >>> drawdowns(np.array([100.0, 75.0, 120.0])).tolist()
    [0.0, -0.25, 0.0]
    """
    return frozen(np.minimum(equity / np.maximum.accumulate(equity) - 1.0, 0.0))


@shared
def _peaks(equity: Floats) -> Ints:
    return frozen((drawdowns(equity) == 0.0).nonzero()[0])


def drawdown_dates(equity: Floats, sessions: Sessions) -> dict[str, str | None]:
    """When the deepest fall started, was at its deepest, and had recovered (None: not yet).

    equity: shape (sessions + 1,), the start first, which counts to the first session. Of falls
    equally deep the first; it starts at its peak's last session. Empty where it never fell.

    >>> days = np.array(["2020-01-02", "2020-01-03", "2020-01-06"], dtype="datetime64[D]")
    >>> drawdown_dates(np.array([100.0, 120.0, 90.0, 130.0]), days)
    {'start': '2020-01-02', 'trough': '2020-01-03', 'recovery': '2020-01-06'}
    """
    depths = drawdowns(equity)
    trough = int(depths.argmin())
    if not depths[trough] < 0:
        return {}
    at_peak = _peaks(equity)
    after = int(np.searchsorted(at_peak, trough))
    recovery = int(at_peak[after]) if after < len(at_peak) else None
    return {
        "start": _day(sessions, int(at_peak[after - 1])),
        "trough": _day(sessions, trough),
        "recovery": None if recovery is None else _day(sessions, recovery),
    }


def _day(sessions: Sessions, place: int) -> str:
    return str(sessions[max(place - 1, 0)])


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="min (V_t / max V_s − 1), s ≤ t",
    dates=drawdown_dates,
)
@shared
def max_drawdown(equity: Floats) -> float:
    """Deepest fall from a peak, as a fraction at or below zero.

    equity: shape (sessions + 1,), the start first: it is the first peak. NaN without a session.
    Magdon-Ismail and Atiya (2004).

    >>> round(max_drawdown(np.array([100.0, 120.0, 90.0, 130.0])), 4)
    -0.25
    """
    return lowest(drawdowns(equity)) if len(equity) > 1 else np.nan


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="mean depth of all falls from a peak to its recovery",
)
def average_drawdown(equity: Floats) -> float:
    """Mean depth of the falls below a peak, the one not yet recovered included; at or below zero.

    equity: shape (sessions + 1,), the start first. Zero when it never fell. NaN without a session.
    Bacon (2008), ch. 4.

    >>> round(average_drawdown(np.array([100.0, 90.0, 100.0, 80.0])), 4)
    -0.15
    """
    if len(equity) < 2:
        return np.nan
    deepest = np.minimum.reduceat(drawdowns(equity), _peaks(equity))
    falls = deepest[deepest < 0]
    return mean(falls) if len(falls) else 0.0


@metric(
    unit=Unit.SESSIONS,
    group="risk",
    formula="most sessions from a peak to its recovery, or to the end",
    better=Better.LOWER,
)
def longest_drawdown(equity: Floats) -> float:
    """Most sessions from a peak until equity was there again, or until the last session.

    equity: shape (sessions + 1,), the start first. Zero when it never fell. NaN without a session.
    By definition.

    >>> longest_drawdown(np.array([100.0, 90.0, 95.0, 100.0, 101.0]))
    3.0
    """
    if len(equity) < 2:
        return np.nan
    peaks = _peaks(equity)
    between = peaks[1:] - peaks[:-1]
    recovered = between[between > 1].max(initial=0)
    return float(max(recovered, len(equity) - 1 - peaks[-1]))


@metric(
    unit=Unit.FRACTION,
    group="risk",
    formula="√(mean((V_t / max V_s − 1)²)), s ≤ t",
    better=Better.LOWER,
)
def ulcer_index(equity: Floats) -> float:
    """Root mean square of how far equity was below its peak: deep and long falls both count.

    equity: shape (sessions + 1,), the start first. Zero when it never fell. NaN without a session.
    Martin and McCann (1989), as a fraction.

    >>> round(ulcer_index(np.array([100.0, 90.0, 100.0, 80.0])), 4)
    0.1291
    """
    if len(equity) < 2:
        return np.nan
    depths = drawdowns(equity)[1:]
    return math.sqrt(mean(depths * depths))
