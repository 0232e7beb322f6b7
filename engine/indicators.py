"""Indicators, computed by TA-Lib on each symbol's own bars and carried onto the timeline.

Every array has shape (rows, symbols). A value is NaN until a symbol has bars enough; where a
symbol has no bar its last value stands.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np

from engine.money import Bools, Floats

Column = Callable[..., Floats]
SESSIONS_PER_YEAR = 252


@cache
def _talib() -> ModuleType:
    """TA-Lib takes a third of a second to load, so it is loaded when it is first needed."""
    return import_module("talib")


def sma(series: Floats, bars: int) -> Floats:
    """Simple moving average."""
    return _by_symbol(lambda own: _talib().SMA(own, bars), series)


def ema(series: Floats, bars: int) -> Floats:
    """Exponential moving average, seeded with the simple one."""
    return _by_symbol(lambda own: _talib().EMA(own, bars), series)


def rsi(series: Floats, bars: int) -> Floats:
    """Relative strength index from 0 to 100, smoothed as Wilder did."""
    return _by_symbol(lambda own: _talib().RSI(own, bars), series)


def atr(high: Floats, low: Floats, close: Floats, bars: int) -> Floats:
    """Average true range in the unit of the price, smoothed as Wilder did."""
    return _by_symbol(lambda *own: _talib().ATR(*own, bars), high, low, close)


def highest(series: Floats, bars: int) -> Floats:
    """Largest of the last bars, this one included."""
    return _by_symbol(lambda own: _talib().MAX(own, bars), series)


def lowest(series: Floats, bars: int) -> Floats:
    """Smallest of the last bars, this one included."""
    return _by_symbol(lambda own: _talib().MIN(own, bars), series)


def momentum(series: Floats, bars: int) -> Floats:
    """Simple return over so many bars, as a fraction."""
    return _by_symbol(lambda own: _talib().ROCP(own, bars), series)


def volatility(series: Floats, bars: int, periods_per_year: float = SESSIONS_PER_YEAR) -> Floats:
    """Sample deviation of simple returns over so many bars, at least 2, annualised."""
    scale = np.sqrt(bars / (bars - 1) * periods_per_year)
    return _by_symbol(lambda own: _talib().STDDEV(_talib().ROCP(own, 1), bars) * scale, series)


def above(a: Floats, b: Floats) -> Bools:
    """Whether a is above b by more than rounding: rolling sums break exact ties. False at NaN."""
    return np.asarray(a - b > 1e-12 * np.abs(b))


def _by_symbol(compute: Column, *series: Floats) -> Floats:
    result: Floats = np.full_like(series[0], np.nan)
    present = np.all(~np.isnan(np.stack(series)), axis=0)
    for column in range(len(result.T)):
        own = present[:, column]
        if own.any():
            result[own, column] = compute(*(np.ascontiguousarray(s[own, column]) for s in series))
            _carry(result[:, column], own)
    return result


def _carry(values: Floats, own: Bools) -> None:
    """Let the last own value stand where there is no bar."""
    last = np.maximum.accumulate(np.where(own, np.arange(len(own)), -1))
    values[:] = np.where(last < 0, np.nan, values[last.clip(0)])
