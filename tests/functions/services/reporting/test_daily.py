"""What charts are drawn from: the same numbers that the metrics are made of."""

import numpy as np
import pytest

from engine.money import UNIT
from functions.charts.series import drawdowns, months, phases, years
from functions.services.reporting.daily import (
    at_closes,
    bars_of,
    equity_of,
    exposures_of,
    marks_of,
    measured,
    turnovers_of,
    value_of,
)

KINDS = ["ordinary", "hourly", "short and dear", "ambiguous", "with a hole"]
each_kind = pytest.mark.parametrize("kind", KINDS)


def phase_of(finished):
    (phase,) = phases(equity_of(finished, measured(finished)))
    return phase


@each_kind
def test_months_and_years_compound_to_the_total_return(kind, of_kind):
    finished = of_kind(kind)
    for table in (months, years):
        growth = np.prod([1.0 + each for each in table(phase_of(finished)).values()])
        assert growth - 1.0 == pytest.approx(finished.metrics["total_return"].value)


@each_kind
def test_the_deepest_drawdown_is_the_metric(kind, of_kind):
    finished, phase = of_kind(kind), phase_of(of_kind(kind))
    deepest = min(drawdowns(phase.equity, phase.start))
    assert deepest == pytest.approx(finished.metrics["max_drawdown"].value)


@each_kind
def test_mean_exposure_is_the_metric(kind, of_kind):
    finished = of_kind(kind)
    found = exposures_of(measured(finished))
    assert np.mean(found) == pytest.approx(finished.metrics["exposure"].value)


@each_kind
def test_monthly_turnovers_hold_every_fill_once(kind, of_kind):
    finished = of_kind(kind)
    daily = measured(finished)
    worth = daily.equity[1:]
    in_month = daily.sessions.astype("datetime64[M]").astype(str)
    exchanged = sum(
        share * 2.0 * worth[in_month == month].mean()
        for month, share in turnovers_of(finished.run, daily).items()
    )
    assert exchanged == pytest.approx(sum(value_of(finished.run, f) for f in finished.run.fills))


@each_kind
def test_the_benchmark_begins_with_the_same_money(kind, of_kind):
    finished, phase = of_kind(kind), phase_of(of_kind(kind))
    assert phase.start == finished.benchmark.start_equity / UNIT
    assert phase.benchmark[-1] == pytest.approx(finished.benchmark.equity[-1])


def test_bars_of_an_hour_are_drawn_one_by_one(of_kind):
    finished = of_kind("hourly")
    (phase,) = phases(bars_of(finished))
    assert list(phase.equity) == finished.run.equity.tolist()
    assert phase.sessions[0] == "2012-01-09T15:30:00Z"
    assert len(at_closes(finished.run)) == 5
    marks = marks_of(finished.run, by_bar=True)
    assert {mark["session"] for mark in marks} <= set(phase.sessions)


def test_a_ruin_ends_the_curves(of_kind):
    finished = of_kind("ruined")
    daily = measured(finished)
    assert daily.equity[-1] <= 0 < daily.equity[-2]
    (phase,) = phases(bars_of(finished))
    assert len(phase.sessions) == len(daily.sessions) < len(finished.run.sessions)
