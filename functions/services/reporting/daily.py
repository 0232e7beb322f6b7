"""A run with one value a session: what its charts and its comparison are drawn from."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from engine import Fill, Run
from engine.bars import Sessions, instant_text
from engine.estimates import Estimate
from engine.metrics import Measured, measure
from engine.money import UNIT, Floats
from functions.services.reporting.finished import Finished


def measured(finished: Finished) -> Measured:
    """Return the arrays that the run's metrics are taken from; they end with a ruin."""
    run, benchmark = finished.run, finished.benchmark
    return Measured.of(
        equity=run.equity,
        start_equity=run.start_equity / UNIT,
        sessions=run.sessions,
        periods_per_year=finished.periods_per_year,
        benchmark=None if benchmark is None else benchmark.equity,
        cash=run.cash_units / UNIT,
        shorts=run.short_units / UNIT,
    )


class Closes(NamedTuple):
    """A run's whole life, session by session; what is ruined stays at what the ruin left.

    sessions: shape (sessions,). equity: shape (sessions + 1,), the start first.
    """

    sessions: Sessions
    equity: Floats


def whole(run: Run) -> Closes:
    """Return every session of a run, those after its ruin too."""
    closes, sessions = at_closes(run), np.unique(run.sessions)
    fallen = np.flatnonzero(closes <= 0)
    if len(fallen):
        closes = np.append(closes[: fallen[0]], np.full(len(closes) - fallen[0], closes[fallen[0]]))
    return Closes(sessions, np.append(run.start_equity / UNIT, closes))


def beside(finished: Finished, daily: Measured) -> dict[str, Estimate]:
    """Measure the benchmark over the sessions that the run is measured over: until its ruin.

    Empty without a benchmark.
    """
    run, periods = finished.benchmark, finished.periods_per_year
    if run is None:
        return {}
    if not len(daily.sessions) or daily.sessions[-1] == run.sessions[-1]:
        return run.metrics(periods)
    rows = int(np.searchsorted(run.sessions, daily.sessions[-1], side="right"))
    last = run.start_row + rows
    return measure(
        equity=run.equity[:rows],
        start_equity=run.start_equity / UNIT,
        sessions=run.sessions[:rows],
        periods_per_year=periods,
        cash=run.cash_units[:rows] / UNIT,
        shorts=run.short_units[:rows] / UNIT,
        round_trips=[trip for trip in run.trades if trip.exit.row < last],
        fills=[fill for fill in run.fills if fill.row < last],
        multipliers={one: run.options.instrument(one).multiplier for one in run.market.symbols},
    )


def equity_of(finished: Finished, daily: Measured) -> dict[str, Any]:
    """Return the run as the document that robots publish of theirs, and `charts` are drawn from."""
    return {
        "backtest": {
            "sessions": daily.sessions.astype(str).tolist(),
            "equity": daily.equity[1:].tolist(),
            "benchmark": _benchmark(finished, daily),
            "start": float(daily.equity[0]),
        }
    }


def _benchmark(finished: Finished, daily: Measured) -> list[float] | None:
    if finished.benchmark is None or daily.benchmark_returns is None:
        return None
    closes: list[float] = at_closes(finished.benchmark)[: len(daily.sessions)].tolist()
    return closes


def at_closes(run: Run) -> Floats:
    """Return equity at the last close of each session."""
    sessions = run.sessions
    closes: Floats = run.equity[np.append(sessions[1:] != sessions[:-1], True)[: len(sessions)]]
    return closes


def bars_of(finished: Finished) -> dict[str, Any]:
    """Return the same document with a value for each bar, named by the instant it closes."""
    run = finished.run
    ruined = np.flatnonzero(run.equity <= 0)
    rows = slice(0, int(ruined[0]) + 1 if len(ruined) else len(run.equity))
    closes = run.market.closes[run.start_row :][rows]
    theirs = None if finished.benchmark is None else finished.benchmark.equity[rows]
    known = theirs is not None and bool(np.isfinite(theirs).all())
    return {
        "backtest": {
            "sessions": [instant_text(close) for close in closes],
            "equity": run.equity[rows].tolist(),
            "benchmark": theirs.tolist() if theirs is not None and known else None,
            "start": run.start_equity / UNIT,
        }
    }


def marks_of(run: Run, *, by_bar: bool = False) -> list[dict[str, str]]:
    """Return what a chart marks of each fill: its session, or its bar, and its side."""
    closes = run.market.closes
    return [
        {
            "phase": "backtest",
            "session": instant_text(closes[fill.row]) if by_bar else fill.session.isoformat(),
            "side": fill.side,
        }
        for fill in run.fills
    ]


def exposures_of(daily: Measured) -> list[float]:
    """Return the share of equity at work at each session's close; 1.0 is fully invested."""
    return [] if daily.exposures is None else daily.exposures.tolist()


def turnovers_of(run: Run, daily: Measured) -> dict[str, float]:
    """Return by month how much of the account was exchanged, one way, by "YYYY-MM"."""
    months = daily.sessions.astype("datetime64[M]")
    worth = {
        str(month): float(daily.equity[1:][months == month].mean()) for month in np.unique(months)
    }
    traded: dict[str, float] = defaultdict(float, dict.fromkeys(worth, 0.0))
    for month, value in _traded(run):
        traded[month] += value
    return {month: traded[month] / 2.0 / worth[month] for month in worth if worth[month] > 0}


def _traded(run: Run) -> Iterator[tuple[str, float]]:
    for fill in run.fills:
        yield f"{fill.session:%Y-%m}", value_of(run, fill)


def value_of(run: Run, fill: Fill) -> float:
    """Return what was bought or sold for, in money."""
    return fill.quantity / UNIT * fill.price * run.options.instrument(fill.symbol).multiplier
