"""empyrical's published cases: its own definition of every figure that both have.

The series and the expected values are those of empyrical-reloaded's tests (tests/test_stats.py and
tests/conftest.py, Apache-2.0).
"""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.metrics import growth, period_returns, simple_returns
from engine.metrics.benchmark import alpha, beta, information_ratio
from engine.metrics.benchmark_capture import down_capture, up_capture
from engine.metrics.drawdown import max_drawdown
from engine.metrics.ratios import omega_ratio, sharpe_ratio, sortino_ratio
from engine.metrics.ratios_of_growth import calmar_ratio, stability
from engine.metrics.returns import cagr, total_return
from engine.metrics.risk import downside_deviation, volatility
from engine.metrics.tails import conditional_value_at_risk, tail_ratio, value_at_risk

pytestmark = pytest.mark.engine

THEIRS = "empyrical"
DAILY, WEEKLY, MONTHLY, YEARLY = 252.0, 52.0, 12.0, 1.0
NAN, INFINITE = np.nan, np.inf

SPACED = np.array([0.0, 1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0]) / 100
ONE = [-0.00171614, 0.01322056, 0.03063862, -0.01422057, -0.00489779, 0.01268925, -0.03357711,
       0.01797036]  # fmt: skip
TWO = [0.01846232, 0.00793951, -0.01448395, 0.00422537, -0.00339611, 0.03756813, 0.0151531,
       0.03549769]  # fmt: skip
SERIES = {
    "empty": np.array([]),
    "one": np.array([0.01]),
    "mixed": np.array([np.nan, 1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0]) / 100,
    "spaced": SPACED,
    "positive": np.array([1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]) / 100,
    "negative": np.array([0.0, -6.0, -7.0, -1.0, -9.0, -2.0, -6.0, -8.0, -5.0]) / 100,
    "all_negative": np.array([-2.0, -6.0, -7.0, -1.0, -9.0, -2.0, -6.0, -8.0, -5.0]) / 100,
    "benchmark": np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]) / 100,
    "up_down_up": np.array([10.0, -10.0, 10.0]) / 100,
    "flat": np.full(9, 0.01),
    "long_flat": np.full(1000, 0.01),
    "yearly": np.full(3, 0.03),
    "line": np.linspace(0.0, 1.0, 1000),
    "first": np.array(ONE),
    "second": np.array(TWO),
}


def series(name):
    return SERIES[name] if isinstance(name, str) else name


def curve(name):
    return growth(series(name), convention=THEIRS)


def like(expected, decimals=8):
    return pytest.approx(expected, abs=10.0**-decimals, nan_ok=True)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("empty", NAN),
        ("one", 0.0),
        ("benchmark", 0.0),
        ("mixed", -0.1),
        ("positive", 0.0),
        ("negative", -0.36590730),
        ("all_negative", -0.378589157),
        ("up_down_up", -0.10),
    ],
)
def test_max_drawdown(returns, expected):
    assert max_drawdown(curve(returns)) == like(expected)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        ("empty", DAILY, NAN),
        ("one", DAILY, 11.274002099240244),
        ("mixed", DAILY, 1.9135925373194231),
        ("spaced", WEEKLY, 0.24690830513998208),
        ("spaced", MONTHLY, 0.052242061386048144),
        ("long_flat", DAILY, 11.274002099240256),
        ("yearly", YEARLY, 0.03),
    ],
)
def test_annual_return(returns, periods, expected):
    assert cagr(curve(returns), 0.0, periods, THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        ("long_flat", DAILY, 0.0),
        ("mixed", DAILY, 0.9136465399704637),
        ("spaced", WEEKLY, 0.38851569394870583),
        ("spaced", MONTHLY, 0.18663690238892558),
    ],
)
def test_annual_volatility(returns, periods, expected):
    assert volatility(series(returns), periods, THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "periods", "expected"),
    [
        ("empty", DAILY, NAN),
        ("one", DAILY, NAN),
        ("mixed", DAILY, 19.135925373194233),
        ("spaced", WEEKLY, 2.4690830513998208),
        ("spaced", MONTHLY, 0.52242061386048144),
    ],
)
def test_calmar_ratio(returns, periods, expected):
    assert calmar_ratio(curve(returns), 0.0, periods, THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "threshold", "expected"),
    [
        ("empty", 0.0, NAN),
        ("one", 0.0, NAN),
        ("mixed", 11.0 ** (1.0 / 252.0) - 1.0, 0.83354263497557934),
        ("mixed", "flat", 0.8125),
        ("positive", 0.01, NAN),
        ("positive", 0.011, 1.125),
        ("positive", 0.02, 0.0),
        ("negative", 0.01, 0.0),
    ],
)
def test_omega_ratio(returns, threshold, expected):
    assert omega_ratio(series(returns), series(threshold), THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "risk_free", "expected"),
    [
        ("empty", 0.0, NAN),
        ("one", 0.0, NAN),
        ("mixed", "mixed", NAN),
        ("mixed", 0.0, 1.7238613961706866),
        ("mixed", "benchmark", 0.34111411441060574),
        ("positive", 0.0, 52.915026221291804),
        ("negative", 0.0, -24.406808633910085),
        ("flat", 0.0, INFINITE),
    ],
)
def test_sharpe_ratio(returns, risk_free, expected):
    assert sharpe_ratio(series(returns), DAILY, series(risk_free), THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "target", "periods", "expected"),
    [
        ("empty", 0.0, DAILY, NAN),
        ("one", 0.0, DAILY, 0.0),
        ("mixed", "mixed", DAILY, 0.0),
        ("mixed", 0.0, DAILY, 0.60448325038829653),
        ("mixed", 0.1, DAILY, 1.7161730681956295),
        ("spaced", 0.0, WEEKLY, 0.25888650451930134),
        ("spaced", 0.1, WEEKLY, 0.7733045971672482),
        ("spaced", 0.0, MONTHLY, 0.1243650540411842),
        ("spaced", 0.1, MONTHLY, 0.37148351242013422),
        ("first", 0.0, DAILY, 0.20671788246185202),
        ("second", 0.0, DAILY, 0.083495680595704475),
        ("first", 0.0, WEEKLY, 0.093902996054410062),
        ("second", 0.0, WEEKLY, 0.037928477556776516),
        ("first", 0.0, MONTHLY, 0.045109540184877193),
        ("second", 0.0, MONTHLY, 0.018220251263412916),
    ],
)
def test_downside_risk(returns, target, periods, expected):
    found = downside_deviation(series(returns), periods, series(target), THEIRS)
    assert found == like(expected)


@pytest.mark.parametrize(
    ("returns", "target", "periods", "expected"),
    [
        ("empty", 0.0, DAILY, NAN),
        ("one", 0.0, DAILY, NAN),
        ("mixed", "mixed", DAILY, NAN),
        ("mixed", 0.0, DAILY, 2.605531251673693),
        ("mixed", "flat", DAILY, -1.3934779588919977),
        ("positive", 0.0, DAILY, INFINITE),
        ("negative", 0.0, DAILY, -13.532743075043401),
        ("benchmark", 0.0, DAILY, INFINITE),
        ("spaced", 0.0, WEEKLY, 1.1158901056866439),
        ("spaced", 0.0, MONTHLY, 0.53605626741889756),
        ("first", 0.0, DAILY, 3.0639640966566306),
        ("second", 0.0, DAILY, 38.090963117002495),
        ("first", 0.0, WEEKLY, 1.3918264112070571),
        ("second", 0.0, WEEKLY, 17.303077589064618),
        ("first", 0.0, MONTHLY, 0.6686117809312383),
        ("second", 0.0, MONTHLY, 8.3121296084492844),
    ],
)
def test_sortino_ratio(returns, target, periods, expected):
    assert sortino_ratio(series(returns), periods, series(target), THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "benchmark", "expected"),
    [
        ("empty", "empty", NAN),
        ("one", np.zeros(1), NAN),
        ("line", "line", NAN),
        ("mixed", np.zeros(9), 0.10859306069076737),
        ("mixed", "flat", -0.06515583641446039),
    ],
)
def test_excess_sharpe(returns, benchmark, expected):
    assert information_ratio(series(returns), series(benchmark), DAILY, THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "benchmark", "expected"),
    [
        ("empty", "empty", (NAN, NAN)),
        ("one", "one", (NAN, NAN)),
        ("mixed", "negative", (-0.9997853834885004, -0.71296296296296313)),
        ("mixed", "mixed", (0.0, 1.0)),
        ("mixed", -SERIES["mixed"], (0.0, -1.0)),
        ("line", SERIES["line"] / 2.0, (0.0, 2.0)),
    ],
)
def test_alpha_and_beta(returns, benchmark, expected):
    mine, market = series(returns), series(benchmark)
    assert alpha(mine, market, DAILY, 0.0, THEIRS) == like(expected[0])
    assert beta(mine, market, THEIRS) == like(expected[1])


def test_alpha_and_beta_of_the_sessions_in_which_the_benchmark_rose():
    mine, market = SERIES["mixed"][1:], SERIES["positive"][1:]
    assert alpha(mine, market, DAILY, 0.0, THEIRS) == like(0.432961242076658)
    assert beta(mine, market, THEIRS) == like(0.4285714285)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [("empty", NAN), ("one", NAN), ("mixed", 0.1529973665111273), ("long_flat", 1.0)],
)
def test_stability_of_timeseries(returns, expected):
    assert stability(series(returns), THEIRS) == like(expected)


@pytest.mark.parametrize(
    ("returns", "expected"), [("empty", NAN), ("one", 1.0), ("mixed", 0.9473684210526313)]
)
def test_tail_ratio(returns, expected):
    assert tail_ratio(series(returns), THEIRS) == like(expected, 1)


@pytest.mark.parametrize(
    ("returns", "benchmark", "up", "down"),
    [
        ("empty", "empty", NAN, NAN),
        ("one", "one", 1.0, NAN),
        ("mixed", "mixed", 1.0, 1.0),
        ("positive", "mixed", 0.0076167762, -11.27400221),
        ("all_negative", "mixed", -0.0004336328, 0.99956025703798634),
    ],
)
def test_up_and_down_capture(returns, benchmark, up, down):
    mine, market = series(returns), series(benchmark)
    assert up_capture(mine, market, DAILY, THEIRS) == like(up)
    assert down_capture(mine, market, DAILY, THEIRS) == like(down)


@pytest.mark.parametrize(
    ("returns", "cutoff", "expected"),
    [
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 0.3, 1.3),
        ([1.0, 2.0], 1.0, 2.0),
        ([1.0, 81.0, 82.0, 83.0, 84.0, 85.0], 0.1, 41.0),
        ([1.0, 81.0, 82.0, 83.0, 84.0, 85.0], 0.2, 81.0),
        ([1.0, 81.0, 82.0, 83.0, 84.0, 85.0], 0.3, 81.5),
    ],
)
def test_value_at_risk(returns, cutoff, expected):
    assert value_at_risk(np.array(returns), cutoff, THEIRS) == like(expected, 7)


@pytest.mark.parametrize("cutoff", [0.0, 0.0499, 0.05, 0.20, 0.999, 1.0])
def test_conditional_value_at_risk_is_the_mean_of_what_lies_at_or_below_the_value_at_risk(cutoff):
    returns = np.random.default_rng(1337).normal(0.0, 0.02, 21)
    at = value_at_risk(returns, cutoff, THEIRS)
    assert at == like(float(np.percentile(returns, cutoff * 100)))
    found = conditional_value_at_risk(returns, cutoff, THEIRS)
    assert found == like(float(returns[returns <= at + 1e-15].mean()))


def test_what_empyrical_skips_others_are_refused_with_the_way_out():
    with pytest.raises(DataError, match=r"the 1st was nan; .* convention='empyrical'"):
        sharpe_ratio(SERIES["mixed"], DAILY)


SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "reference"
FILE = SHARED / "empyrical_metrics_dev.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"cases": [], "series": {}}
PERIODS = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
SPANS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}


def read(name):
    """One series, or one for each column of a table."""
    found = REFERENCE["series"][name]
    if "columns" in found:
        return {each: np.array(column, float) for each, column in found["columns"].items()}
    return np.array(found["values"], float)


def infinite(value):
    return INFINITE if value == "inf" else NAN if value is None else value


def grown(returns, start):
    """empyrical's cumulated returns: a change where it starts from nothing, else a value."""
    whole = growth(returns, start or 1.0, THEIRS)
    return whole[1:] if start else whole[1:] - 1.0


def simple(case):
    return simple_returns(read(case["prices"]))


def cumulated(case):
    returns, start = read(case["returns"]), case["starting_value"]
    if isinstance(returns, dict):
        return {name: grown(column, start) for name, column in returns.items()}
    return grown(returns, start)


def final(case):
    returns, start = read(case["returns"]), case["starting_value"]
    if isinstance(returns, dict):  # the published answer is the whole table's last row
        return {name: grown(column, start)[-1:] for name, column in returns.items()}
    return total_return(curve(returns)) if not start else start * (1 + total_return(curve(returns)))


def aggregated(case):
    stored = REFERENCE["series"][case["returns"]]
    sessions = np.array([day[:10] for day in stored["index"]], dtype="datetime64[D]")
    return period_returns(curve(read(case["returns"])), sessions, SPANS[case["convert_to"]])


def annual(case):
    return cagr(curve(read(case["returns"])), 0.0, PERIODS[case["period"]], THEIRS)


WORKED_OUT = {
    "simple_returns": simple,
    "cum_returns": cumulated,
    "cum_returns_final": final,
    "aggregate_returns": aggregated,
    "annual_return": annual,
}


@pytest.mark.skipif(not REFERENCE["cases"], reason="the published results lie in ../shared/data")
@pytest.mark.parametrize("at", range(27))
def test_the_published_series_case(at):
    case = REFERENCE["cases"][at]
    (function,) = case["function"]
    found, expected = WORKED_OUT[function](case), case["expected"]
    if expected == "df_empty":
        assert found == {}
    elif isinstance(expected, dict):
        for name, column in expected.items():
            wanted = column[-1:] if function == "cum_returns_final" else column
            assert found[name] == like(np.array(wanted), case["decimals"])
    else:
        wanted = [infinite(each) for each in np.atleast_1d(np.array(expected, object))]
        assert np.atleast_1d(found) == like(np.array(wanted, float), case["decimals"])


@pytest.mark.skipif(not REFERENCE["cases"], reason="the published results lie in ../shared/data")
def test_every_published_case_is_one_of_them():
    assert len(REFERENCE["cases"]) == 27
    assert {name for case in REFERENCE["cases"] for name in case["function"]} == set(WORKED_OUT)
