"""A strategy given on the command line: by its name, or as a file."""

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

import strategies
from engine import Strategy
from engine.errors import ParameterError, RobotPlugError, unknown
from engine.parameters import Value

_OPTIONS = ("commission_bps", "slippage_bps", "lot_size", "cash_buffer", "min_trade")


def find_strategy(name: str) -> type[Strategy]:
    """Return the built-in or installed strategy of this name, or the one that a file defines.

    A file is what ends in .py or has a slash. ParameterError says why there is none.
    """
    if name.endswith(".py") or "/" in name:
        return _from_file(Path(name))
    return strategies.get(name)


def _from_file(path: Path) -> type[Strategy]:
    if not path.is_file():
        raise ParameterError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ParameterError(f"{path} is not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # where pickle and inspect look for its classes
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ParameterError(f"{path} does not load: {_told(error)}") from error
    try:
        return strategies.strategy_in(module)
    except RobotPlugError as error:
        raise ParameterError(f"{path}: {error}") from error


def _told(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return f"{type(error).__name__}: {error}"


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
