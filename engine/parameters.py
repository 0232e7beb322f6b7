"""What a strategy can be told, declared once and read by everything that asks for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from engine.errors import ParameterError, unknown

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
        """Return the value in the parameter's type; ParameterError says what it must be."""
        kind = TYPES[self.type]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not kind or not isinstance(value, Value):
            raise ParameterError(f"{self.name} must be of type {self.type}, was {value!r}")
        self._check_range(value)
        return value

    def parsed(self, text: str) -> Value:
        """Read a value that somebody typed."""
        if self.type == "bool" and text.lower() in ("true", "false"):
            return self.checked(text.lower() == "true")
        try:
            return self.checked(TYPES[self.type](text) if self.type != "bool" else text)
        except ValueError as error:
            raise ParameterError(
                f"{self.name} must be of type {self.type}, was {text!r}"
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
            raise ParameterError(f"{self.name} must be {self._range()}, was {value}")

    def _range(self) -> str:
        if self.low is None:
            return f"at most {self.high}"
        return (
            f"at least {self.low}" if self.high is None else f"between {self.low} and {self.high}"
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter that does not know its name yet."""

    default: Value
    low: int | float | None
    high: int | float | None
    choices: tuple[str, ...] | None


def parameter(
    default: T,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> T:
    """Declare a strategy's parameter in its class body; limits are inclusive."""
    return Declared(default, low, high, choices)  # type: ignore[return-value]


def declared_in(cls: type) -> dict[str, Parameter]:
    """Take the declarations of a class body out of it, by name."""
    found = {name: value for name, value in vars(cls).items() if isinstance(value, Declared)}
    return {name: _named(name, declared) for name, declared in found.items()}


def _named(name: str, declared: Declared) -> Parameter:
    kind = type(declared.default).__name__
    if kind not in TYPES:
        raise ParameterError(f"{name} must default to an int, float, bool or str, was {kind}")
    made = Parameter(name, kind, declared.default, declared.low, declared.high, declared.choices)
    made.checked(declared.default)
    return made


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
