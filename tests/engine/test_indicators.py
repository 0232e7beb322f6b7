import numpy as np
import pytest
import talib
from talib import abstract

from engine import ParameterError, indicators
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
        (indicators.previous(UP), [NAN, 1.0, 2.0, 3.0, 4.0]),
        (indicators.previous(UP, 3), [NAN, NAN, NAN, 1.0, 2.0]),
        (indicators.previous(UP, 9), [NAN] * 5),
        (indicators.wma(UP, 2), [NAN, 5 / 3, 8 / 3, 11 / 3, 14 / 3]),
        (indicators.true_range(UP + 1, UP - 1, UP), [NAN, 2.0, 2.0, 2.0, 2.0]),
        (indicators.obv(UP, 10 * UP), [10.0, 30.0, 60.0, 100.0, 150.0]),
        (indicators.deviation(UP, 2), [NAN, 0.5, 0.5, 0.5, 0.5]),
        (indicators.bollinger(UP, 2, 2.0)[0], [NAN, 2.5, 3.5, 4.5, 5.5]),
        (indicators.bollinger(UP, 2, 2.0)[2], [NAN, 0.5, 1.5, 2.5, 3.5]),
        (indicators.stochastic(UP + 1, UP - 1, UP, 2, 1)[0], [NAN, 2 / 3 * 100] + [200 / 3] * 3),
        (indicators.cci(UP, UP, UP, 2), [NAN] + [200 / 3] * 4),
        (indicators.macd(UP, 2, 3, 1)[0], [NAN, NAN, 0.5, 0.5, 0.5]),
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
        lambda m: indicators.adx(m.high, m.low, m.close, 5),
        lambda m: indicators.macd(m.close, 3, 6, 2)[1],
        lambda m: indicators.obv(m.close, m.volume),
        lambda m: indicators.carried(m.close),
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


def test_any_function_of_talib_is_computed_on_own_bars_with_all_its_outputs():
    made = random_market(3, rows=60, gaps=0.2)
    up, down = indicators.of_talib("AROON", made.high, made.low, timeperiod=5)
    own = ~np.isnan(made.close[:, 0])
    expected = talib.AROON(made.high[own, 0], made.low[own, 0], 5)
    np.testing.assert_array_equal([up[own, 0], down[own, 0]], expected)
    assert np.isnan(up[:5]).all()
    np.testing.assert_array_equal(up[~own, 0][1:], indicators.carried(up)[~own, 0][1:])


def test_no_function_of_talib_looks_ahead():
    made = random_market(5, rows=200, gaps=0.0, symbols=("IBM",))
    series = {name: getattr(made, name) for name in ("open", "high", "low", "close", "volume")}
    series["volume"] = series["volume"] * (1 + np.arange(200)[:, None] % 7)
    series["periods"] = np.full((200, 1), 10.0)
    for name in talib.get_functions():
        told = abstract.Function(name).info["input_names"].values()
        reads = [one for each in told for one in ([each] if isinstance(each, str) else each)]
        full = indicators.of_talib(name, *(series[one] for one in reads))
        head = indicators.of_talib(name, *(series[one][:150] for one in reads))
        for known, then in zip(full, head, strict=True):
            np.testing.assert_allclose(known[:150], then, rtol=1e-7, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda: indicators.sma(UP, 0), "TA-Lib cannot compute SMA of 1 series with timeperiod=0"),
        (lambda: indicators.volatility(UP, 1), "volatility needs at least 2 bars, was given 1"),
        (lambda: indicators.previous(UP, 0), "previous needs at least 1 row, was given 0"),
        (lambda: indicators.of_talib("ADXX", UP), "TA-Lib has no function 'ADXX'; did you mean 'A"),
        (lambda: indicators.of_talib("?", UP), r"no function '\?'; talib.get_functions\(\) lists"),
        (lambda: indicators.of_talib("ADX", UP), "cannot compute ADX of 1 series with no param"),
        (lambda: indicators.of_talib("SMA", UP, bars=3), "with bars=3: .*unexpected keyword"),
    ],
)
def test_what_talib_refuses_is_named(compute, message):
    with pytest.raises(ParameterError, match=message):
        compute()
