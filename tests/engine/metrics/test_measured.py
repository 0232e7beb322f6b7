"""How a run becomes the arrays that metrics read."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from engine.errors import DataError, ParameterError
from engine.metrics import Measured, measure, names, periods_per_year
from engine.money import UNIT

pytestmark = pytest.mark.engine

SESSIONS = np.array(["2012-01-03", "2012-01-04", "2012-01-05"], dtype="datetime64[D]")


def measured(equity=(100.0, 110.0, 99.0), sessions=SESSIONS, **others):
    return Measured.of(
        equity=np.array(equity),
        start_equity=100.0,
        sessions=sessions,
        periods_per_year=252.0,
        **others,
    )


def test_there_is_one_return_for_each_session_from_the_start():
    found = measured()
    assert found.equity.tolist() == [100.0, 100.0, 110.0, 99.0]
    assert found.returns == pytest.approx([0.0, 0.1, -0.1])


def test_the_last_row_of_a_session_stands_for_it():
    found = measured(sessions=SESSIONS[[0, 0, 1]])
    assert found.returns == pytest.approx([0.1, -0.1])


def test_years_run_from_the_first_session_or_from_the_day_given():
    assert measured().years == pytest.approx(2 / 365.25)
    assert measured(since=date(2012, 1, 1)).years == pytest.approx(4 / 365.25)


def test_exposure_is_what_is_not_cash():
    found = measured(cash=np.array([100.0, 55.0, -99.0]))
    assert found.exposures == pytest.approx([0.0, 0.5, 2.0])


def test_the_benchmark_starts_at_the_same_equity():
    found = measured(benchmark=np.array([101.0, 101.0, 202.0]))
    assert found.benchmark_returns == pytest.approx([0.01, 0.0, 1.0])


def test_a_benchmark_that_lacks_a_session_is_none():
    assert measured(benchmark=np.array([np.nan, 101.0, 202.0])).benchmark_returns is None


def test_units_become_money():
    fill = SimpleNamespace(
        quantity=57 * UNIT, price=181.1, commission=516_000_000, slippage=100_000_000
    )
    trip = SimpleNamespace(net_pnl=-250_000_000, days_held=1.5)
    found = measured(fills=[fill], round_trips=[trip])
    assert found.traded == pytest.approx([10322.7])
    assert (found.commissions, found.slippages) == (pytest.approx([5.16]), pytest.approx([1.0]))
    assert (found.trip_pnl, found.trip_days) == (pytest.approx([-2.5]), pytest.approx([1.5]))


def test_what_follows_ruin_is_not_measured():
    assert measured((50.0, 0.0, 70.0)).returns == pytest.approx([-0.5, -1.0])
    assert measured((50.0, -5.0, 70.0)).returns == pytest.approx([-0.5, -1.1])


def test_ruin_counts_as_fully_exposed():
    found = measured((50.0, 0.0, 70.0), cash=np.array([50.0, 0.0, 0.0]))
    assert found.exposures.tolist() == [0.0, 1.0]


def test_equity_that_is_no_number_is_refused_by_its_session():
    with pytest.raises(DataError, match="was nan on 2012-01-04"):
        measured((100.0, np.nan, 99.0))


def test_no_session_at_all_is_measured_too():
    found = measure(
        equity=np.empty(0), start_equity=100.0, sessions=SESSIONS[:0], periods_per_year=252.0
    )
    assert set(found) == set(names())
    assert found["total_return"].reason == "no sessions yet"


def test_periods_of_a_year_are_stated_never_guessed():
    assert [periods_per_year(name) for name in ("XNYS", "24/7", "24/5")] == [252.0, 365.0, 260.0]
    with pytest.raises(ParameterError, match="'XLON'; there are 24/5, 24/7, XNYS"):
        periods_per_year("XLON")
