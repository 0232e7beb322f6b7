"""The same figures as others define them, and figures that others published."""

import numpy as np
import pytest

from engine.errors import DataError, ParameterError
from engine.metrics import CONVENTIONS, growth, measure
from engine.metrics.benchmark import (
    alpha,
    beta,
    correlation,
    information_ratio,
    tracking_error,
    treynor_ratio,
)
from engine.metrics.benchmark_capture import down_capture, up_capture
from engine.metrics.costs import break_even_cost
from engine.metrics.drawdown import drawdown_dates, ulcer_index
from engine.metrics.luck import minimum_track_record, probabilistic_sharpe_ratio
from engine.metrics.moments import kurtosis, skew
from engine.metrics.ratios import omega_ratio, sharpe_ratio, sortino_ratio
from engine.metrics.ratios_of_growth import (
    calmar_ratio,
    gain_to_pain_ratio,
    recovery_factor,
    stability,
)
from engine.metrics.returns import cagr
from engine.metrics.risk import volatility
from engine.metrics.tails import tail_ratio, value_at_risk_99
from engine.metrics.trips import payoff_ratio, profit_factor, win_rate
from engine.metrics.trips_edge import kelly_criterion, system_quality
from engine.metrics.trips_in_time import longest_loss_run, longest_win_run

pytestmark = pytest.mark.engine

# Bacon (2008), the 24 months of his examples; the answers are those that the R package
# PerformanceAnalytics tells for its data set portfolio_bacon.
BACON = np.array([
    0.003, 0.026, 0.011, -0.010, 0.015, 0.025, 0.016, 0.067, -0.014, 0.040, -0.005, 0.081,
    0.040, -0.037, -0.061, 0.017, -0.049, -0.022, 0.070, 0.058, -0.065, 0.024, -0.005, -0.009,
])  # fmt: skip
BACON_MARKET = np.array([
    0.002, 0.025, 0.018, -0.011, 0.014, 0.018, 0.014, 0.065, -0.015, 0.042, -0.006, 0.083,
    0.039, -0.038, -0.062, 0.015, -0.048, 0.021, 0.060, 0.056, -0.067, 0.019, -0.003, 0.000,
])  # fmt: skip


def test_omega_ratio_of_bacon():
    """BernardoLedoitRatio 1.78, which is Omega at zero; OmegaSharpeRatio 0.29, less 1 at 0.5 %."""
    assert omega_ratio(BACON) == pytest.approx(1.78, abs=5e-3)
    assert omega_ratio(BACON, 0.005) - 1.0 == pytest.approx(0.29, abs=5e-3)


def test_ulcer_index_of_bacon():
    """MartinRatio 1.6945: the annual return over the Ulcer index."""
    curve = growth(BACON)
    assert cagr(curve, 2.0) / ulcer_index(curve) == pytest.approx(1.6945, abs=5e-5)


def test_skew_and_kurtosis_of_bacon():
    """SkewnessKurtosisRatio -0.03394204."""
    assert skew(BACON) / kurtosis(BACON) == pytest.approx(-0.03394204, abs=5e-9)


def test_tracking_error_and_what_is_made_of_it_follow_from_each_other():
    apart = tracking_error(BACON, BACON_MARKET, 12.0)
    assert apart == pytest.approx(np.std(BACON - BACON_MARKET, ddof=1) * np.sqrt(12.0))
    ratio = information_ratio(BACON, BACON_MARKET, 12.0)
    assert ratio == pytest.approx((BACON - BACON_MARKET).mean() * 12.0 / apart)
    slope, r = beta(BACON, BACON_MARKET), correlation(BACON, BACON_MARKET)
    assert slope == pytest.approx(np.polyfit(BACON_MARKET, BACON, 1)[0])
    assert r == pytest.approx(np.corrcoef(BACON, BACON_MARKET)[0, 1])
    assert treynor_ratio(BACON, BACON_MARKET, 12.0) == pytest.approx(BACON.mean() * 12.0 / slope)


def test_capture_by_hand():
    ours, market = np.array([0.03, -0.01, 0.01, -0.04]), np.array([0.02, -0.02, 0.02, -0.02])
    assert up_capture(ours, market) == pytest.approx(1.0)
    assert down_capture(ours, market) == pytest.approx(1.25)


# What backtesting.py 0.6.6 tells (compute_stats) of this equity and these four trades. Its equity
# begins with the first close, so that the first return here is the start's, of nothing.
EARNED = np.array([0.0, 1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0, 3.0]) / 100
PNL = np.array([10.0, -5.0, 20.0, -5.0])
THEIRS = "backtesting.py"


def test_the_figures_of_backtesting_py():
    equity = growth(EARNED)
    assert cagr(equity, 0.0, 252.0, THEIRS) == pytest.approx(5.66608900195489)
    assert volatility(EARNED, 252.0, THEIRS) == pytest.approx(6.938354683690718)
    assert sharpe_ratio(EARNED, 252.0, 0.0, THEIRS) == pytest.approx(0.8166329425726228)
    assert sortino_ratio(EARNED, 252.0, 0.0, THEIRS) == pytest.approx(9.942037153672615)
    assert calmar_ratio(equity, 0.0, 252.0, THEIRS) == pytest.approx(56.660890019548916)


def test_its_sortino_ratio_takes_the_risk_free_rate_off_the_year():
    free = 1.02 ** (1.0 / 252.0) - 1.0
    assert sortino_ratio(EARNED, 252.0, free, THEIRS) == pytest.approx(9.906944033355437)


def test_a_loss_of_everything_is_no_growth_to_it():
    assert cagr(np.array([1.0, 1.0, 0.0]), 0.0, 252.0, THEIRS) == 0.0
    assert cagr(np.array([1.0, 0.0]), 2.0) == -1.0


def test_the_figures_of_its_trades():
    assert win_rate(PNL) == 0.5
    assert profit_factor(PNL) == pytest.approx(3.0)
    assert system_quality(PNL) == pytest.approx(0.816496580927726)
    assert kelly_criterion(PNL) == pytest.approx(0.33333333333333337)
    assert payoff_ratio(PNL) == pytest.approx(3.0)


def test_the_ratios_of_lean():
    """Its PortfolioStatistics, written out: each over a year of (1 + mean) ** 252 - 1."""
    market, free = np.flip(EARNED) / 2.0, 0.0001
    year, of_market = ((1.0 + each.mean()) ** 252 - 1.0 for each in (EARNED, market))
    rate = 1.0001**252 - 1.0
    slope = np.cov(EARNED, market)[0, 1] / market.var(ddof=1)
    apart = np.std(EARNED - market, ddof=1) * 252**0.5
    mine = EARNED, market, 252.0
    assert sharpe_ratio(EARNED, 252.0, free, "lean") == pytest.approx(
        (year - rate) / (EARNED.std(ddof=1) * 252**0.5)
    )
    assert sortino_ratio(EARNED, 252.0, free, "lean") == pytest.approx(
        (year - rate) / (np.std([-0.04, -0.1], ddof=1) * 252**0.5)
    )
    assert alpha(*mine, free, "lean") == pytest.approx(
        year - (rate + slope * (of_market - rate))
    )  # fmt: skip
    assert information_ratio(*mine, "lean") == pytest.approx((year - of_market) / apart)
    assert treynor_ratio(*mine, free, "lean") == pytest.approx((year - rate) / slope)
    assert cagr(growth(EARNED), 0.5, 252.0, "lean") == pytest.approx(
        growth(EARNED)[-1] ** (365 / (0.5 * 365.25)) - 1.0
    )


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_series_with_a_gap_is_refused_by_all_but_empyrical(convention):
    broken = np.array([0.01, np.nan, -0.02, 0.01])
    if convention == "empyrical":
        assert np.isfinite(sharpe_ratio(broken, 252.0, 0.0, convention))
    else:
        with pytest.raises(DataError, match="the 2nd was nan"):
            skew(broken, convention)
        with pytest.raises(DataError, match="the 2nd was nan"):
            beta(broken, broken[::-1], convention)


def test_returns_and_benchmark_of_other_lengths_are_refused():
    with pytest.raises(DataError, match="of the same sessions, were 2 and 3"):
        beta(np.zeros(2), np.zeros(3))


def test_an_unknown_convention_is_refused_before_anything_is_measured():
    with pytest.raises(ParameterError, match=r"did you mean 'backtesting.py'"):
        measure(
            equity=np.array([1.0]),
            start_equity=1.0,
            sessions=np.array(["2020-01-02"], dtype="datetime64[D]"),
            periods_per_year=252.0,
            convention="backtesting",
        )


def test_a_risk_free_rate_is_taken_from_each_session():
    days = np.arange("2020-01-01", "2020-01-11", dtype="datetime64[D]")
    told = {"equity": growth(EARNED)[1:], "start_equity": 1.0, "sessions": days}
    plain = measure(**told, periods_per_year=252.0)
    less = measure(**told, periods_per_year=252.0, risk_free=1.01**252 - 1.0)
    spread = EARNED.std(ddof=1)
    assert plain["sharpe_ratio"].value == pytest.approx(EARNED.mean() / spread * 252**0.5)
    found = (EARNED.mean() - 0.01) / spread * 252**0.5
    assert less["sharpe_ratio"].value == pytest.approx(found)
    assert less["sharpe_ratio"].low < found < less["sharpe_ratio"].high


def test_a_ratio_that_compounds_has_no_interval_of_the_arithmetic_one():
    days = np.arange("2020-01-01", "2020-01-11", dtype="datetime64[D]")
    told = measure(
        equity=growth(EARNED)[1:],
        start_equity=1.0,
        sessions=days,
        periods_per_year=252.0,
        convention="lean",
    )
    assert told["sharpe_ratio"].value is not None
    assert told["sharpe_ratio"].low is told["sharpe_ratio"].method is None


@pytest.mark.parametrize(
    ("equity", "expected"),
    [
        ([100, 110, 120], ()),
        ([100, 90, 95], ("2020-01-01", "2020-01-01", None)),
        ([100, 120, 90, 120], ("2020-01-01", "2020-01-02", "2020-01-03")),
        ([100, 120, 120, 60, 90, 130], ("2020-01-02", "2020-01-03", "2020-01-05")),
        ([100, 50, 100, 50, 100], ("2020-01-01", "2020-01-01", "2020-01-02")),
    ],
)
def test_when_the_deepest_fall_was(equity, expected):
    days = np.arange("2020-01-01", "2020-01-09", dtype="datetime64[D]")[: len(equity) - 1]
    found = drawdown_dates(np.array(equity, dtype=float), days)
    assert tuple(found.values()) == expected


def test_kelly_stakes_twice_the_chance_less_one_where_the_odds_are_even():
    """Kelly (1956): of a bet won with p = 0.6 at even odds the best stake is 2 p - 1 = 0.2."""
    assert kelly_criterion(np.array([1.0, 1.0, 1.0, -1.0, -1.0])) == pytest.approx(0.2)


def test_figures_by_hand():
    assert gain_to_pain_ratio(np.array([0.05, -0.02, 0.03, -0.02])) == pytest.approx(1.0)
    assert recovery_factor(np.array([100.0, 80.0, 140.0])) == pytest.approx(2.0)
    assert stability(np.array([0.01, 0.01, 0.01, 0.01])) == pytest.approx(1.0)
    assert tail_ratio(np.array([-0.05] * 10 + [0.1] * 10)) == pytest.approx(2.0)
    assert value_at_risk_99(np.arange(1.0, 101.0)) == pytest.approx(1.99)
    assert longest_win_run(np.array([1.0, 1.0, 0.0, 1.0, -1.0])) == 2.0
    assert longest_loss_run(np.array([1.0, -1.0, -1.0, -1.0])) == 3.0


def test_at_the_break_even_cost_nothing_is_earned():
    """Bought for 1,000 and sold for 1,020 at a cost of 2 each way: 18 earned, 20 before costs."""
    traded, costs = np.array([1000.0, 1020.0]), np.array([2.0, 2.0])
    equity = np.array([1000.0, 1016.0])
    found = break_even_cost(traded, equity, costs, np.zeros(2))
    assert found == pytest.approx(20.0 / 2020.0 * 10_000.0)
    assert traded.sum() * found / 10_000.0 == pytest.approx(20.0)


@pytest.mark.parametrize("metric", [probabilistic_sharpe_ratio, minimum_track_record])
def test_a_session_that_empyrical_skips_is_no_evidence(metric):
    returns = np.array([0.01, -0.01, 0.02, 0.0])
    with_gaps = np.array([np.nan, 0.01, -0.01, np.nan, 0.02, 0.0, np.nan])
    assert metric(with_gaps, 0.0, "empyrical") == metric(returns)
    with pytest.raises(DataError, match="the 1st was nan"):
        metric(with_gaps)
