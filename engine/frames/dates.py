"""Which day a daily bar is of, by the stamp that its frame gives it."""

import numpy as np
import pandas as pd

from engine.bars import Sessions
from engine.errors import DataError

NOON, DAY, QUARTER = 12 * 3600, 24 * 3600, 15 * 60
SUNDAY, FRIDAY = 6, 4
PLACES = (
    *("America/New_York", "Europe/London", "Europe/Berlin", "Europe/Athens", "Asia/Kolkata"),
    *("Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "UTC"),
)
"""Whose midnights are looked for, so that a message can name the one."""
ANY = "Europe/Berlin"


def days_of(symbol: str, index: pd.DatetimeIndex, timezone: str | None) -> Sessions:
    """Return each stamp's date in a timezone, or else where the index itself is.

    A stamp without a timezone is a date already. DataError where stamps look like midnights of
    somewhere to the east, which lie on the day before in the index's own timezone.
    """
    if timezone is not None and index.tz is not None:
        return _dates(index.tz_convert(timezone))
    days = _dates(index)
    if timezone is None and _looks_moved(index, days):
        raise DataError(_moved(symbol, index))
    return days


def _dates(index: pd.DatetimeIndex) -> Sessions:
    days: Sessions = index.tz_localize(None).to_numpy().astype("datetime64[D]")
    return days


def _looks_moved(index: pd.DatetimeIndex, days: Sessions) -> bool:
    """Whether no weekdays' market has such stamps: Sundays and no Fridays, or else evenings."""
    clock = _clock(index)
    odd = clock > 0
    if not odd.any() or (clock % QUARTER > 0).any():
        return False
    weekdays = (days[odd].astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    sundays, fridays = (bool((weekdays == day).any()) for day in (SUNDAY, FRIDAY))
    evenings = bool((clock[odd] >= NOON).all())
    if sundays:
        return evenings or not fridays
    return evenings and not fridays and _place(index) is not None


def _clock(index: pd.DatetimeIndex) -> np.ndarray:
    """Seconds since midnight of each stamp, by its own clock."""
    local = index.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    clock: np.ndarray = local % DAY
    return clock


def _place(index: pd.DatetimeIndex) -> str | None:
    """Where all stamps are midnights; one without a timezone is taken for UTC."""
    known = index.tz_localize("UTC") if index.tz is None else index
    return next((one for one in PLACES if not _clock(known.tz_convert(one)).any()), None)


def _moved(symbol: str, index: pd.DatetimeIndex) -> str:
    here = _place(index)
    place = f"timezone={here or ANY!r}"
    way_out = place if here else f"theirs, such as {place}"
    if index.tz is None:
        way_out = f'an index with its own timezone, as tz_localize("UTC") makes it, and {way_out}'
    stamp = index[np.flatnonzero(_clock(index))[0]]
    return (
        f"the daily bars of {symbol} have stamps like {stamp}: these look like midnights of "
        f"another timezone, so that each bar would be a day early; give {way_out}"
    )
