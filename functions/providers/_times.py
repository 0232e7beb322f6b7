"""When a row of a file began, in the ways people write it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import ParameterError
from functions.providers import ProviderError
from functions.providers._ranges import midnight
from functions.providers._statement import NAME

# In this order, an instant before a local time before a day.
_COLUMNS = (
    *("start_utc", "timestamp", "datetime", "start", "start_local", "date", "time"),
    *("session", "open_time", "index", "", "__index_level_0__", "unnamed: 0"),
)
_DIGITS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_PACKED = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_CENTURIES = ("19", "20")
"""Twelve digits that begin so are a year and what follows; as thousandths all mean 1976."""


class UnreadableTimeError(ProviderError):
    """What stands where a time should, or is no instant; the row it belongs to is no bar."""


class TimeColumns(NamedTuple):
    """The columns whose texts, joined by a blank, are a row's time."""

    names: Sequence[str]
    utc: bool


def time_columns(columns: Mapping[str, object], file: str) -> TimeColumns:
    """Find them; ParameterError names those that are understood."""
    if "date" in columns and "time" in columns:
        return TimeColumns(("date", "time"), utc=False)
    for name in _COLUMNS:
        if name in columns:
            return TimeColumns((name,), utc=name.endswith("_utc"))
    known = ", ".join(name for name in _COLUMNS[:7])
    raise ParameterError(f"{file} has no column with the time of a bar; name it one of {known}")


def reader(
    file: str, *, daily: bool, utc: bool, timezone: ZoneInfo | None
) -> Callable[[str], datetime]:
    """Return what takes a text to the instant that stamps a bar, in UTC."""
    zone = UTC if utc else timezone

    def instant(text: str) -> datetime:
        moment = _moment(text.strip())
        if moment.tzinfo is None:
            if zone is None:
                raise _unsaid(file, text)
            moment = _placed(moment, zone, text)
        return moment.astimezone(UTC)

    def session(text: str) -> datetime:
        moment = _moment(text.strip())
        if moment.tzinfo is not None and timezone is not None:
            moment = moment.astimezone(timezone)
        elif moment.tzinfo is not None and (moment.hour or moment.minute):
            raise _unsaid(file, text)
        return midnight(moment.date())

    return session if daily else instant


def _moment(text: str) -> datetime:
    """Read ISO 8601, with or without its signs, or seconds since 1970 or thousandths of them."""
    digits = len(text) if text.isdecimal() else 0
    packed = digits in _PACKED and text.startswith(_CENTURIES)
    if digits in _DIGITS and not packed:
        return datetime.fromtimestamp(int(text) / _DIGITS[digits], UTC)
    try:
        if packed:
            return datetime.strptime(text, _PACKED[digits])  # noqa: DTZ007 - placed later
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableTimeError(
            f"its time is {text!r}; write it like 2013-03-01 or 2013-03-01T14:30:00Z"
        ) from error


def _placed(moment: datetime, zone: tzinfo, text: str) -> datetime:
    """Return a local time as an instant, unless the clocks were changed around it."""
    first, second = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise UnreadableTimeError(
            f"its time is {text!r}, which {zone} had twice or never; write times in UTC "
            "(start_utc) or with their offset"
        )
    return first


def _unsaid(file: str, text: str) -> ParameterError:
    return ParameterError(
        f"{file} has times like {text!r}, and nothing says where; write "
        f'timezone = "America/New_York" (or whichever it is) in {NAME}'
    )
