"""What a strategy can be told, declared once and read by everything that asks for it."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from engine.errors import ParameterError, unknown
from engine.shown import shown

Value = int | float | bool | str
T = TypeVar("T", int, float, bool, str)
TYPES = {"int": int, "float": float, "bool": bool, "str": str}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter.

    type: "int", "float", "bool" or "str". low, high: inclusive, None without a limit.
    """

    name: str
    type: str
    default: Value
    low: int | float | None = None
    high: int | float | None = None
    choices: tuple[str, ...] | None = None

    def checked(self, value: object) -> Value:
        """Return the value in the parameter's type; ParameterError says what it must be.

        Whole numbers pass for numbers, whole floats for ints, and NumPy's types for Python's.
        """
        kind, plain = TYPES[self.type], _as_kind(TYPES[self.type], _plain(value))
        if type(plain) is not kind or not isinstance(plain, Value):
            raise ParameterError(f"{self.name} must be of type {self.type}, was {shown(value)}")
        self._check_range(plain)
        return plain

    def parsed(self, text: str) -> Value:
        """Read a value that somebody typed."""
        if self.type == "bool" and text.lower() in ("true", "false"):
            return self.checked(text.lower() == "true")
        try:
            return self.checked(TYPES[self.type](text) if self.type != "bool" else text)
        except ValueError as error:
            raise ParameterError(
                f"{self.name} must be of type {self.type}, was {shown(text)}"
            ) from error

    def _check_range(self, value: Value) -> None:
        if self.choices is not None and value not in self.choices:
            raise ParameterError(
                f"{self.name} must be one of {', '.join(self.choices)}, was {value}"
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise ParameterError(f"{self.name} must be finite, was {value}")
        if isinstance(value, str):
            return
        under = self.low is not None and value < self.low
        if under or (self.high is not None and value > self.high):
            raise ParameterError(f"{self.name} must be {self._range()}, was {shown(value)}")

    def _range(self) -> str:
        if self.low is None:
            return f"at most {self.high}"
        return (
            f"at least {self.low}" if self.high is None else f"between {self.low} and {self.high}"
        )


def _plain(value: object) -> object:
    """A number of NumPy's as the Python one that it is."""
    return value.item() if isinstance(value, np.generic) else value


def _as_kind(kind: type, value: object) -> object:
    """The value in a number's type, where it is the same number there."""
    try:
        if kind is float and type(value) is int:
            return float(value)
    except OverflowError:  # too large for a float
        return value
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter that does not know its name yet."""

    default: object
    low: object
    high: object
    choices: object


def parameter(
    default: T,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> T:
    """Declare a strategy's parameter in its class body; limits are inclusive.

    Its annotation says its type, or else its default does.
    """
    return Declared(default, low, high, choices)  # type: ignore[return-value]


def declared_in(cls: type, reserved: Collection[str] = ()) -> dict[str, Parameter]:
    """Return the declarations of a class body by name; ParameterError for one that cannot be.

    reserved: names that mean something else already.
    """
    found = {name: value for name, value in vars(cls).items() if isinstance(value, Declared)}
    for name in found:
        if name in reserved:
            raise ParameterError(
                f"{cls.__name__} has a parameter named {name}, as something of every strategy is; "
                "give it another name"
            )
    annotations = vars(cls).get("__annotations__", {})
    return {name: _named(name, each, annotations.get(name)) for name, each in found.items()}


def _named(name: str, declared: Declared, annotation: object) -> Parameter:
    default = _plain(declared.default)
    kind = _kind(annotation) or type(default).__name__
    if kind not in TYPES:
        raise ParameterError(f"{name} must default to an int, float, bool or str, was {kind}")
    low, high = (_bound(name, each, kind) for each in (declared.low, declared.high))
    if low is not None and high is not None and low > high:
        raise ParameterError(f"{name} has low {low} above high {high}; give the lower one as low")
    open_ = Parameter(name, kind, "", low, high, _choices(name, declared.choices, kind))
    return replace(open_, default=open_.checked(default))


def _kind(annotation: object) -> str | None:
    """The type that an annotation names; None where it names no parameter's."""
    named = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", None)
    return named if named in TYPES else None


def _bound(name: str, given: object, kind: str) -> int | float | None:
    bound = _plain(given)
    if bound is None:
        return None
    if kind not in ("int", "float"):
        raise ParameterError(f"{name} is of type {kind}, which has no low or high; leave it out")
    if not isinstance(bound, (int, float)) or isinstance(bound, bool) or math.isnan(bound):
        raise ParameterError(f"{name} must have a number for low and high, was {shown(given)}")
    return bound


def _choices(name: str, given: object, kind: str) -> tuple[str, ...] | None:
    if given is None:
        return None
    choices = tuple(given) if isinstance(given, (tuple, list)) else ()
    if not choices or kind != "str" or not all(isinstance(each, str) for each in choices):
        raise ParameterError(
            f"the choices of {name} must be texts for a parameter of type str, as "
            f"('slow', 'fast'), were {shown(given)}"
        )
    return choices


def checked_values(
    owner: str, parameters: Mapping[str, Parameter], given: Mapping[str, object]
) -> dict[str, Value]:
    """Return a value for every parameter; ParameterError for what is unknown or out of range."""
    for name in given:
        if name not in parameters:
            if not parameters:
                raise ParameterError(f"{owner} has no parameters, was given {name}")
            raise unknown(f"parameter of {owner}", name, parameters)
    return {
        name: declared.checked(given.get(name, declared.default))
        for name, declared in parameters.items()
    }
