"""What a folder of files says of itself, in its robotplug.toml."""

import tomllib
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import ParameterError, unknown
from functions.providers import Adjusted

NAME = "robotplug.toml"
_PRICES: dict[str, Adjusted] = {"raw": "none", "splits": "splits", "all": "all"}
_ANCHORS: dict[str, Literal["open", "clock"]] = {"open": "open", "clock": "clock"}
_KEYS = ("calendar", "prices", "timezone", "anchor", "grows")


class Statement(NamedTuple):
    """What no file tells by itself.

    timezone: of times that are written without an offset. grows: whether later bars will come.
    """

    calendar: str
    adjusted: Adjusted
    timezone: ZoneInfo | None
    anchor: Literal["open", "clock"] | None
    grows: bool


def read_statement(folder: Path) -> Statement:
    """Return the folder's statement; ParameterError says what to write where it is missing."""
    path = folder / NAME
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ParameterError(
            f"no {NAME} in the folder of files; write there "
            'calendar = "XNYS" and prices = "raw" (or "splits" or "all"), as your data are'
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{NAME} is no TOML: {error}") from error
    for key in told:
        if key not in _KEYS:
            raise unknown(f"key of {NAME}", key, _KEYS)
    return Statement(
        _text(told, "calendar", 'the market\'s code, like "XNYS" or "24/7"'),
        _PRICES[_one_of(told, "prices", _PRICES)],
        _timezone(told["timezone"]) if "timezone" in told else None,
        _ANCHORS[_one_of(told, "anchor", _ANCHORS)] if "anchor" in told else None,
        _grows(told.get("grows", True)),
    )


def _text(told: dict[str, Any], key: str, what: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not value:
        raise ParameterError(f"{NAME} must say {key}: {what}")
    return value


def _one_of(told: dict[str, Any], key: str, known: dict[str, Any]) -> str:
    names = " or ".join(f'"{name}"' for name in known)
    value = _text(told, key, names)
    if value not in known:
        raise ParameterError(f"{key} in {NAME} must be {names}, was {value!r}")
    return value


def _timezone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ParameterError(
            f'timezone in {NAME} must be like "America/New_York" or "UTC", was {name!r}'
        ) from error


def _grows(value: object) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"grows in {NAME} must be true or false, was {value!r}")
    return value
