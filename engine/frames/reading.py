"""Frames as they come: columns in either case, an index of any timezone, numbers of any kind."""

from collections.abc import Mapping
from datetime import tzinfo

import numpy as np
import pandas as pd

from engine.errors import DataError, ParameterError
from engine.frames.dates import days_of
from engine.money import Floats, Ints
from engine.series import QUOTES, TRADES, Series
from engine.sessions import SECONDS_PER_DAY, Calendar, Times, of_days, of_starts
from engine.shown import shown
from engine.validation import check_symbols

DAILY = "1d"
SECONDS = {"h": 3600, "m": 60}


def read_all(
    frames: Mapping[str, pd.DataFrame],
    length: str,
    timezone: str | None,
    calendar: Calendar | None,
) -> list[Series]:
    """Read each symbol's frame, in their order; DataError where one cannot be bars."""
    _check_frames(frames)
    seconds = 0 if length == DAILY else _seconds_of(length)
    read = []
    for symbol, frame in frames.items():
        index = _index(symbol, frame)
        if seconds == 0:
            _check_timezone(timezone)
            times = of_days(days_of(symbol, index, timezone), calendar)
        elif calendar is not None:
            starts = since_1970(_local(symbol, index, timezone))
            times = of_starts(starts, seconds, calendar)
        else:
            times = _instants(symbol, frame, _local(symbol, index, timezone), seconds)
        read.append(Series(symbol, times, *_values(symbol, frame)))
    return read


def _check_frames(frames: object) -> None:
    if not isinstance(frames, Mapping):
        raise DataError(
            f"frames must be a dict of one frame for each symbol, were a {type(frames).__name__}; "
            'give {"IBM": frame}'
        )
    if not frames:
        raise DataError("no frames were given; give at least one symbol")
    check_symbols(frames)
    for symbol, frame in frames.items():
        if not isinstance(frame, pd.DataFrame):
            raise DataError(
                f"the frame of {symbol} must be a pandas.DataFrame with columns open, high, low "
                f"and close, was a {type(frame).__name__}"
            )


def _seconds_of(length: object) -> int:
    number, unit = (length[:-1], length[-1:]) if isinstance(length, str) else ("", "")
    seconds = (
        int(number) * SECONDS.get(unit, 0) if 0 < len(number) < 9 and number.isdecimal() else 0
    )
    if not 0 < seconds < SECONDS_PER_DAY:
        raise ParameterError(f"length must be 1d, or shorter like 1h or 5m, was {shown(length)}")
    return seconds


def _instants(symbol: str, frame: pd.DataFrame, local: pd.DatetimeIndex, seconds: int) -> Times:
    starts = since_1970(local)
    days = local.tz_localize(None).to_numpy().astype("datetime64[D]")
    named = _named(symbol, frame)
    if "session" in named:
        days = pd.DatetimeIndex(frame[named["session"]]).to_numpy().astype("datetime64[D]")
        if np.isnat(days).any():
            raise DataError(f"the frame of {symbol} has a bar without a session; name its session")
    return Times(days, starts, starts + seconds, None)


def _index(symbol: str, frame: pd.DataFrame) -> pd.DatetimeIndex:
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError(
            f"the frame of {symbol} must be indexed by dates, was by {frame.index.dtype}; "
            "set its index with pandas.to_datetime"
        )
    if frame.empty:
        raise DataError(f"the frame of {symbol} has no bars; leave the symbol out")
    missing = np.flatnonzero(frame.index.isna())
    if len(missing):
        raise DataError(
            f"the frame of {symbol} has a row without a date; drop it (row {missing[0] + 1})"
        )
    return frame.index


def _local(symbol: str, index: pd.DatetimeIndex, timezone: str | None) -> pd.DatetimeIndex:
    if index.tz is None and timezone is None:
        raise DataError(
            f"the frame of {symbol} has no timezone; give timezone, such as America/New_York"
        )
    if timezone is None:
        return index
    _check_timezone(timezone)
    try:
        return index.tz_localize(timezone) if index.tz is None else index.tz_convert(timezone)
    except ValueError as error:
        raise DataError(
            f"the frame of {symbol} has a time that its clocks in {timezone} skipped or showed "
            f"twice: {error}; give the index in UTC"
        ) from error


def _check_timezone(timezone: object) -> None:
    try:
        if timezone is None or isinstance(timezone, tzinfo):
            return
        if isinstance(timezone, str):
            pd.Timestamp(0, tz=timezone)
            return
    except (KeyError, ValueError) as error:
        raise ParameterError(f"no timezone named {shown(timezone)}; give one like UTC") from error
    raise ParameterError(f"no timezone named {shown(timezone)}; give one like UTC")


def since_1970(times: pd.DatetimeIndex) -> Ints:
    """Count whole seconds to each of them, whose clock must be known."""
    naive = times.tz_convert("UTC").tz_localize(None).to_numpy()
    seconds: Ints = naive.astype("datetime64[s]").astype(np.int64)
    return seconds


def _values(symbol: str, frame: pd.DataFrame) -> tuple[Floats, dict[int, str]]:
    """The numbers of a frame, and which of its rows have something else."""
    named = _named(symbol, frame)
    quoted = any(name in named for name in QUOTES)
    wanted = (*TRADES, *QUOTES) if quoted else TRADES
    traded = not quoted or any(name in named for name in TRADES[:4])
    needed = (*(TRADES[:4] if traded else ()), *(QUOTES if quoted else ()))
    missing = [name for name in needed if name not in named]
    if missing:
        raise DataError(
            f"the frame of {symbol} has no column {', '.join(missing)}; "
            f"it has {', '.join(map(str, frame.columns))}"
        )
    texts: dict[int, str] = {}
    values = [_numbers(frame, named.get(name), name, texts) for name in wanted]
    return np.stack(values), texts


def _named(symbol: str, frame: pd.DataFrame) -> dict[str, object]:
    """The columns that are read, by their names in lower case."""
    named: dict[str, object] = {}
    for column in frame.columns:
        name = str(column).lower()
        if name in named and name in (*TRADES, *QUOTES, "session"):
            raise DataError(
                f"the frame of {symbol} has the column {name} twice, as {named[name]} and as "
                f"{column}; keep one"
            )
        named[name] = column
    return named


def _numbers(frame: pd.DataFrame, column: object, name: str, texts: dict[int, str]) -> Floats:
    if column is None:
        return np.full(len(frame), np.nan)
    told = frame[column]
    read = pd.to_numeric(told, errors="coerce")
    for row in np.flatnonzero((read.isna() & told.notna()).to_numpy()):
        texts.setdefault(int(row), f"has {told.iloc[row]!r} for its {name}; give a number")
    numbers: Floats = read.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers
