"""Runs over the sessions that all of them have: measured again, and held against each other."""

from collections.abc import Sequence
from functools import reduce
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from engine.bars import Sessions
from engine.estimates import Estimate
from engine.metrics import Measured, measure
from engine.metrics.benchmark import correlation
from engine.money import Floats

Z_95 = NormalDist().inv_cdf(0.975)
METHOD = "mean of paired differences"
LEAST = 2


class Shared(NamedTuple):
    """The sessions that all runs have.

    sessions: shape (sessions,). equity: of each run, shape (sessions + 1,), what it was worth
    before the first of them and then at the close of each.
    """

    sessions: Sessions
    equity: Sequence[Floats]
    periods_per_year: float

    @property
    def returns(self) -> list[Floats]:
        """Simple returns of each run, from shared close to shared close."""
        return [curve[1:] / curve[:-1] - 1.0 for curve in self.equity]


def shared(runs: Sequence[Measured]) -> Shared:
    """Find what runs have in common; of several calendars the one with fewest sessions counts."""
    sessions = reduce(np.intersect1d, [run.sessions for run in runs])
    periods = min(run.periods_per_year for run in runs)
    return Shared(sessions, [_curve(run, sessions) for run in runs], periods)


def _curve(run: Measured, sessions: Sessions) -> Floats:
    if not len(sessions):
        return run.equity[:1]
    places = np.searchsorted(run.sessions, sessions)
    return np.concatenate((run.equity[places[:1]], run.equity[places + 1]))


def figures(common: Shared) -> list[dict[str, Estimate]]:
    """Measure each run over the shared sessions alone."""
    return [
        measure(
            equity=curve[1:],
            start_equity=float(curve[0]),
            sessions=common.sessions,
            periods_per_year=common.periods_per_year,
        )
        for curve in common.equity
    ]


def correlations(common: Shared) -> list[list[float | None]]:
    """Return how closely returns keep step, run by run; None where one does not vary."""
    returns = common.returns
    return [[_correlation(one, other) for other in returns] for one in returns]


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) < LEAST:
        return None
    found = correlation(one, other)
    return None if np.isnan(found) else found


def difference(one: Floats, other: Floats, periods_per_year: float) -> Estimate:
    """Return by how much a year the first earned more than the other, with its interval of 95 %.

    The mean of the differences of each session times the sessions of a year, with the interval of
    a mean of independent differences. None below two sessions.
    """
    apart = one - other
    if len(apart) < LEAST:
        return Estimate(None, sample_size=len(apart), reason="fewer than two shared sessions")
    mean = float(apart.mean()) * periods_per_year
    reach = Z_95 * float(apart.std(ddof=1) / np.sqrt(len(apart))) * periods_per_year
    return Estimate(mean, mean - reach, mean + reach, len(apart), METHOD)
