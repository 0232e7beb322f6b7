"""Values that others published or computed, none of them by this code."""

import math

import numpy as np
import pytest

from engine.metrics._intervals import sharpe_standard_error, wilson
from engine.metrics.benchmark import alpha, beta, correlation
from engine.metrics.drawdown import average_drawdown, longest_drawdown, max_drawdown
from engine.metrics.luck import probability_above, track_record_needed
from engine.metrics.moments import kurtosis, skew
from engine.metrics.ratios import sharpe_ratio, sortino_ratio
from engine.metrics.ratios_of_growth import calmar_ratio
from engine.metrics.returns import cagr, exposure, total_return
from engine.metrics.risk import downside_deviation, volatility
from engine.metrics.seasons import best_day, worst_day
from engine.metrics.tails import cvar_95, value_at_risk_95

pytestmark = pytest.mark.engine

# The series and the expected values of empyrical's own tests (tests/test_stats.py, Apache-2.0).
# Their first return is NaN, which they skip in returns and count as time: 0.0 in SPACED.
MIXED = np.array([1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0]) / 100
POSITIVE = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]) / 100
NEGATIVE = np.array([0.0, -6.0, -7.0, -1.0, -9.0, -2.0, -6.0, -8.0, -5.0]) / 100
SPACED = np.array([0.0, 1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0]) / 100
DAILY, WEEKLY, MONTHLY = 252, 52, 12


def grown(returns):
    return np.cumprod(np.concatenate(([1.0], 1.0 + returns)))


def repeated_past_a_year(returns, periods_per_year):
    """The same growth again and again: its annual rate is that of one round of it."""
    times = math.ceil(periods_per_year / len(returns))
    return np.tile(returns, times), times * len(returns) / periods_per_year


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        (MIXED, -0.1),
        (NEGATIVE, -0.36590730349873601),
        (POSITIVE, 0.0),
        (np.array([0.1, -0.1, 0.1]), -0.1),
    ],
)
def test_max_drawdown(returns, expected):
    assert max_drawdown(grown(returns)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("returns", "expected"), [(MIXED, 0.03893), (NEGATIVE, -0.3659), (np.array([0.01]), 0.01)]
)
def test_total_return(returns, expected):
    assert total_return(grown(returns)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        (SPACED, DAILY, 1.9135925373194231),
        (SPACED, WEEKLY, 0.24690830513998208),
        (SPACED, MONTHLY, 0.052242061386048144),
        (np.full(3, 0.03), 1, 0.03),
        (np.full(9, 0.01), DAILY, 11.274002099240256),
    ],
)
def test_cagr(returns, periods, expected):
    longer, years = repeated_past_a_year(returns, periods)
    assert cagr(grown(longer), years) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        (np.full(9, 0.01), DAILY, 0.0),
        (MIXED, DAILY, 0.9136465399704637),
        (SPACED, WEEKLY, 0.38851569394870583),
        (SPACED, MONTHLY, 0.18663690238892558),
    ],
)
def test_volatility(returns, periods, expected):
    assert volatility(returns, periods) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        (MIXED, DAILY, 0.60448325038829653),
        (SPACED, WEEKLY, 0.25888650451930134),
        (SPACED, MONTHLY, 0.1243650540411842),
    ],
)
def test_downside_deviation(returns, periods, expected):
    assert downside_deviation(returns, periods) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [(MIXED, 1.7238613961706866), (POSITIVE, 52.915026221291804), (NEGATIVE, -24.406808633910085)],
)
def test_sharpe_ratio(returns, expected):
    assert sharpe_ratio(returns, DAILY) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("returns", "expected"), [(MIXED, 2.605531251673693), (NEGATIVE, -13.532743075043401)]
)
def test_sortino_ratio(returns, expected):
    assert sortino_ratio(returns, DAILY) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        (SPACED, DAILY, 19.135925373194233),
        (SPACED, WEEKLY, 2.4690830513998208),
        (SPACED, MONTHLY, 0.52242061386048144),
    ],
)
def test_calmar_ratio(returns, periods, expected):
    annual, years = repeated_past_a_year(returns, periods)
    rate = cagr(grown(annual), years)
    assert rate / -max_drawdown(grown(returns)) == pytest.approx(expected, rel=1e-9)
    assert calmar_ratio(grown(annual), years) == pytest.approx(rate / -max_drawdown(grown(annual)))


@pytest.mark.parametrize(
    ("returns", "benchmark", "expected"),
    [
        (MIXED, NEGATIVE[1:], (-8.306666666666668, -0.71296296296296313)),
        (MIXED, MIXED, (0.0, 1.0)),
        (MIXED, -MIXED, (0.0, -1.0)),
    ],
)
def test_alpha_and_beta(returns, benchmark, expected):
    found = alpha(returns, benchmark, DAILY), beta(returns, benchmark)
    assert found == pytest.approx(expected, abs=1e-9)


def test_correlation_of_anscombes_first_quartet():
    """Anscombe (1973): r = 0.816, slope 0.500, for all four of his sets."""
    x = np.array([10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0])
    y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    assert correlation(y, x) == pytest.approx(0.816, abs=5e-4)
    assert beta(y, x) == pytest.approx(0.500, abs=5e-4)


def test_skew_and_kurtosis_of_a_die():
    """The uniform distribution over n points has kurtosis 3 - 6/5 (n^2 + 1) / (n^2 - 1)."""
    die = np.tile(np.arange(1.0, 7.0), 10)
    assert skew(die) == pytest.approx(0.0, abs=1e-12)
    assert kurtosis(die) == pytest.approx(3 - 6 / 5 * 37 / 35)


def test_skew_and_kurtosis_of_a_rare_loss():
    """A Bernoulli of p has skew (1 - 2p) / sqrt(pq) and kurtosis 1 / pq - 3."""
    rare = np.array([-1.0] + [0.0] * 9)
    assert skew(rare) == pytest.approx(-0.8 / 0.3)
    assert kurtosis(rare) == pytest.approx(1 / 0.09 - 3)


def test_value_at_risk_and_its_shortfall_on_one_to_a_hundred():
    """R: quantile(1:100, 0.05) is 5.95; empyrical's CVaR is the mean of the five smallest."""
    returns = np.arange(1.0, 101.0)
    assert value_at_risk_95(returns) == pytest.approx(5.95)
    assert cvar_95(returns) == pytest.approx(3.0)


def test_days_and_exposure():
    assert (best_day(MIXED), worst_day(MIXED)) == (0.1, -0.1)
    assert exposure(np.array([1.0, 0.5, 0.0, 0.5])) == 0.5


@pytest.mark.parametrize(
    ("equity", "average", "longest"),
    [
        ([100, 110, 120], 0.0, 0),
        ([100, 90, 100], -0.1, 2),
        ([100, 90, 80], -0.2, 2),
        ([100, 90, 100, 50, 60, 100, 99], (-0.1 - 0.5 - 0.01) / 3, 3),
        ([100, 90, 101, 100.9, 50, 51], (-0.1 + 50 / 101 - 1) / 2, 3),
    ],
)
def test_how_deep_and_how_long_equity_stayed_below_its_peak(equity, average, longest):
    curve = np.array(equity, dtype=float)
    assert average_drawdown(curve) == pytest.approx(average)
    assert longest_drawdown(curve) == longest


@pytest.mark.parametrize(
    ("skewness", "tails", "expected"), [(0.0, 3.0, 0.981591), (-2.448, 10.164, 0.9132343069)]
)
def test_probabilistic_sharpe_ratio_of_the_paper(skewness, tails, expected):
    """Bailey and Lopez de Prado (2012): an annual 1.585 over 24 months."""
    found = probability_above(1.585 / math.sqrt(12), 24, skewness, tails)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("year", "skewness", "tails", "expected"),
    [
        (250, 0.0, 3.0, 2.731188),
        (52, 0.0, 3.0, 2.828834),
        (12, 0.0, 3.0, 3.239801),
        (12, -0.72, 5.78, 4.991258),
    ],
)
def test_minimum_track_record_of_the_paper(year, skewness, tails, expected):
    """Annual Sharpe ratio of 2 against 1 at 95 %, in years."""
    root = math.sqrt(year)
    periods = track_record_needed(2 / root, skewness, tails, 1 / root)
    assert periods / year == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("sharpe", "periods", "expected"),
    [(0.5, 12, 0.306), (0.5, 60, 0.137), (3.0, 12, 0.677), (3.0, 60, 0.303)],
)
def test_standard_error_of_a_sharpe_ratio_in_lo_2002_table_1(sharpe, periods, expected):
    assert sharpe_standard_error(sharpe, periods) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_interval_in_newcombe_1998_table_1(successes, trials, expected):
    assert wilson(successes, trials) == pytest.approx(expected, abs=5e-5)
