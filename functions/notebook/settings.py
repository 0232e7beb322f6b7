"""A strategy and its settings as somebody types them into a call."""

import inspect
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

import strategies
from engine import Options, Strategy
from engine.errors import ParameterError, unknown
from engine.options import NAMES
from engine.shown import shown
from functions.services.foreign import foreign_hint

Asked = str | Strategy | type[Strategy]


class Chosen(NamedTuple):
    """A strategy with its parameters, the options it runs with, and its source if that is known."""

    strategy: Strategy
    options: Options
    code: str


def chosen(
    asked: Asked,
    options: Options | None = None,
    settings: Mapping[str, Any] | None = None,
    others: Iterable[str] = (),
) -> Chosen:
    """Split settings into the strategy's parameters and the run's options.

    others: what else can be named where they come from, for who misspells it. ParameterError for
    a name that is neither, or one that was told in another way already.
    """
    kind, code = _kind_of(asked)
    known = {parameter.name for parameter in kind.parameters()}
    told = settings or {}
    for name in told:
        if name not in known and name not in NAMES:
            if hint := foreign_hint(name, told[name]):
                raise ParameterError(hint)
            what = f"parameter or option of {kind.__name__}"
            raise unknown(what, name, {*known, *NAMES, *others})
    parameters = {name: value for name, value in told.items() if name in known}
    rest = {name: value for name, value in told.items() if name not in known}
    return Chosen(_made(asked, kind, parameters), _options(options, rest), code)


def _kind_of(asked: Asked) -> tuple[type[Strategy], str]:
    if isinstance(asked, str):
        return _named(asked)
    kind = asked if isinstance(asked, type) else type(asked)
    if not issubclass(kind, Strategy):
        raise ParameterError(
            f"the strategy must be a name, a .py file, a Strategy or its class, was {shown(asked)}"
        )
    return kind, _source_of(kind)


def _named(name: str) -> tuple[type[Strategy], str]:
    if name.endswith(".py") or "/" in name:
        kind = strategies.load_file(name)
        return kind, _source_of(kind)
    return strategies.get(name), strategies.source(name)


def _source_of(kind: type[Strategy]) -> str:
    """The text of the file or the cell that defines a class; empty where it cannot be read."""
    own = [each for each in vars(kind).values() if inspect.isfunction(each)]
    try:
        return "".join(inspect.findsource(own[0])[0]) if own else ""
    except OSError:
        return ""


def _made(asked: Asked, kind: type[Strategy], parameters: Mapping[str, Any]) -> Strategy:
    if not isinstance(asked, Strategy):
        return kind(**parameters)
    if parameters:
        name, value = next(iter(parameters.items()))
        raise ParameterError(
            f"{name} is a parameter of a strategy that is made already; give "
            f"{kind.__name__}({name}={shown(value)})"
        )
    return asked


def _options(options: Options | None, told: Mapping[str, Any]) -> Options:
    if options is None:
        return Options.from_dict(told)
    if told:
        raise ParameterError(
            f"{next(iter(told))} is an option, and options are given too; put it into them"
        )
    return options


def start_of(asked: object) -> date | datetime | None:
    """Read a day as text or a time of pandas; what else it may be, the simulation checks.

    >>> start_of("2010-01-04"), start_of(None)
    (datetime.date(2010, 1, 4), None)
    """
    if isinstance(asked, str | np.datetime64):
        try:
            asked = pd.Timestamp(asked)
        except ValueError:
            message = f"start must be a day like 2005-01-01, was {str(asked)!r}"
            raise ParameterError(message) from None
    if isinstance(asked, pd.Timestamp):
        midnight = asked.tzinfo is None and asked == asked.normalize()
        asked = asked.date() if midnight else asked.to_pydatetime()
    return cast("date | datetime | None", asked)


def day_of(name: str, asked: object) -> date | None:
    """Read a day; ParameterError for what is none.

    >>> day_of("end", "2010-01-04"), day_of("end", None)
    (datetime.date(2010, 1, 4), None)
    """
    if asked is None:
        return None
    try:
        day = pd.Timestamp(cast("str", asked)).date()
    except (TypeError, ValueError):
        day = None
    if not isinstance(day, date) or pd.isna(day):
        raise ParameterError(f"{name} must be a day like 2005-01-01, was {shown(asked)}")
    return day
