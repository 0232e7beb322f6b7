"""What several metrics of one result have in common, worked out once for all of them.

A function marked `shared` stays what it is: called on its own it computes. While a result is
measured it answers the same objects with what it answered before, so that seven metrics of
drawdowns look for the peaks once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import update_wrapper
from inspect import signature
from typing import Any, TypeAlias, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
Known: TypeAlias = dict[tuple[int, ...], tuple[Any, ...]]

_known: ContextVar[Known | None] = ContextVar("known", default=None)


@contextmanager
def one_result() -> Iterator[None]:
    """Let shared functions keep what they answer, until the result is measured."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def shared(function: Function) -> Function:
    """Keep what a function of arrays answers while one result is measured.

    It must depend on its inputs alone. They are told apart by being the same object or not, which
    takes no look at their content; they stay with the answer, so that nothing else can come to
    stand at their address. What is named, or left to its default, is computed.
    """
    count = len(signature(function).parameters)
    once = _BY_COUNT.get(count, _of_many)(function)
    return cast(Function, update_wrapper(once, function))


def _of_one(function: Callable[..., Any]) -> Callable[..., Any]:
    place = id(function)

    def once(*inputs: object, **named: object) -> object:
        known = _known.get()
        if known is None or named or len(inputs) != 1:
            return function(*inputs, **named)
        (one,) = inputs
        found = known.get((place, id(one)))
        if found is None:
            known[place, id(one)] = found = function(one), one
        return found[0]

    return once


def _of_two(function: Callable[..., Any]) -> Callable[..., Any]:
    place = id(function)

    def once(*inputs: object, **named: object) -> object:
        known = _known.get()
        if known is None or named or len(inputs) != 2:
            return function(*inputs, **named)
        one, other = inputs
        found = known.get((place, id(one), id(other)))
        if found is None:
            known[place, id(one), id(other)] = found = function(one, other), inputs
        return found[0]

    return once


def _of_many(function: Callable[..., Any]) -> Callable[..., Any]:
    place = id(function)

    def once(*inputs: object, **named: object) -> object:
        known = _known.get()
        if known is None or named:
            return function(*inputs, **named)
        key = place, *map(id, inputs)
        found = known.get(key)
        if found is None:
            known[key] = found = function(*inputs), inputs
        return found[0]

    return once


# They do the same: to write a key out takes a third of the time, a hundred times for each result.
_BY_COUNT: dict[int, Callable[[Callable[..., Any]], Callable[..., Any]]] = {1: _of_one, 2: _of_two}
