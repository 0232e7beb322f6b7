"""The built-in strategies: one file each, its name is the strategy's."""

import inspect
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

from engine.errors import OrderError
from engine.plugins import Plugins
from engine.strategy import Strategy
from strategies._files import module_of, text_of


def load_file(path: str | Path) -> type[Strategy]:
    """Return the strategy in a user's own file; it runs the file's code.

    ParameterError when there is no such file; OrderError, which names it, for what is in it.
    """
    module = module_of(Path(path))
    try:
        return strategy_in(module)
    except OrderError as error:
        raise OrderError(f"{path}: {error}") from error


def source(name: str) -> str:
    """Return the text of the file that defines a strategy, as it was when it was loaded.

    A file edited since then is code that has not run; its hash would be a false witness.
    """
    return _texts[get(name)]


def strategy_in(thing: object) -> type[Strategy]:
    """Return the one strategy a module defines; a class stands for itself."""
    found = [one for one in _offered_by(thing) if _is_strategy(one)]
    if len(found) != 1:
        names = ", ".join(one.__name__ for one in found) or "none"
        raise OrderError(f"a strategy file must define one Strategy, found {names}")
    found[0].event_driven()  # raises when it is written in neither form
    return found[0]


def _offered_by(thing: object) -> list[object]:
    if not isinstance(thing, ModuleType):
        return [thing]
    mine = [one for one in vars(thing).values() if inspect.isclass(one)]
    return [one for one in mine if one.__module__ == thing.__name__]


def _is_strategy(value: object) -> TypeGuard[type[Strategy]]:
    return inspect.isclass(value) and issubclass(value, Strategy)


_texts: dict[type[Strategy], str] = {}


def _kept(thing: object) -> type[Strategy]:
    found = strategy_in(thing)
    _texts[found] = text_of(found)
    return found


_found: Plugins[type[Strategy]] = Plugins(
    "strategy", "strategies", "tradingrobotplug.strategies", _kept
)
names = _found.names
get = _found.get
failures = _found.failures
