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


def test_longs_and_shorts_do_not_cancel_out_where_it_is_known_what_is_short():
    cash, shorts = np.array([100.0, 110.0, 297.0]), np.array([50.0, 55.0, 198.0])
    assert measured(cash=cash, shorts=shorts).exposures == pytest.approx([1.0, 1.0, 2.0])
    assert measured(cash=cash).exposures == pytest.approx([0.0, 0.0, 2.0])


def test_the_benchmark_starts_at_the_same_equity():
    found = measured(benchmark=np.array([101.0, 101.0, 202.0]))
    assert found.benchmark_returns == pytest.approx([0.01, 0.0, 1.0])


def test_a_benchmark_that_lacks_a_session_is_none():
    assert measured(benchmark=np.array([np.nan, 101.0, 202.0])).benchmark_returns is None


def test_units_become_money():
    fill = SimpleNamespace(
        quantity=57 * UNIT, price=181.1, commission=516_000_000, slippage=100_000_000
    )
    trip = SimpleNamespace(net_pnl=-250_000_000, days_held=1.5, mae_return=-0.1, mfe_return=0.2)
    found = measured(fills=[fill], round_trips=[trip])
    assert found.traded == pytest.approx([10322.7])
    assert (found.commissions, found.slippages) == (pytest.approx([5.16]), pytest.approx([1.0]))
    assert (found.trip_pnl, found.trip_days) == (pytest.approx([-2.5]), pytest.approx([1.5]))
    assert (found.trip_mae.tolist(), found.trip_mfe.tolist()) == ([-0.1], [0.2])


def test_a_contract_counts_with_its_multiplier():
    fill = SimpleNamespace(symbol="ES", quantity=2 * UNIT, price=4000.0, commission=0, slippage=0)
    assert measured(fills=[fill], multipliers={"ES": 50.0}).traded.tolist() == [400_000.0]
    assert measured(fills=[fill]).traded.tolist() == [8_000.0]


def test_how_far_one_trip_went_that_is_not_known_leaves_all_unknown():
    told = {"net_pnl": 0, "days_held": 1.0}
    known = SimpleNamespace(**told, mae_return=-0.1, mfe_return=0.2)
    unknown = SimpleNamespace(**told, mae_return=None, mfe_return=None)
    assert measured(round_trips=[known, unknown]).trip_mae is None
    assert measured(round_trips=[]).trip_mae.tolist() == []


def test_a_year_of_the_risk_free_rate_is_that_of_its_sessions_compounded():
    found = measured(risk_free=0.05)
    assert (1.0 + found.risk_free) ** 252 == pytest.approx(1.05)


@pytest.mark.parametrize("rate", [-1.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ParameterError, match="risk_free must be a yearly rate above -1, was"):
        measured(risk_free=rate)


@pytest.mark.parametrize("periods", [0.0, -252.0, np.nan, np.inf])
def test_a_year_without_sessions_is_refused(periods):
    with pytest.raises(ParameterError, match="periods_per_year must be above 0, was"):
        Measured.of(
            equity=np.array([1.0, 1.0, 1.0]),
            start_equity=1.0,
            sessions=SESSIONS,
            periods_per_year=periods,
        )


def test_months_and_years_count_as_far_as_they_go():
    days = np.array(["2011-12-30", "2012-01-03", "2012-02-01"], dtype="datetime64[D]")
    found = measured((110.0, 99.0, 108.9), sessions=days)
    assert found.monthly_returns == pytest.approx([0.1, -0.1, 0.1])
    assert found.yearly_returns == pytest.approx([0.1, -0.01])


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


def test_a_mixed_account_counts_as_its_most_frequent_calendar():
    assert periods_per_year("XNYS", "24/5", "XNYS") == 260.0
    assert periods_per_year("24/7", "XNYS") == 365.0
    with pytest.raises(ParameterError, match="name at least one"):
        periods_per_year()
