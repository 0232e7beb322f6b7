"""What a function takes of a `Measured` record: the fields that its parameters name."""

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from engine.metrics._measured import ABSENT, SAMPLES, Measured


class Taken(NamedTuple):
    """Looked up once for a function, as each of many results is read by all of them.

    read: the fields' values, in the order of the parameters, with which `call` is called.
    absent: which of them may be None, and the reason that is given then. samples: what is counted
    in the first of them, if anything; beside: entries of it that do not count.
    """

    names: tuple[str, ...]
    read: Callable[[Measured], tuple[Any, ...]]
    call: Callable[..., Any]
    absent: tuple[tuple[int, str], ...]
    samples: str | None
    beside: int

    def from_(self, measured: Measured) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the function with what it takes."""
        return self.call(*self.read(measured))


@cache
def taken_by(function: Callable[..., object]) -> Taken:
    """Tell what a function takes by its signature."""
    parameters = inspect.signature(function).parameters
    names = tuple(parameters)
    first = names[0] if names else ""
    return Taken(
        names,
        _reader(names),
        _caller(function, parameters.values()),
        tuple((at, ABSENT[name]) for at, name in enumerate(names) if name in ABSENT),
        SAMPLES.get(first),
        1 if first == "equity" else 0,
    )


def _reader(names: tuple[str, ...]) -> Callable[[Measured], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    one = attrgetter(*names)
    return lambda measured: (one(measured),)


def _caller(
    function: Callable[..., object], parameters: Iterable[inspect.Parameter]
) -> Callable[..., object]:
    """Return what takes values in order, also where the function wants them by name."""
    named = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    if not named:
        return function
    return lambda *values: function(
        *values[: len(values) - len(named)], **dict(zip(named, values[-len(named) :], strict=True))
    )
