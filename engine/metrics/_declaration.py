"""How a metric is declared, and how it answers."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeAlias, TypeVar

from engine.errors import ParameterError
from engine.estimates import Estimate
from engine.metrics._measured import ABSENT, SAMPLES, Measured
from engine.money import Floats

__all__ = ["Better", "Estimate", "Floats", "Interval", "Metric", "Needs", "Unit", "metric"]

MARK = "tradingrobotplug.metric"
WORDS = ("no", "one", "two", "three", "four", "five")
Dates: TypeAlias = Mapping[str, str | None]
Function = TypeVar("Function", bound=Callable[..., float])


class Unit(StrEnum):
    """What a value counts; a fraction of 0.12 is shown as 12 %."""

    RATIO = "ratio"
    FRACTION = "fraction"
    MONEY = "money"
    DAYS = "days"
    SESSIONS = "sessions"
    COUNT = "count"
    BASIS_POINTS = "basis points"


class Better(StrEnum):
    """Which way is up; losses and drawdowns are negative, so for them higher is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Needs:
    """What a metric needs to be a number.

    least: entries of the first array it takes. otherwise: the reason, in words, when there are
    enough and it is still undefined.
    """

    least: int = 1
    otherwise: str = "it is not a number here"


@dataclass(frozen=True)
class Interval:
    """A confidence interval of 95 %: its method's name, and bounds from a `Measured` record.

    Bounds that are no numbers count as none.
    """

    method: str
    bounds: Callable[..., tuple[float, float]]


@dataclass(frozen=True)
class Metric:
    """A metric in the catalogue; `compute` is the pure function itself."""

    name: str
    title: str
    unit: Unit
    group: str
    better: Better
    formula: str
    compute: Callable[..., float]
    needs: Needs = Needs()
    interval: Interval | None = None
    dates: Callable[..., Dates] | None = None

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return self._paragraphs[0].replace("\n", " ")

    @property
    def notes(self) -> str:
        """What its docstring says beyond that: shapes, units, where it is NaN, its source."""
        return "\n\n".join(each for each in self._paragraphs[1:] if not each.startswith(">>>"))

    @property
    def _paragraphs(self) -> list[str]:
        return (inspect.getdoc(self.compute) or "").split("\n\n")

    def of(self, measured: Measured) -> Estimate:
        """Compute it; what is undefined comes back as None with its reason."""
        inputs = _arguments(self.compute, measured)
        missing = [ABSENT[name] for name, value in inputs.items() if value is None]
        if missing:
            return Estimate(None, reason=missing[0])
        size = _sample_size(inputs)
        value = self.compute(**inputs)
        if not math.isfinite(value):
            return Estimate(None, sample_size=size, reason=self._reason(inputs, size))
        return self._with_company(value, size, measured)

    def _with_company(self, value: float, size: int | None, measured: Measured) -> Estimate:
        """Put beside the value what goes with it: its interval, and its dates."""
        dates = self.dates and self.dates(**_arguments(self.dates, measured))
        if self.interval is None:
            return Estimate(value, sample_size=size, dates=dates)
        bounds = self.interval.bounds
        low, high = bounds(**_arguments(bounds, measured))
        if not (math.isfinite(low) and math.isfinite(high)):
            return Estimate(value, sample_size=size, dates=dates)
        return Estimate(value, low, high, size, self.interval.method, dates=dates)

    def _reason(self, inputs: dict[str, object], size: int | None) -> str:
        if size is None or size >= self.needs.least:
            return self.needs.otherwise
        samples = SAMPLES[next(iter(inputs))]
        few = self.needs.least
        return f"no {samples} yet" if few == 1 else f"fewer than {_word(few)} {samples}"


def metric(
    *,
    unit: Unit,
    group: str,
    formula: str,
    better: Better = Better.HIGHER,
    title: str | None = None,
    needs: Needs = Needs(),
    interval: Interval | None = None,
    dates: Callable[..., Dates] | None = None,
) -> Callable[[Function], Function]:
    """Declare a function a metric: it is then found, computed and published like the others.

    Its parameters are fields of `Measured`, by name; ParameterError names one that is not.
    interval: how far to trust it. dates: when what it measures happened, by what happened then,
    as YYYY-MM-DD, None for what has not happened yet; its parameters are such fields too.
    """

    def declare(function: Function) -> Function:
        _refuse_unknown_inputs(function)
        name = function.__name__
        words = title or name.replace("_", " ").capitalize()
        function.__dict__[MARK] = Metric(
            name, words, unit, group, better, formula, function, needs, interval, dates
        )
        return function

    return declare


def _refuse_unknown_inputs(function: Callable[..., float]) -> None:
    known = Measured.__dataclass_fields__
    for name in inspect.signature(function).parameters:
        if name not in known:
            raise ParameterError(
                f"metric {function.__name__!r} takes {name!r}; a metric may take {', '.join(known)}"
            )


def _arguments(function: Callable[..., object], measured: Measured) -> dict[str, object]:
    return {name: getattr(measured, name) for name in _taken_by(function)}


@cache
def _taken_by(function: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _sample_size(inputs: dict[str, object]) -> int | None:
    name, first = next(iter(inputs.items()))
    if name not in SAMPLES or not hasattr(first, "__len__"):
        return None
    return len(first) - 1 if name == "equity" else len(first)


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)
