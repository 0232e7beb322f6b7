"""A market from one frame of bars for each symbol."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from engine.actions_check import formed_actions, refuse_repeated
from engine.bars import Action, Sessions
from engine.errors import DataError, ParameterError
from engine.faults import Fault, faults_in
from engine.frames.labels import own_labels
from engine.frames.reading import DAILY, read_all, since_1970
from engine.market import Market
from engine.series import Series, merged
from engine.sessions import Calendar
from engine.shown import shown

TOLD = 20
"""How many faults an error names."""
Adjusted = Literal["none", "splits", "all"]
_CONTAINED = {"none": (), "splits": ("split",), "all": ("split", "dividend")}


class Labelled(NamedTuple):
    """A market, and what its frames' own index called each of its rows.

    index: shape (rows,); a row is called what the first frame that has a bar there calls it. Where
        frames differ in their timezones it is called as `labels_of` does.
    outside: how many bars were left out because they lie in no session.
    """

    market: Market
    index: pd.DatetimeIndex
    outside: int


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

    Daily bars: the index holds dates, or instants in any timezone, whose date there, or in
    `timezone`, is the session; a session counts as the whole UTC day. With a `length` such as "1h"
    or "5m" the index holds the bars' starts; `timezone` is needed where it has none. A bar's
    session is the date of its start, in `timezone` or else the index's own, unless a column
    `session` says which. A bar counts as its whole length.

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
    return labelled_market(
        frames, actions, length=length, timezone=timezone, sessions=sessions, adjusted=adjusted
    ).market


def labelled_market(
    frames: Mapping[str, pd.DataFrame],
    actions: Sequence[Action] = (),
    *,
    length: str = DAILY,
    timezone: str | None = None,
    sessions: pd.DataFrame | None = None,
    adjusted: Adjusted = "none",
) -> Labelled:
    """Build the same market, with its rows named as the frames name them."""
    if adjusted not in tuple(_CONTAINED):
        raise ParameterError(f"adjusted must be none, splits or all, was {shown(adjusted)}")
    actions = formed_actions(actions)
    refuse_repeated(actions)
    calendar = None if sessions is None else _calendar(sessions)
    read = read_all(frames, length, timezone, calendar)
    _refuse(_faults(read, actions, calendar, length))
    bars = merged([one.inside() for one in read])
    last = bars.sessions[-1].item() if len(bars.sessions) else date.min
    booked = [
        action
        for action in actions
        if action.kind not in _CONTAINED[adjusted] or action.ex_date > last
    ]
    market = Market.build(tuple(frames), bars, booked)
    index = own_labels([frame.index for frame in frames.values()], read, market)
    outside = sum(int(np.isnat(one.times.sessions).sum()) for one in read)
    return Labelled(market, index, outside)


def _refuse(faults: Sequence[Fault]) -> None:
    refused = [fault for fault in faults if fault.refused]
    if refused:
        told = [str(fault) for fault in refused[:TOLD]]
        more = len(refused) - len(told)
        raise DataError("\n".join([*told, f"and {more} more"] if more else told))


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
    read = read_all(frames, length, timezone, calendar)
    return _faults(read, formed_actions(actions), calendar, length)


def _faults(
    read: Sequence[Series], actions: Sequence[Action], calendar: Calendar | None, length: str
) -> list[Fault]:
    daily = length == DAILY
    return [fault for one in read for fault in faults_in(one, actions, calendar, daily=daily)]


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
        since_1970(pd.DatetimeIndex(pd.to_datetime(ordered[name], utc=True)))
        for name in ("open", "close")
    )
    return Calendar(days, opens, closes)
