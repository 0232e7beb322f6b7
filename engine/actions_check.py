"""Whether corporate actions can be booked, asked once, when a market is built."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from numbers import Real

from engine.bars import HIGHEST_PRICE, KINDS_OF_ACTION, Action
from engine.errors import DataError
from engine.shown import shown


def checked_actions(symbols: Sequence[str], actions: object) -> list[Action]:
    """Return the actions in the order of booking; DataError names what cannot be booked.

    An equal dividend may come again: a special one beside the ordinary one of its day.
    """
    told = formed_actions(actions)
    for action in told:
        _check(symbols, action)
    refuse_repeated(action for action in told if action.kind != "dividend")
    return sorted(told, key=lambda each: (each.ex_date, KINDS_OF_ACTION.index(each.kind)))


def formed_actions(actions: object) -> tuple[Action, ...]:
    """Return the actions; DataError names one without a day or a number."""
    if not isinstance(actions, Iterable):
        raise DataError(
            f"actions must be a list of Action, were {shown(actions)}; give () for none"
        )
    told = tuple(actions)
    for action in told:
        if not isinstance(action, Action):
            raise DataError(
                f"actions must be Action(symbol, ex_date, kind, value), had {shown(action)}"
            )
        _check_form(action)
    return told


def refuse_repeated(actions: Iterable[Action]) -> None:
    """Raise DataError for an action that is there twice."""
    seen = set()
    for action in actions:
        known = None if math.isnan(action.value) else action.value
        key = action.symbol, action.ex_date, action.kind, known
        if key in seen:
            raise DataError(f"{_name(action)} is there twice; keep it once")
        seen.add(key)


def _check_form(action: Action) -> None:
    if not _is_number(action.value):
        raise DataError(f"{_name(action)} must have a number, was {shown(action.value)}")
    for name, day in (("ex_date", action.ex_date), ("seen", action.seen)):
        if (name, day) != ("seen", None) and not _is_day(day):
            raise DataError(
                f"{_name(action)} must have a datetime.date for its {name}, was {shown(day)}; "
                "read text with date.fromisoformat, and take .date() of a time"
            )


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_day(day: object) -> bool:
    return isinstance(day, date) and not isinstance(day, datetime)


def _check(symbols: Sequence[str], action: Action) -> None:
    name, value = _name(action), action.value
    if action.symbol not in symbols:
        raise DataError(f"{name} belongs to no symbol here; there are {', '.join(symbols)}")
    if action.kind not in KINDS_OF_ACTION:
        raise DataError(f"{name} has no known kind; there are {', '.join(KINDS_OF_ACTION)}")
    if action.kind == "delisting":
        if not (math.isnan(value) or 0 <= value <= HIGHEST_PRICE):
            raise DataError(f"{name} must pay from 0 to 1e9, or NaN, was {value}")
    elif not 0 < value < math.inf:
        raise DataError(f"{name} must be above 0 and finite, was {value}")


def _name(action: Action) -> str:
    return f"the {action.kind} of {action.symbol} on {action.ex_date}"
