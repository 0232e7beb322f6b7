"""What a run offers to its metrics: one frozen record of arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.bars import Sessions
from engine.errors import DataError, ParameterError
from engine.metrics._conventions import OURS, compounded
from engine.metrics._curves import period_returns
from engine.metrics._kept import Kept
from engine.metrics._trading import Traded, Trip
from engine.money import Floats

DAYS_PER_YEAR = 365.25
Rows: TypeAlias = NDArray[np.intp] | slice

# What one entry of an array is, in the words of a reason ("fewer than two sessions").
SAMPLES = {
    "equity": "sessions",
    "returns": "sessions",
    "monthly_returns": "months",
    "yearly_returns": "years",
    "benchmark_returns": "sessions",
    "exposures": "sessions",
    "trip_pnl": "round trips",
    "trip_days": "round trips",
    "trip_mae": "round trips",
    "trip_mfe": "round trips",
    "traded": "fills",
    "commissions": "fills",
    "slippages": "fills",
}
ABSENT = {
    "benchmark_returns": "there is no benchmark over these sessions",
    "exposures": "the cash of the run is not known",
    "trip_mae": "the bars of the round trips are not known",
    "trip_mfe": "the bars of the round trips are not known",
}


@dataclass(frozen=True)
class Measured:
    """All that a metric may ask for; money is in whole currency, one return per session.

    equity: shape (sessions + 1,), what the account was worth at the start, then at each close.
    sessions: shape (sessions,), datetime64[D].
    returns, monthly_returns, yearly_returns: simple; shape (sessions,), (months,), (years,).
    benchmark_returns: shape (sessions,), or None without a benchmark.
    exposures: shape (sessions,), gross value of all positions, long and short alike, over equity
        at each close (1.0 fully invested, more with leverage), or None.
    years: from the start to the last session, in years of 365.25 days.
    risk_free: for each session, simple.
    convention: whose definition of a figure is meant.
    trip_pnl, trip_days: shape (round trips,), closed ones only, by exit; pnl after commissions.
    trip_mae, trip_mfe: shape (round trips,), worst and best open result as a fraction of what was
        put in, at or below and at or above zero; None where the bars are not known.
    traded, commissions, slippages: shape (fills,), money.
    """

    equity: Floats
    sessions: Sessions
    returns: Floats
    monthly_returns: Floats
    yearly_returns: Floats
    years: float
    periods_per_year: float
    risk_free: float
    convention: str
    benchmark_returns: Floats | None
    exposures: Floats | None
    trip_pnl: Floats
    trip_days: Floats
    trip_mae: Floats | None
    trip_mfe: Floats | None
    traded: Floats
    commissions: Floats
    slippages: Floats

    @classmethod
    def of(
        cls,
        *,
        equity: Floats,
        start_equity: float,
        sessions: Sessions,
        periods_per_year: float,
        since: date | None = None,
        benchmark: Floats | None = None,
        cash: Floats | None = None,
        shorts: Floats | None = None,
        round_trips: Sequence[Trip] = (),
        fills: Iterable[Traded] = (),
        risk_free: float = 0.0,
        convention: str = OURS,
        multipliers: Mapping[str, float] | None = None,
        kept: Kept | None = None,
    ) -> Self:
        """Bring what a run offers into the form that metrics take.

        equity, benchmark, cash: shape (rows,), at each close, `sessions` the session of each
            row; of several rows in a session the last counts.
        start_equity: what the account was worth before the first row; `benchmark` is rebased to
            it, and counts as none where it lacks a session.
        shorts: shape (rows,), what was held short is worth at each close, at or above zero. Without
            it the exposure is |1 - cash / equity|, in which longs and shorts cancel out.
        since: the day it was worth that; the first session where None.
        risk_free: a year, simple.
        multipliers: money for a price of one, by symbol; 1 where not named.
        kept: what was left when the same run was measured before.

        What follows the session at which equity reaches zero is not measured: no return can be
        told from it. DataError names a session whose equity is no number.
        """
        _check_rates(periods_per_year, risk_free)
        rows = _measured_rows(sessions, equity)
        curve, measured = _curve(start_equity, equity[rows]), sessions[rows]
        trades = (kept or Kept()).trading(round_trips, fills, multipliers)
        return cls(
            equity=curve,
            sessions=measured,
            returns=_returns(curve),
            monthly_returns=period_returns(curve, measured, "month"),
            yearly_returns=period_returns(curve, measured, "year"),
            years=_years(measured, since),
            periods_per_year=periods_per_year,
            risk_free=compounded(risk_free, 1.0 / periods_per_year),
            convention=convention,
            benchmark_returns=_benchmark_returns(start_equity, benchmark, rows),
            exposures=None
            if cash is None
            else _exposures(cash[rows], equity[rows], None if shorts is None else shorts[rows]),
            trip_pnl=trades.trip_pnl,
            trip_days=trades.trip_days,
            trip_mae=trades.trip_mae,
            trip_mfe=trades.trip_mfe,
            traded=trades.traded,
            commissions=trades.commissions,
            slippages=trades.slippages,
        )


def _check_rates(periods_per_year: float, risk_free: float) -> None:
    if not 0 < periods_per_year < np.inf:
        raise ParameterError(f"periods_per_year must be above 0, was {periods_per_year}")
    if not -1 < risk_free < np.inf:
        raise ParameterError(f"risk_free must be a yearly rate above -1, was {risk_free}")


def _measured_rows(sessions: Sessions, equity: Floats) -> Rows:
    """The last row of each session, until the one at which equity reaches zero."""
    ends = sessions[1:] != sessions[:-1]
    rows: Rows = slice(len(sessions)) if ends.all() else np.append(np.flatnonzero(ends), len(ends))
    closing = equity[rows]
    unknown = ~np.isfinite(closing)
    if unknown.any():
        at = int(unknown.argmax())
        raise DataError(
            f"equity must be a number at every close, was {closing[at]} on "
            f"{sessions[rows][at]}; mend the bars of what was held on that day"
        )
    ruined = closing <= 0
    if not ruined.any():
        return rows
    count = int(ruined.argmax()) + 1
    return slice(count) if isinstance(rows, slice) else rows[:count]


def _curve(start: float, values: Floats) -> Floats:
    curve: Floats = np.empty(len(values) + 1)
    curve[0], curve[1:] = start, values
    return curve


def _returns(curve: Floats) -> Floats:
    return curve[1:] / curve[:-1] - 1.0


def _benchmark_returns(start: float, benchmark: Floats | None, rows: Rows) -> Floats | None:
    if benchmark is None or not np.isfinite(benchmark[rows]).all():
        return None
    return _returns(_curve(start, benchmark[rows]))


def _exposures(cash: Floats, equity: Floats, shorts: Floats | None) -> Floats:
    """Nothing left counts as fully exposed: it was.

    What is not cash is longs less shorts; with twice the shorts it is all that is at work.
    """
    worth = np.where(equity > 0, equity, np.inf)
    net = 1.0 - cash / worth
    return np.abs(net + 2.0 * shorts / worth if shorts is not None and shorts.any() else net)


def _years(sessions: Sessions, since: date | None) -> float:
    if not len(sessions):
        return 0.0
    first = sessions[0] if since is None else np.datetime64(since, "D")
    return float((sessions[-1] - first).astype(np.int64)) / DAYS_PER_YEAR
