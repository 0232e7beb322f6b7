"""A strategy given on the command line: by its name, or as a file."""

import json
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, redirect_stdout
from difflib import get_close_matches
from importlib.util import decode_source
from pathlib import Path
from typing import Any, NamedTuple

import strategies
from engine import Strategy
from engine.errors import OrderError, ParameterError, unknown
from engine.options import NAMES
from engine.parameters import Value
from functions.services.foreign import foreign_hint

_WORDS = {"none": "null", "null": "null", "true": "true", "false": "false"}


class Sourced(NamedTuple):
    """A strategy and the text of the file that defines it, as it was when it was loaded."""

    strategy: type[Strategy]
    code: str


def find_strategy(name: str) -> type[Strategy]:
    """Return the built-in or installed strategy of this name, or the one that a file defines.

    A file is what ends in .py or has a slash. ParameterError says why there is none, OrderError
    why a file is none.
    """
    return sourced(name).strategy


def sourced(name: str) -> Sourced:
    """Return a strategy with its text; see find_strategy."""
    if not is_file(name):
        return Sourced(_built_in(name), strategies.source(name))
    text = _text(Path(name))
    try:
        with aside():
            return Sourced(strategies.load_file(name), text)
    except SystemExit as error:
        raise OrderError(f"{name} ends the program while it is loaded; take that out") from error


def aside() -> AbstractContextManager[object]:
    """Let what a strategy prints go to standard error: standard output is the answer alone."""
    return redirect_stdout(sys.stderr)


def is_file(name: str) -> bool:
    """Whether a strategy is given as a file."""
    return name.endswith(".py") or "/" in name


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
            raise ParameterError(_formless(strategy, setting))
        if name in parameters or name in options:
            raise ParameterError(f"--set {name} is given twice; give each name once")
        if name in declared:
            parameters[name] = declared[name].parsed(text)
        elif name in NAMES:
            options[name] = _value(text)
        elif hint := foreign_hint(name, text, typed=True):
            raise ParameterError(hint)
        else:
            raise unknown(f"parameter or option of {strategy.__name__}", name, [*declared, *NAMES])
    return parameters, options


def _formless(strategy: type[Strategy], setting: str) -> str:
    name = setting or "name"
    return (
        f"a setting behind --set or the colon of a strategy must be name=value, was {setting!r}; "
        f"give it as --set {name}=VALUE, or for {strategy.__name__} alone as STRATEGY:{name}=VALUE"
    )


def _built_in(name: str) -> type[Strategy]:
    try:
        return strategies.get(name)
    except ParameterError as error:
        near = get_close_matches(name, [one.stem for one in Path().glob("*.py")], n=1)
        file = Path(f"{near[0]}.py") if near else Path(f"{name}.py")
        own = name not in strategies.failures() and not get_close_matches(name, strategies.names())
        if name and file.is_file() and (own or file.stem == name):
            raise ParameterError(
                f"no strategy named {name!r}; did you mean the file {file}?"
            ) from error
        raise


def _text(path: Path) -> str:
    """Read a strategy's file; ParameterError where there is none, with the nearest that is."""
    try:
        if path.is_dir():
            raise ParameterError(f"{path} is a folder; give the path of a .py file")
        if path.suffix != ".py" or not path.is_file():
            raise ParameterError(_no_file(path))
        return decode_source(path.read_bytes())
    except OSError as error:
        raise ParameterError(f"{path} cannot be read ({error.strerror})") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise OrderError(
            f"{path} is not text in the encoding it names; save it as UTF-8"
        ) from error


def _no_file(path: Path) -> str:
    found: list[str] = []
    if path.parent.is_dir():
        found = sorted(str(one) for one in path.parent.glob("*.py") if one.is_file())
    near = get_close_matches(str(path), found, n=1)
    way_out = f"did you mean {near[0]!r}?" if near else "give the path of a .py file"
    return f"no strategy file {path}; {way_out}"


def _value(text: str) -> Any:  # noqa: ANN401
    """Read a number, true, false, none, or a list or table in JSON; anything else is a word.

    As Python writes them counts too.

    >>> _value("0.5"), _value("true"), _value("none"), _value("same_close")
    (0.5, True, None, 'same_close')
    >>> _value("False"), _value("None")
    (False, None)
    """
    try:
        return json.loads(_WORDS.get(text.lower(), text))
    except ValueError:
        return text
