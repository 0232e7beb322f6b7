"""One promise over every metric found, built in or installed."""

import inspect
import math
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from engine import metrics
from engine.errors import ParameterError
from engine.metrics import Better, Measured, Unit
from engine.metrics._catalogue import PLUGINS, _pick
from engine.metrics._measured import SAMPLES

pytestmark = pytest.mark.engine
every_metric = pytest.mark.parametrize("name", metrics.names())

GROUPS = {"returns", "risk", "ratios", "benchmark", "trades", "costs", "evidence"}
ARRAYS = list(SAMPLES)
# Sums over nothing are zero, and nothing is a count.
TOTALS = {"trade_count", "commission_paid", "slippage_paid"}
# These are numbers even where nothing moves.
STILL = {
    *TOTALS, "total_return", "cagr", "exposure", "volatility", "downside_deviation",
    *(f"{which}_{period}" for which in ("average", "best", "worst")
      for period in ("day", "month", "year")),
    "up_months", "down_months", "max_drawdown", "average_drawdown", "longest_drawdown",
    "ulcer_index", "value_at_risk_95", "cvar_95", "value_at_risk_99", "cvar_99", "tracking_error",
    "turnover", "win_rate", "expectancy", "average_holding_days", "median_holding_days",
    "longest_holding_days", "longest_win_run", "longest_loss_run", "average_mae", "worst_mae",
    "average_mfe",
}  # fmt: skip


def cut(measured: Measured, sessions: int) -> Measured:
    """The same with so few sessions, round trips and fills."""
    few = {name: getattr(measured, name)[:sessions] for name in ARRAYS}
    few["equity"] = measured.equity[: sessions + 1]
    few["sessions"] = measured.sessions[:sessions]
    return replace(measured, **few, years=sessions / 252)


def flat(measured: Measured) -> Measured:
    still = {name: np.zeros_like(getattr(measured, name)) for name in ARRAYS}
    still["equity"] = np.full_like(measured.equity, 100_000.0)
    return replace(measured, **still)


def test_every_plugin_loads():
    assert metrics.failures() == {}


def test_the_set_asked_for_is_there():
    assert set(metrics.names()) >= {
        "total_return", "cagr", "average_day", "average_month", "average_year",
        "best_day", "worst_day", "best_month", "worst_month", "best_year", "worst_year",
        "up_months", "down_months", "exposure",
        "volatility", "downside_deviation", "max_drawdown", "average_drawdown",
        "longest_drawdown", "ulcer_index", "value_at_risk_95", "cvar_95", "value_at_risk_99",
        "cvar_99", "skew", "kurtosis", "tail_ratio",
        "sharpe_ratio", "sortino_ratio", "calmar_ratio", "omega_ratio", "gain_to_pain_ratio",
        "recovery_factor", "information_ratio", "treynor_ratio", "stability",
        "alpha", "beta", "correlation", "tracking_error", "up_capture", "down_capture",
        "trade_count", "win_rate", "profit_factor", "expectancy", "payoff_ratio", "average_win",
        "average_loss", "median_win", "median_loss", "average_holding_days",
        "median_holding_days", "longest_holding_days", "average_mae", "worst_mae", "average_mfe",
        "longest_win_run", "longest_loss_run", "system_quality", "kelly_criterion",
        "turnover", "commission_paid", "slippage_paid", "break_even_cost",
        "probabilistic_sharpe_ratio", "minimum_track_record",
    }  # fmt: skip


@every_metric
def test_it_says_what_it_is(name):
    each = metrics.get(name)
    text = inspect.getdoc(each.compute) or ""
    assert each.unit in Unit
    assert each.better in Better
    assert each.group in GROUPS
    assert each.title
    assert each.formula
    assert each.summary.endswith(".")
    assert "\n" not in each.summary
    assert "shape" in text
    assert "NaN" in text
    assert ">>> " in text


@every_metric
def test_it_takes_fields_of_the_record_and_answers_with_a_float(name, sample):
    each = metrics.get(name)
    taken = list(inspect.signature(each.compute).parameters)
    assert set(taken) <= set(Measured.__dataclass_fields__)
    value = each.compute(**{field: getattr(sample, field) for field in taken})
    assert type(value) is float


@every_metric
def test_an_ordinary_sample_gives_a_finite_value_with_its_size(name, sample):
    found = metrics.get(name).of(sample)
    assert found.value is not None
    assert math.isfinite(found.value)
    assert found.reason is None
    assert found.sample_size in (750, 120, 60, 35, 3)


@every_metric
def test_asked_twice_it_answers_the_same(name, sample):
    assert metrics.get(name).of(sample) == metrics.get(name).of(sample)


@every_metric
def test_no_data_gives_none_with_a_reason(name, sample):
    found = metrics.get(name).of(cut(sample, 0))
    if name in TOTALS:
        assert found.value == 0.0
    else:
        assert found.value is None
        assert found.reason


@every_metric
@pytest.mark.parametrize("sessions", [1, 2, 3, 4, 19])
def test_too_little_data_never_raises_and_never_gives_infinity(name, sessions, sample):
    found = metrics.get(name).of(cut(sample, sessions))
    assert (found.value is None) == (found.reason is not None)
    assert found.value is None or math.isfinite(found.value)


@every_metric
def test_where_nothing_varies_a_ratio_is_none_with_a_reason(name, sample):
    found = metrics.get(name).of(flat(sample))
    assert (found.value is not None) == (name in STILL)
    assert (found.value is None) == (found.reason is not None)


@every_metric
def test_growth_that_varies_by_rounding_alone_counts_as_constant(name, sample):
    grown = np.round(100_000.0 * 1.0004 ** np.arange(751), 8)
    steady = grown[1:] / grown[:-1] - 1.0
    found = metrics.get(name).of(
        replace(
            sample,
            equity=grown,
            returns=steady,
            benchmark_returns=steady,
            monthly_returns=metrics.period_returns(grown, sample.sessions, "month"),
            yearly_returns=metrics.period_returns(grown, sample.sessions, "year"),
        )
    )
    assert found.value is None or abs(found.value) < 1e6


@every_metric
def test_bounds_stand_on_both_sides_of_the_value(name, sample):
    found = metrics.get(name).of(sample)
    if found.method is None:
        assert found.low is found.high is None
    else:
        assert found.low < found.value < found.high


@every_metric
@pytest.mark.parametrize("convention", metrics.CONVENTIONS)
def test_in_every_convention_it_is_a_number_or_says_why_not(name, convention, sample):
    found = metrics.get(name).of(replace(sample, convention=convention, risk_free=0.0001))
    assert found.value is not None
    nothing = metrics.get(name).of(replace(cut(sample, 1), convention=convention))
    assert (nothing.value is None) == (nothing.reason is not None)


def test_a_convention_that_is_none_suggests_the_nearest(sample):
    with pytest.raises(ParameterError, match="did you mean 'empyrical'"):
        metrics.get("sharpe_ratio").of(replace(sample, convention="empirical"))


def test_what_happened_when_stands_beside_the_number(sample):
    found = metrics.get("max_drawdown").of(sample)
    assert list(found.dates) == ["start", "trough", "recovery"]
    assert found.dates["start"] < found.dates["trough"]
    assert metrics.get("sharpe_ratio").of(sample).dates is None


def test_notes_say_what_the_summary_does_not():
    notes = metrics.get("sharpe_ratio").notes
    assert notes.startswith("returns: shape (sessions,), simple.")
    assert "Sharpe (1994)" in notes
    assert ">>>" not in notes


def test_without_the_bars_how_far_round_trips_went_is_not_known(sample):
    found = metrics.get("average_mae").of(replace(sample, trip_mae=None))
    assert (found.value, found.reason) == (None, "the bars of the round trips are not known")


def test_without_a_benchmark_the_reason_says_so(sample):
    found = metrics.get("beta").of(replace(sample, benchmark_returns=None))
    assert (found.value, found.reason) == (None, "there is no benchmark over these sessions")


@pytest.mark.parametrize(
    ("name", "sessions", "reason"),
    [
        ("sharpe_ratio", 1, "fewer than two sessions"),
        ("value_at_risk_95", 19, "fewer than 20 sessions"),
        ("total_return", 0, "no sessions yet"),
        ("win_rate", 0, "no round trips yet"),
        ("cagr", 100, "less than a year is too short to annualise"),
        ("kurtosis", 3, "fewer than four sessions"),
        ("best_month", 0, "no months yet"),
        ("value_at_risk_99", 19, "fewer than 100 sessions"),
    ],
)
def test_a_reason_is_in_words(name, sessions, reason, sample):
    assert metrics.get(name).of(cut(sample, sessions)).reason == reason


def test_a_name_that_is_none_suggests_the_nearest():
    with pytest.raises(ParameterError, match="did you mean 'sortino_ratio'"):
        metrics.get("sortino")


def test_a_metric_that_asks_for_what_is_not_there_is_refused_by_name():
    with pytest.raises(ParameterError, match="metric 'odd' takes 'weather'; a metric may take"):

        @metrics.metric(unit=Unit.RATIO, group="ratios", formula="x")
        def odd(weather: float) -> float:
            return weather


def test_a_plugin_adds_a_metric_by_being_there(sample):
    plugin = ModuleType("others_metrics")
    source = """
import numpy as np
from engine.metrics import Floats, Unit, metric

@metric(unit=Unit.FRACTION, group="returns", formula="mean(r)")
def mean_return(returns: Floats) -> float:
    return float(returns.mean()) if len(returns) else np.nan
"""
    exec(compile(source, "others_metrics.py", "exec"), plugin.__dict__)
    (from_module,) = _pick(plugin)
    (from_function,) = _pick(plugin.mean_return)
    assert from_module is from_function
    assert from_module.of(sample).value == pytest.approx(sample.returns.mean())
    assert PLUGINS.group == "tradingrobotplug.metrics"


def test_a_module_without_a_metric_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match="decorate a function with"):
        _pick(ModuleType("empty"))
