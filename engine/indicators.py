"""Indicators, computed by TA-Lib on each symbol's own bars and carried onto the timeline.

Every array has shape (rows, symbols). A value is NaN until a symbol has bars enough; where a
symbol has no bar its last value stands. ParameterError where TA-Lib refuses a parameter.

The common ones have names here; `of_talib` computes any of TA-Lib's.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np

from engine.errors import ParameterError
from engine.money import Bools, Floats

Compute = Callable[..., tuple[Floats, ...]]
SESSIONS_PER_YEAR = 252


@cache
def _talib() -> ModuleType:
    """TA-Lib takes a third of a second to load, so it is loaded when it is first needed."""
    return import_module("talib")


def sma(series: Floats, bars: int) -> Floats:
    """Simple moving average."""
    return of_talib("SMA", series, timeperiod=bars)[0]


def ema(series: Floats, bars: int) -> Floats:
    """Exponential moving average, seeded with the simple one."""
    return of_talib("EMA", series, timeperiod=bars)[0]


def wma(series: Floats, bars: int) -> Floats:
    """Moving average with weights that rise by one each bar."""
    return of_talib("WMA", series, timeperiod=bars)[0]


def rsi(series: Floats, bars: int) -> Floats:
    """Relative strength index from 0 to 100, smoothed as Wilder did."""
    return of_talib("RSI", series, timeperiod=bars)[0]


def macd(
    series: Floats, fast: int = 12, slow: int = 26, signal: int = 9
) -> tuple[Floats, Floats, Floats]:
    """The fast exponential average less the slow one, its own average, and their difference."""
    periods = {"fastperiod": fast, "slowperiod": slow, "signalperiod": signal}
    line, average, histogram = of_talib("MACD", series, **periods)
    return line, average, histogram


def bollinger(series: Floats, bars: int, deviations: float) -> tuple[Floats, Floats, Floats]:
    """Upper band, simple average and lower band, so many population deviations apart."""
    width = {"nbdevup": float(deviations), "nbdevdn": float(deviations)}
    upper, middle, lower = of_talib("BBANDS", series, timeperiod=bars, **width)
    return upper, middle, lower


def stochastic(
    high: Floats, low: Floats, close: Floats, bars: int = 14, smooth: int = 3
) -> tuple[Floats, Floats]:
    """Where closes lie in the range of the last bars, from 0 to 100, averaged once and twice."""
    periods = {"fastk_period": bars, "slowk_period": smooth, "slowd_period": smooth}
    percent_k, percent_d = of_talib("STOCH", high, low, close, **periods)
    return percent_k, percent_d


def adx(high: Floats, low: Floats, close: Floats, bars: int) -> Floats:
    """Average directional index from 0 to 100: how much of a trend there is, whichever way."""
    return of_talib("ADX", high, low, close, timeperiod=bars)[0]


def cci(high: Floats, low: Floats, close: Floats, bars: int) -> Floats:
    """Commodity channel index: the typical price's distance from its average."""
    return of_talib("CCI", high, low, close, timeperiod=bars)[0]


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """A bar's range, the gap from the close before included."""
    return of_talib("TRANGE", high, low, close)[0]


def atr(high: Floats, low: Floats, close: Floats, bars: int) -> Floats:
    """Average true range in the unit of the price, smoothed as Wilder did."""
    return of_talib("ATR", high, low, close, timeperiod=bars)[0]


def obv(series: Floats, volume: Floats) -> Floats:
    """On-balance volume: added where the series rose, taken off where it fell."""
    return of_talib("OBV", series, volume)[0]


def highest(series: Floats, bars: int) -> Floats:
    """Largest of the last bars, this one included."""
    return of_talib("MAX", series, timeperiod=bars)[0]


def lowest(series: Floats, bars: int) -> Floats:
    """Smallest of the last bars, this one included."""
    return of_talib("MIN", series, timeperiod=bars)[0]


def momentum(series: Floats, bars: int) -> Floats:
    """Simple return over so many bars, as a fraction."""
    return of_talib("ROCP", series, timeperiod=bars)[0]


def deviation(series: Floats, bars: int) -> Floats:
    """Population deviation of the last bars."""
    return of_talib("STDDEV", series, timeperiod=bars, nbdev=1.0)[0]


def volatility(series: Floats, bars: int, periods_per_year: float = SESSIONS_PER_YEAR) -> Floats:
    """Sample deviation of simple returns over so many bars, at least 2, annualised."""
    if bars < 2:
        raise ParameterError(f"volatility needs at least 2 bars, was given {bars}")
    scale = np.sqrt(bars / (bars - 1) * periods_per_year)

    def compute(own: Floats) -> tuple[Floats]:
        (moves,) = _computed("ROCP", (own,), {"timeperiod": 1})
        (apart,) = _computed("STDDEV", (moves,), {"timeperiod": bars})
        return (apart * scale,)

    return _by_symbol(compute, series)[0]


def above(a: Floats, b: Floats) -> Bools:
    """Whether a is above b by more than rounding: rolling sums break exact ties. False at NaN."""
    return np.asarray(a - b > 1e-12 * np.abs(b))


def previous(series: Floats, rows: int = 1) -> Floats:
    """The series as it stood so many rows before."""
    if rows < 1:
        raise ParameterError(f"previous needs at least 1 row, was given {rows}")
    before = np.full(series.shape, np.nan)
    before[rows:] = series[:-rows]
    return before


def of_talib(name: str, *series: Floats, **parameters: float) -> tuple[Floats, ...]:
    """Compute one of TA-Lib's functions; one array for each of its outputs, in its order.

    series: what it reads, such as high, low and close. parameters: by TA-Lib's names, such as
    timeperiod; what is missing keeps TA-Lib's default.

    ParameterError for a name, a number of series or a parameter that TA-Lib does not have.
    """
    if name not in _talib().get_functions():
        near = get_close_matches(name, _talib().get_functions(), n=1)
        way_out = f"did you mean {near[0]!r}?" if near else "talib.get_functions() lists them"
        raise ParameterError(f"TA-Lib has no function {name!r}; {way_out}")
    return _by_symbol(lambda *own: _computed(name, own, parameters), *series)


def _computed(
    name: str, own: tuple[Floats, ...], parameters: dict[str, float]
) -> tuple[Floats, ...]:
    try:
        found = getattr(_talib(), name)(*own, **parameters)
    except Exception as error:  # TA-Lib raises nothing narrower
        told = ", ".join(f"{key}={value}" for key, value in parameters.items())
        raise ParameterError(
            f"TA-Lib cannot compute {name} of {len(own)} series with {told or 'no parameter'}: "
            f"{error}"
        ) from error
    return found if isinstance(found, tuple) else (found,)


def _by_symbol(compute: Compute, *series: Floats) -> tuple[Floats, ...]:
    missing = np.isnan(series[0].T, order="C")  # symbol by symbol, each one's rows together
    for one in series[1:]:
        missing |= np.isnan(one.T)
    outputs = len(compute(*(np.full(1, np.nan) for _ in series)))
    results = tuple(np.full(series[0].shape, np.nan) for _ in range(outputs))
    for column in np.flatnonzero(~missing.all(axis=1)).tolist():
        own = _own_rows(missing[column])
        inputs = (np.ascontiguousarray(one[own, column], np.float64) for one in series)
        for result, values in zip(results, compute(*inputs), strict=True):
            result[own, column] = values
            if not isinstance(own, slice):
                _carry(result[:, column], own)
    return results


def _own_rows(missing: Bools) -> Bools | slice:
    """The rows of a symbol's bars; a slice where from the first one on none is missing."""
    first = int(missing.argmin())
    return ~missing if missing[first:].any() else slice(first, None)


def carried(series: Floats) -> Floats:
    """Let each symbol's last value stand where there is none."""
    values = series.copy()
    for column in values.T:
        _carry(column, ~np.isnan(column))
    return values


def _carry(values: Floats, own: Bools) -> None:
    """Let the last own value stand where there is no bar."""
    last = np.maximum.accumulate(np.where(own, np.arange(len(own)), -1))
    values[:] = np.where(last < 0, np.nan, values[last.clip(0)])
