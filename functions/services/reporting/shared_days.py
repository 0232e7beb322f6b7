"""Runs over the sessions that all of them have: measured again, and held against each other."""

from collections.abc import Sequence
from functools import reduce
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from engine.bars import Sessions
from engine.estimates import Estimate
from engine.metrics import catalogue, measure
from engine.metrics.benchmark import correlation
from engine.money import Floats
from functions.services.reporting.daily import Closes, whole
from functions.services.reporting.finished import Finished

CONFIDENCE = 0.95
METHOD = "mean of paired differences"
LEAST = 2
RUINED_BEFORE = Estimate(None, reason="ruined before the days that all share")


class Shared(NamedTuple):
    """The sessions that all runs have.

    sessions: shape (sessions,). equity: of each run, shape (sessions + 1,), what it was worth
    before the first of them and then at the close of each; a ruined run stays at what it was left.
    """

    sessions: Sessions
    equity: Sequence[Floats]
    periods_per_year: float

    @property
    def returns(self) -> list[Floats]:
        """Simple returns of each run, from shared close to shared close; 0 after its ruin."""
        return [_returns(curve) for curve in self.equity]


def _returns(curve: Floats) -> Floats:
    alive = curve[:-1] > 0
    return np.where(alive, curve[1:] / np.where(alive, curve[:-1], 1.0) - 1.0, 0.0)


def shared(runs: Sequence[Finished]) -> Shared:
    """Find what runs have in common; of several calendars the one with fewest sessions counts."""
    lives = [whole(each.run) for each in runs]
    sessions = reduce(np.intersect1d, [life.sessions for life in lives])
    periods = min(each.periods_per_year for each in runs)
    return Shared(sessions, [_curve(life, sessions) for life in lives], periods)


def _curve(run: Closes, sessions: Sessions) -> Floats:
    if not len(sessions):
        return run.equity[:1]
    places = np.searchsorted(run.sessions, sessions)
    return np.concatenate((run.equity[places[:1]], run.equity[places + 1]))


def figures(common: Shared) -> list[dict[str, Estimate]]:
    """Measure each run over the shared sessions alone, until its ruin."""
    return [_figures(common, curve) for curve in common.equity]


def _figures(common: Shared, curve: Floats) -> dict[str, Estimate]:
    if curve[0] <= 0:
        return dict.fromkeys(catalogue(), RUINED_BEFORE)
    return measure(
        equity=curve[1:],
        start_equity=float(curve[0]),
        sessions=common.sessions,
        periods_per_year=common.periods_per_year,
    )


def correlations(common: Shared) -> list[list[float | None]]:
    """Return how closely returns keep step, run by run; None where one does not vary."""
    returns = common.returns
    return [[_correlation(one, other) for other in returns] for one in returns]


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) < LEAST:
        return None
    found = correlation(one, other)
    return None if np.isnan(found) else found


def reach_of(pairs: int) -> float:
    """Return how many standard errors an interval reaches to each side.

    >>> round(reach_of(1), 2), round(reach_of(10), 2)
    (1.96, 2.81)
    """
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / pairs)


def difference(one: Floats, other: Floats, periods_per_year: float, pairs: int = 1) -> Estimate:
    """Return by how much a year the first earned more than the other, with its interval.

    The mean of the differences of each session times the sessions of a year, with the interval of
    a mean of independent differences: of 95 %, or so much wider that of so many pairs all hold
    at once in 95 of 100 cases (Bonferroni). None below two sessions.
    """
    apart = one - other
    if len(apart) < LEAST:
        return Estimate(None, sample_size=len(apart), reason="fewer than two shared sessions")
    mean = float(apart.mean()) * periods_per_year
    reach = reach_of(pairs) * float(apart.std(ddof=1) / np.sqrt(len(apart))) * periods_per_year
    return Estimate(mean, mean - reach, mean + reach, len(apart), METHOD)
