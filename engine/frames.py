"""The door for pandas: a market from one frame of bars for each symbol."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from engine.bars import Action, Bars, Sessions, instant_text
from engine.errors import DataError, ParameterError
from engine.market import Market
from engine.money import Floats, Ints

COLUMNS = ("open", "high", "low", "close", "volume")
DAILY = "1d"
SECONDS_PER_DAY = 86_400
SECONDS = {"h": 3600, "m": 60}


class _Times(NamedTuple):
    """When the bars of one frame were, in whole seconds since 1970 UTC."""

    opens: Ints
    closes: Ints
    sessions: Sessions


def market_from_frames(
    frames: Mapping[str, pd.DataFrame],
    actions: Sequence[Action] = (),
    *,
    length: str = DAILY,
    timezone: str | None = None,
) -> Market:
    """Build a market from frames with columns open, high, low, close and perhaps volume.

    Column names in either case. Daily bars: the index holds dates, or instants in any timezone,
    whose date there is the session; a session counts as the whole UTC day.

    With a `length` such as "1h" or "5m" the index holds the bars' starts; `timezone` is needed
    where it has none. A bar's session is the date of its start, in `timezone` or else the index's
    own, unless a column `session` says which. A bar counts as its whole length; an exchange's
    hours come with `Market.build`.

    Prices are raw, with `actions` beside them. DataError names the bad row.
    """
    if not frames:
        raise DataError("no frames were given; give at least one symbol")
    if length == DAILY:
        times = {symbol: _days(symbol, frame) for symbol, frame in frames.items()}
    else:
        seconds = _seconds_of(length)
        times = {
            symbol: _instants(symbol, frame, seconds, timezone) for symbol, frame in frames.items()
        }
    closes, first = np.unique(_all(times, "closes"), return_index=True)
    values = np.full((len(COLUMNS), len(closes), len(frames)), np.nan)
    for column, (symbol, frame) in enumerate(frames.items()):
        rows = np.searchsorted(closes, times[symbol].closes)
        values[:, rows, column] = _values(symbol, frame)
    opens, sessions = _all(times, "opens")[first], _all(times, "sessions")[first]
    for symbol, one in times.items():
        _refuse_other_sessions(symbol, one, sessions[np.searchsorted(closes, one.closes)])
    return Market.build(tuple(frames), Bars(sessions, opens, closes, *values), actions)


def _all(times: Mapping[str, _Times], name: str) -> np.ndarray:
    return np.concatenate([getattr(one, name) for one in times.values()])


def _seconds_of(length: str) -> int:
    number, unit = length[:-1], length[-1:]
    seconds = int(number) * SECONDS.get(unit, 0) if number.isdecimal() else 0
    if not 0 < seconds < SECONDS_PER_DAY:
        raise ParameterError(f"length must be 1d, or shorter like 1h or 5m, was {length!r}")
    return seconds


def _days(symbol: str, frame: pd.DataFrame) -> _Times:
    days: Sessions = _index(symbol, frame).tz_localize(None).to_numpy().astype("datetime64[D]")
    wrong = np.flatnonzero(np.diff(days).astype(np.int64) <= 0)
    if len(wrong):
        first, second = days[wrong[0]], days[wrong[0] + 1]
        raise DataError(
            f"{symbol}: {second} follows {first}; sort the frame by date, keep each session once, "
            "or give the length of its bars"
        )
    opens = _since_1970(days)
    return _Times(opens, opens + SECONDS_PER_DAY, days)


def _instants(symbol: str, frame: pd.DataFrame, seconds: int, timezone: str | None) -> _Times:
    local = _local(symbol, _index(symbol, frame), timezone)
    opens = _since_1970(local.tz_convert("UTC").tz_localize(None).to_numpy())
    wrong = np.flatnonzero(np.diff(opens) <= 0)
    if len(wrong):
        first, second = (instant_text(opens[at]) for at in (wrong[0], wrong[0] + 1))
        raise DataError(
            f"{symbol}: {second} follows {first}; sort the frame by time, keep each start once"
        )
    days = local.tz_localize(None).to_numpy().astype("datetime64[D]")
    named = {str(name).lower(): name for name in frame.columns}
    if "session" in named:
        days = pd.DatetimeIndex(frame[named["session"]]).to_numpy().astype("datetime64[D]")
    return _Times(opens, opens + seconds, days)


def _index(symbol: str, frame: pd.DataFrame) -> pd.DatetimeIndex:
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError(
            f"the frame of {symbol} must be indexed by dates, was by {frame.index.dtype}; "
            "set its index with pandas.to_datetime"
        )
    if frame.index.isna().any():
        raise DataError(f"the frame of {symbol} has a row without a date; drop it")
    return frame.index


def _local(symbol: str, index: pd.DatetimeIndex, timezone: str | None) -> pd.DatetimeIndex:
    if index.tz is None and timezone is None:
        raise DataError(
            f"the frame of {symbol} has no timezone; give timezone, such as America/New_York"
        )
    if timezone is None:
        return index
    try:
        return index.tz_localize(timezone) if index.tz is None else index.tz_convert(timezone)
    except KeyError as error:
        raise ParameterError(f"no timezone named {timezone!r}; give one like UTC") from error
    except ValueError as error:
        raise DataError(
            f"the frame of {symbol} has a time that its clocks in {timezone} skipped or showed "
            f"twice: {error}; give the index in UTC"
        ) from error


def _refuse_other_sessions(symbol: str, mine: _Times, sessions: Sessions) -> None:
    other = np.flatnonzero(mine.sessions != sessions)
    if len(other):
        at = other[0]
        raise DataError(
            f"{symbol}: the bar of {instant_text(mine.opens[at])} is of session "
            f"{mine.sessions[at]}, another symbol's of {sessions[at]}; give both one session"
        )


def _since_1970(times: np.ndarray) -> Ints:
    seconds: Ints = times.astype("datetime64[s]").astype(np.int64)
    return seconds


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
