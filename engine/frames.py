"""The door for pandas: a market from one frame of bars for each symbol."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Literal

import numpy as np
import pandas as pd

from engine.actions_check import formed_actions, refuse_repeated
from engine.bars import Action, Sessions
from engine.errors import DataError, ParameterError
from engine.faults import Fault, faults_in
from engine.market import Market
from engine.money import Floats, Ints
from engine.series import QUOTES, TRADES, Series, merged
from engine.sessions import SECONDS_PER_DAY, Calendar, Times, of_days, of_starts
from engine.shown import shown
from engine.validation import check_symbols

DAILY = "1d"
SECONDS = {"h": 3600, "m": 60}
TOLD = 20
"""How many faults an error names."""
Adjusted = Literal["none", "splits", "all"]
_CONTAINED = {"none": (), "splits": ("split",), "all": ("split", "dividend")}


def market_from_frames(
    frames: Mapping[str, pd.DataFrame],
    actions: Sequence[Action] = (),
    *,
    length: str = DAILY,
    timezone: str | None = None,
    sessions: pd.DataFrame | None = None,
    adjusted: Adjusted = "none",
) -> Market:
    """Build a market from frames with columns open, high, low, close and perhaps volume.

    Column names in either case. Quotes are the eight columns ask_open to ask_close and bid_open to
    bid_close; without columns of trades the middle of both stands for them.

    Daily bars: the index holds dates, or instants in any timezone, whose date there is the
    session; a session counts as the whole UTC day. With a `length` such as "1h" or "5m" the index
    holds the bars' starts; `timezone` is needed where it has none. A bar's session is the date of
    its start, in `timezone` or else the index's own, unless a column `session` says which. A bar
    counts as its whole length.

    sessions: when an exchange is open, as the `schedule` of exchange_calendars tells it: a row for
        each session, with columns open and close in UTC. Bars then belong to them, open and close
        with them, and their last bars are known as such. Shorter ones before and after trading
        hours are left out; a bar of a day without a session is refused.
    adjusted: what the prices were adjusted for when they were read. Actions that they contain are
        not booked: with "splits" no splits, and dividends are for each adjusted share; with "all"
        neither.

    DataError names every bar that nobody can compute with; `faults_in_frames` tells what else is
    odd. ParameterError for arguments that cannot be.
    """
    if adjusted not in tuple(_CONTAINED):
        raise ParameterError(f"adjusted must be none, splits or all, was {shown(adjusted)}")
    actions = formed_actions(actions)
    refuse_repeated(actions)
    calendar = None if sessions is None else _calendar(sessions)
    read = _read_all(frames, length, timezone, calendar)
    faults = _faults(read, actions, calendar, length)
    refused = [fault for fault in faults if fault.refused]
    if refused:
        told = [str(fault) for fault in refused[:TOLD]]
        more = len(refused) - len(told)
        raise DataError("\n".join([*told, f"and {more} more"] if more else told))
    bars = merged([one.inside() for one in read])
    last = bars.sessions[-1].item() if len(bars.sessions) else date.min
    booked = [
        action
        for action in actions
        if action.kind not in _CONTAINED[adjusted] or action.ex_date > last
    ]
    return Market.build(tuple(frames), bars, booked)


def faults_in_frames(
    frames: Mapping[str, pd.DataFrame],
    actions: Sequence[Action] = (),
    *,
    length: str = DAILY,
    timezone: str | None = None,
    sessions: pd.DataFrame | None = None,
) -> list[Fault]:
    """Return what is wrong with frames, each fault with its bar and reason, in order of time.

    The arguments are those of `market_from_frames`, which refuses the frames where any fault says
    so; actions: their splits are no stray prices. Only with `sessions` is a missing bar noticed.
    """
    calendar = None if sessions is None else _calendar(sessions)
    read = _read_all(frames, length, timezone, calendar)
    return _faults(read, formed_actions(actions), calendar, length)


def _faults(
    read: Sequence[Series], actions: Sequence[Action], calendar: Calendar | None, length: str
) -> list[Fault]:
    daily = length == DAILY
    return [fault for one in read for fault in faults_in(one, actions, calendar, daily=daily)]


def _read_all(
    frames: Mapping[str, pd.DataFrame],
    length: str,
    timezone: str | None,
    calendar: Calendar | None,
) -> list[Series]:
    _check_frames(frames)
    seconds = 0 if length == DAILY else _seconds_of(length)
    read = []
    for symbol, frame in frames.items():
        index = _index(symbol, frame)
        if seconds == 0:
            days = index.tz_localize(None).to_numpy().astype("datetime64[D]")
            times = of_days(days, calendar)
        elif calendar is not None:
            starts = _since_1970(_local(symbol, index, timezone))
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


def _calendar(schedule: pd.DataFrame) -> Calendar:
    framed = isinstance(schedule, pd.DataFrame)
    columns = [schedule.get(name) if framed else None for name in ("open", "close")]
    instants = all(column is not None and column.dtype.kind == "M" for column in columns)
    if not (instants and isinstance(schedule.index, pd.DatetimeIndex)):
        raise ParameterError(
            "sessions must be indexed by day, with instants in its columns open and close, like "
            "the schedule of a calendar of exchange_calendars"
        )
    ordered = schedule.sort_index()
    days: Sessions = pd.DatetimeIndex(ordered.index).to_numpy().astype("datetime64[D]")
    opens, closes = (
        _since_1970(pd.DatetimeIndex(pd.to_datetime(ordered[name], utc=True)))
        for name in ("open", "close")
    )
    return Calendar(days, opens, closes)


def _instants(symbol: str, frame: pd.DataFrame, local: pd.DatetimeIndex, seconds: int) -> Times:
    starts = _since_1970(local)
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
    except KeyError as error:
        raise ParameterError(f"no timezone named {shown(timezone)}; give one like UTC") from error
    except ValueError as error:
        raise DataError(
            f"the frame of {symbol} has a time that its clocks in {timezone} skipped or showed "
            f"twice: {error}; give the index in UTC"
        ) from error


def _check_timezone(timezone: object) -> None:
    if not isinstance(timezone, (str, tzinfo)):
        raise ParameterError(f"no timezone named {shown(timezone)}; give one like UTC")


def _since_1970(times: pd.DatetimeIndex) -> Ints:
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
