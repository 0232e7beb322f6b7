import numpy as np
import pytest

from engine import indicators
from tests.builders.bars import NAN, random_market

pytestmark = pytest.mark.engine

UP = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (indicators.sma(UP, 3), [NAN, NAN, 2.0, 3.0, 4.0]),
        (indicators.ema(UP, 3), [NAN, NAN, 2.0, 3.0, 4.0]),
        (indicators.rsi(UP, 2), [NAN, NAN, 100.0, 100.0, 100.0]),
        (indicators.highest(UP, 2), [NAN, 2.0, 3.0, 4.0, 5.0]),
        (indicators.lowest(UP, 2), [NAN, 1.0, 2.0, 3.0, 4.0]),
        (indicators.momentum(UP, 2), [NAN, NAN, 2.0, 1.0, 2 / 3]),
        (indicators.atr(UP + 1, UP - 1, UP, 2), [NAN, NAN, 2.0, 2.0, 2.0]),
    ],
)
def test_values_known_by_hand(values, expected):
    np.testing.assert_allclose(values[:, 0], expected)


def test_volatility_is_the_annual_sample_deviation_of_returns():
    close = random_market(2, rows=40, gaps=0.0).close
    returns = close[1:] / close[:-1] - 1
    expected = np.std(returns[-20:], axis=0, ddof=1) * np.sqrt(252)
    np.testing.assert_allclose(indicators.volatility(close, 20)[-1], expected)


def test_each_symbol_is_computed_on_its_own_bars_and_carried_over_gaps():
    series = np.array([[NAN, 1.0], [1.0, 2.0], [NAN, 3.0], [2.0, 4.0], [3.0, 5.0]])
    own = indicators.sma(series, 2)
    np.testing.assert_allclose(own[:, 0], [NAN, NAN, NAN, 1.5, 2.5])
    gap = np.array([[1.0], [2.0], [NAN], [3.0]])
    np.testing.assert_allclose(indicators.sma(gap, 2)[:, 0], [NAN, 1.5, 1.5, 2.5])


@pytest.mark.parametrize(
    "compute",
    [
        lambda m: indicators.sma(m.close, 5),
        lambda m: indicators.ema(m.close, 5),
        lambda m: indicators.rsi(m.close, 5),
        lambda m: indicators.atr(m.high, m.low, m.close, 5),
        lambda m: indicators.highest(m.high, 5),
        lambda m: indicators.lowest(m.low, 5),
        lambda m: indicators.momentum(m.close, 5),
        lambda m: indicators.volatility(m.close, 5),
    ],
)
def test_a_value_does_not_depend_on_later_bars(compute):
    made = random_market(7, rows=80, gaps=0.1, late=20)
    full = compute(made)
    for rows in (1, 2, 5, 21, 40, 79):
        np.testing.assert_array_equal(compute(made.head(rows)), full[:rows])


def test_above_is_not_fooled_by_rounding():
    a = np.array([1.0 + 1e-15, 1.1, 0.9, NAN, 1.0])
    b = np.array([1.0, 1.0, 1.0, 1.0, NAN])
    assert indicators.above(a, b).tolist() == [False, True, False, False, False]
