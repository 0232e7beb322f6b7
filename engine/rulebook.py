"""Which rules the loop is made of, and a name for all of them."""

import hashlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType

import engine


def reached(
    rule: Callable[..., object], seen: set[FunctionType] | None = None
) -> Iterator[FunctionType]:
    """Return a function of the engine, and all those that it comes to call."""
    assert isinstance(rule, FunctionType)  # noqa: S101 - for the type alone
    seen = set() if seen is None else seen
    seen.add(rule)
    yield rule
    for name in rule.__code__.co_names:
        called = rule.__globals__.get(name)
        if isinstance(called, FunctionType) and called not in seen and _own(called):
            yield from reached(called, seen)


def _own(function: FunctionType) -> bool:
    return function.__module__.startswith("engine.")


def fingerprint(rules: Iterable[FunctionType], version: str) -> str:
    """Name the engine's sources, and the rules as they were loaded from them.

    version: of the compiler, which looks at the file of the function that is called first alone,
    and would run the stale rules of another.
    """
    whole = hashlib.sha256(version.encode())
    for module in pkgutil.iter_modules(engine.__path__):
        whole.update(b"" if module.ispkg else source(module.name))
    for rule in rules:
        whole.update(rule.__code__.co_code)
    return whole.hexdigest()[:16]


def source(module: str) -> bytes:
    """Read the source of one of the engine's modules."""
    return pkgutil.get_data("engine", f"{module}.py") or b""
