"""What a run offers to its metrics: one frozen record of arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError, ParameterError

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Rows = NDArray[np.intp]

UNITS = 1e8
DAYS_PER_YEAR = 365.25
PERIODS_PER_YEAR = {"XNYS": 252.0, "24/7": 365.0, "24/5": 260.0}

# What one entry of an array is, in the words of a reason ("fewer than two sessions").
SAMPLES = {
    "equity": "sessions",
    "returns": "sessions",
    "benchmark_returns": "sessions",
    "exposures": "sessions",
    "trip_pnl": "round trips",
    "trip_days": "round trips",
    "traded": "fills",
    "commissions": "fills",
    "slippages": "fills",
}
ABSENT = {
    "benchmark_returns": "there is no benchmark over these sessions",
    "exposures": "the cash of the run is not known",
}


class Trip(Protocol):
    """What is read of a round trip (engine.trades)."""

    @property
    def net_pnl(self) -> int: ...
    @property
    def days_held(self) -> float: ...


class Traded(Protocol):
    """What is read of a fill (engine.fills)."""

    @property
    def quantity(self) -> int: ...
    @property
    def price(self) -> float: ...
    @property
    def commission(self) -> int: ...
    @property
    def slippage(self) -> int: ...


def periods_per_year(calendar: str) -> float:
    """How many sessions make a year of a calendar: stated, never guessed from dates.

    The same for bars of any length, since returns are measured from session to session.

    >>> periods_per_year("XNYS")
    252.0
    """
    try:
        return PERIODS_PER_YEAR[calendar]
    except KeyError:
        known = ", ".join(sorted(PERIODS_PER_YEAR))
        message = f"no periods per year are set for calendar {calendar!r}; there are {known}"
        raise ParameterError(message) from None


@dataclass(frozen=True)
class Measured:
    """All that a metric may ask for; money is in whole currency, one return per session.

    equity: shape (sessions + 1,), what the account was worth at the start, then at each close.
    returns: shape (sessions,), simple.
    benchmark_returns: shape (sessions,), or None without a benchmark.
    exposures: shape (sessions,), share of equity not in cash at each close (1.0 fully invested,
        more with leverage), or None.
    years: from the start to the last session, in years of 365.25 days.
    trip_pnl, trip_days: shape (round trips,), closed ones only, pnl after commissions.
    traded, commissions, slippages: shape (fills,), money.
    """

    equity: Floats
    returns: Floats
    years: float
    periods_per_year: float
    benchmark_returns: Floats | None
    exposures: Floats | None
    trip_pnl: Floats
    trip_days: Floats
    traded: Floats
    commissions: Floats
    slippages: Floats

    @classmethod
    def of(
        cls,
        *,
        equity: Floats,
        start_equity: float,
        sessions: Dates,
        periods_per_year: float,
        since: date | None = None,
        benchmark: Floats | None = None,
        cash: Floats | None = None,
        round_trips: Sequence[Trip] = (),
        fills: Iterable[Traded] = (),
    ) -> Self:
        """Bring what a run offers into the form that metrics take.

        equity, benchmark, cash: shape (rows,), at each close, `sessions` the session of each
            row; of several rows in a session the last counts.
        start_equity: what the account was worth before the first row; `benchmark` is rebased to
            it, and counts as none where it lacks a session.
        since: the day it was worth that; the first session where None.

        What follows the session at which equity reaches zero is not measured: no return can be
        told from it. DataError names a session whose equity is no number.
        """
        rows = _measured_rows(sessions, equity)
        curve = _curve(start_equity, equity[rows])
        fills = tuple(fills)
        return cls(
            equity=curve,
            returns=_returns(curve),
            years=_years(sessions[rows], since),
            periods_per_year=periods_per_year,
            benchmark_returns=_benchmark_returns(start_equity, benchmark, rows),
            exposures=None if cash is None else _exposures(cash[rows], equity[rows]),
            trip_pnl=np.array([trip.net_pnl / UNITS for trip in round_trips], dtype=np.float64),
            trip_days=np.array([trip.days_held for trip in round_trips], dtype=np.float64),
            traded=np.array(
                [fill.quantity * fill.price / UNITS for fill in fills], dtype=np.float64
            ),
            commissions=np.array([fill.commission / UNITS for fill in fills], dtype=np.float64),
            slippages=np.array([fill.slippage / UNITS for fill in fills], dtype=np.float64),
        )


def _measured_rows(sessions: Dates, equity: Floats) -> Rows:
    rows = np.flatnonzero(np.append(sessions[1:] != sessions[:-1], True)[: len(sessions)])
    unknown = np.flatnonzero(~np.isfinite(equity[rows]))
    if len(unknown):
        raise DataError(
            f"equity must be a number at every close, was {equity[rows][unknown[0]]} on "
            f"{sessions[rows][unknown[0]]}; mend the bars of what was held on that day"
        )
    ruined = np.flatnonzero(equity[rows] <= 0)
    return rows[: ruined[0] + 1] if len(ruined) else rows


def _curve(start: float, values: Floats) -> Floats:
    return np.concatenate(([start], values)).astype(np.float64)


def _returns(curve: Floats) -> Floats:
    return curve[1:] / curve[:-1] - 1.0


def _benchmark_returns(start: float, benchmark: Floats | None, rows: Rows) -> Floats | None:
    if benchmark is None or not np.isfinite(benchmark[rows]).all():
        return None
    return _returns(_curve(start, benchmark[rows]))


def _exposures(cash: Floats, equity: Floats) -> Floats:
    """Nothing left counts as fully exposed: it was."""
    return np.abs(1.0 - cash / np.where(equity > 0, equity, np.inf))


def _years(sessions: Dates, since: date | None) -> float:
    if not len(sessions):
        return 0.0
    first = sessions[0] if since is None else np.datetime64(since, "D")
    return float((sessions[-1] - first).astype(np.int64)) / DAYS_PER_YEAR
