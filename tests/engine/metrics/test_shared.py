"""What metrics have in common is worked out once, and changes no figure in its last bit."""

import threading
from contextlib import nullcontext
from dataclasses import fields, replace

import numpy as np
import pytest

from engine import metrics
from engine.metrics import Measured, Unit, _shared, measure
from engine.metrics._conventions import excess
from engine.metrics._shared import one_result, shared
from engine.metrics._statistics import deviation, mean, median, share, total
from engine.metrics.drawdown import drawdowns

pytestmark = pytest.mark.engine

SERIES = [
    np.random.default_rng(seed).normal(0.0005, scale, rows)
    for seed, (rows, scale) in enumerate(
        (rows, scale) for rows in (1, 2, 3, 7, 8, 9, 129, 302, 2902) for scale in (1e-13, 0.01, 1e6)
    )
]


@pytest.fixture
def counted():
    """A shared function, and how often it was computed."""
    calls = []

    @shared
    def doubled(values):
        calls.append(len(values))
        return values * 2.0

    return doubled, calls


@pytest.mark.parametrize("convention", metrics.CONVENTIONS)
@pytest.mark.parametrize("risk_free", [0.0, 0.0001])
def test_together_every_metric_is_what_it_is_alone(convention, risk_free, sample):
    asked = replace(sample, convention=convention, risk_free=risk_free)
    alone = {name: each.of(asked) for name, each in metrics.catalogue().items()}
    with one_result():
        together = {name: each.of(asked) for name, each in metrics.catalogue().items()}
    assert together == alone


def test_in_whatever_order_metrics_are_asked_the_figures_are_the_same(sample):
    with one_result():
        forward = {name: each.of(sample) for name, each in metrics.catalogue().items()}
    with one_result():
        backward = {name: metrics.get(name).of(sample) for name in reversed(forward)}
    assert backward == forward


def test_metrics_leave_what_they_are_given_as_it_was(sample):
    arrays = [field.name for field in fields(Measured)]
    before = {name: np.copy(getattr(sample, name)) for name in arrays}
    with one_result():
        for each in metrics.catalogue().values():
            each.of(sample)
    for name in arrays:
        assert np.array_equal(before[name], getattr(sample, name))


@pytest.mark.parametrize("values", SERIES, ids=lambda values: str(len(values)))
def test_a_statistic_is_numpys_to_the_last_bit(values):
    assert total(values) == values.sum()
    assert mean(values) == values.mean()
    assert median(values) == np.median(values)
    assert share(values > 0) == (values > 0).mean()
    if len(values) > 1:
        spread = values.std(ddof=1)
        assert deviation(values) == (spread if spread > 1e-12 else 0.0)


def test_of_nothing_there_is_no_mean_and_no_median():
    for statistic in (mean, median, share):
        assert np.isnan(statistic(np.empty(0)))
    assert np.isnan(median(np.array([1.0, np.nan])))


def test_within_a_result_it_is_computed_once(counted):
    doubled, calls = counted
    values = np.arange(3.0)
    with one_result():
        assert doubled(values) is doubled(values)
        doubled(values.copy())
    assert calls == [3, 3]


def test_outside_of_a_result_it_is_computed_each_time(counted):
    doubled, calls = counted
    values = np.arange(3.0)
    assert doubled(values) is not doubled(values)
    with one_result():
        doubled(values)
    assert doubled(values=values).tolist() == [0.0, 2.0, 4.0]
    assert len(calls) == 4


def test_another_array_at_the_address_of_one_that_is_gone_is_not_mistaken_for_it(counted):
    doubled, _ = counted
    with one_result():
        for number in range(200):
            assert doubled(np.full(3, float(number))).tolist() == [2.0 * number] * 3


def test_a_result_within_a_result_and_one_beside_it_know_nothing_of_it(counted):
    doubled, calls = counted
    values = np.arange(3.0)
    with one_result():
        doubled(values)
        with one_result():
            doubled(values)
        beside = threading.Thread(target=doubled, args=(values,))
        beside.start()
        beside.join()
        doubled(values)
    assert len(calls) == 3


def test_nothing_is_kept_once_a_result_is_measured():
    with pytest.raises(ZeroDivisionError), one_result():
        raise ZeroDivisionError
    assert _shared._known.get() is None


def test_what_is_shared_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        drawdowns(np.array([100.0, 75.0]))[0] = 0.0


def test_returns_beyond_nothing_are_the_returns_themselves():
    returns = np.array([0.01, -0.02])
    assert excess(returns, 0.0) is returns
    assert excess(returns, 0.01).tolist() == (returns - 0.01).tolist()
    assert excess(returns, np.array([0.01, 0.0])).tolist() == [0.0, -0.02]


def test_a_metric_may_take_its_fields_by_name_alone(sample):
    @metrics.metric(unit=Unit.RATIO, group="ratios", formula="mean r / P")
    def odd(returns, *, periods_per_year, years):
        return float(returns.mean()) / periods_per_year * years

    found = metrics.Metric.of(odd.__dict__["tradingrobotplug.metric"], sample)
    assert found.value == float(sample.returns.mean()) / 252.0 * sample.years
    assert found.sample_size == 750


@pytest.mark.parametrize("rows", [1, 2, 302])
def test_of_several_rows_in_a_session_the_last_counts(rows):
    days = np.busday_offset("2010-01-04", np.arange(rows), roll="forward")
    equity = 100_000.0 * np.cumprod(1.0 + np.random.default_rng(3).normal(0.0, 0.01, rows))
    hourly = np.column_stack((equity * 0.5, equity)).ravel()
    one = {"start_equity": 100_000.0, "periods_per_year": 252.0}
    daily = measure(equity=equity, sessions=days, cash=equity / 2.0, **one)
    assert measure(equity=hourly, sessions=days.repeat(2), cash=hourly / 2.0, **one) == daily


def test_a_wrong_call_is_told_alike_within_and_without_a_result():
    def half(values):
        return values / 2

    once = shared(half)
    for context in (nullcontext(), one_result()):
        with context, pytest.raises(TypeError, match="positional argument"):
            once(np.ones(2), np.ones(2))
