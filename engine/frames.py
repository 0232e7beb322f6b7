"""The door for pandas: a market from one frame of daily bars for each symbol."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.bars import Action, Bars, Sessions
from engine.errors import DataError
from engine.market import Market
from engine.money import Floats

COLUMNS = ("open", "high", "low", "close", "volume")
SECONDS_PER_DAY = 86_400


def market_from_frames(
    frames: Mapping[str, pd.DataFrame], actions: Sequence[Action] = ()
) -> Market:
    """Build a market from frames with columns open, high, low, close and perhaps volume.

    Column names in either case. The index holds dates, or instants in any timezone, whose date
    there is the session. A session counts as the whole UTC day; an exchange's hours come with
    `Market.build`. Prices are raw, with `actions` beside them. DataError names the bad row.
    """
    if not frames:
        raise DataError("no frames were given; give at least one symbol")
    days = {symbol: _sessions(symbol, frame) for symbol, frame in frames.items()}
    sessions = np.unique(np.concatenate(list(days.values())))
    values = np.full((len(COLUMNS), len(sessions), len(frames)), np.nan)
    for column, (symbol, frame) in enumerate(frames.items()):
        values[:, np.searchsorted(sessions, days[symbol]), column] = _values(symbol, frame)
    opens = sessions.astype("datetime64[s]").astype(np.int64)
    bars = Bars(sessions, opens, opens + SECONDS_PER_DAY, *values)
    return Market.build(tuple(frames), bars, actions)


def _sessions(symbol: str, frame: pd.DataFrame) -> Sessions:
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError(
            f"the frame of {symbol} must be indexed by dates, was by {frame.index.dtype}; "
            "set its index with pandas.to_datetime"
        )
    days: Sessions = frame.index.tz_localize(None).to_numpy().astype("datetime64[D]")
    if np.isnat(days).any():
        raise DataError(f"the frame of {symbol} has a row without a date; drop it")
    wrong = np.flatnonzero(np.diff(days).astype(np.int64) <= 0)
    if len(wrong):
        first, second = days[wrong[0]], days[wrong[0] + 1]
        raise DataError(
            f"{symbol}: {second} follows {first}; sort the frame by date, keep each session once"
        )
    return days


def _values(symbol: str, frame: pd.DataFrame) -> Floats:
    named = {str(name).lower(): name for name in frame.columns}
    missing = [name for name in COLUMNS[:4] if name not in named]
    if missing:
        raise DataError(
            f"the frame of {symbol} has no column {', '.join(missing)}; "
            f"it has {', '.join(map(str, frame.columns))}"
        )
    return np.stack([_numbers(symbol, frame, named.get(name), name) for name in COLUMNS])


def _numbers(symbol: str, frame: pd.DataFrame, column: object, name: str) -> Floats:
    if column is None:
        return np.full(len(frame), np.nan)
    try:
        numbers: Floats = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} of {symbol} must be numbers: {error}") from error
    return numbers
