"""A strategy given on the command line: by its name, or as a file."""

from collections.abc import Iterable

import strategies
from engine import Options, Strategy
from engine.errors import ParameterError, unknown
from engine.parameters import Value

_OPTIONS = tuple(Options().to_dict())


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
) -> tuple[dict[str, Value], dict[str, float]]:
    """Split settings as name=value into the strategy's parameters and the run's options.

    ParameterError for a form, a name or a value that cannot be.
    """
    declared = {parameter.name: parameter for parameter in strategy.parameters()}
    parameters: dict[str, Value] = {}
    options: dict[str, float] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ParameterError(f"--set must be name=value, was {setting!r}")
        if name in parameters or name in options:
            raise ParameterError(f"--set {name} is given twice; give each name once")
        if name in declared:
            parameters[name] = declared[name].parsed(text)
        elif name in _OPTIONS:
            options[name] = _number(name, text)
        else:
            raise unknown(
                f"parameter or option of {strategy.__name__}", name, [*declared, *_OPTIONS]
            )
    return parameters, options


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"{name} must be a number, was {text!r}") from None
