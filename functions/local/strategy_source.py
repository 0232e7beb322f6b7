"""A strategy given on the command line: by its name, or as a file."""

import json
from collections.abc import Iterable
from typing import Any

import strategies
from engine import Strategy
from engine.errors import ParameterError, unknown
from engine.options import NAMES
from engine.parameters import Value


def find_strategy(name: str) -> type[Strategy]:
    """Return the built-in or installed strategy of this name, or the one that a file defines.

    A file is what ends in .py or has a slash. ParameterError says why there is none, OrderError
    why a file is none.
    """
    if name.endswith(".py") or "/" in name:
        return strategies.load_file(name)
    return strategies.get(name)


def read_settings(
    strategy: type[Strategy], settings: Iterable[str]
) -> tuple[dict[str, Value], dict[str, Any]]:
    """Split settings as name=value into the strategy's parameters and the run's options.

    ParameterError for a form, a name or a value that cannot be.
    """
    declared = {parameter.name: parameter for parameter in strategy.parameters()}
    parameters: dict[str, Value] = {}
    options: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ParameterError(f"--set must be name=value, was {setting!r}")
        if name in parameters or name in options:
            raise ParameterError(f"--set {name} is given twice; give each name once")
        if name in declared:
            parameters[name] = declared[name].parsed(text)
        elif name in NAMES:
            options[name] = _value(text)
        else:
            raise unknown(f"parameter or option of {strategy.__name__}", name, [*declared, *NAMES])
    return parameters, options


def _value(text: str) -> Any:  # noqa: ANN401
    """Read a number, true, false, none, or a list or table in JSON; anything else is a word.

    >>> _value("0.5"), _value("true"), _value("none"), _value("same_close")
    (0.5, True, None, 'same_close')
    """
    try:
        return json.loads("null" if text == "none" else text)
    except ValueError:
        return text
