"""How a metric is declared, and how it answers."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias, TypeVar

from engine.errors import ParameterError
from engine.estimates import Estimate
from engine.metrics._measured import Measured
from engine.metrics._taking import Taken, taken_by
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
        taken = self._taken
        inputs = taken.read(measured)
        for place, reason in taken.absent:
            if inputs[place] is None:
                return Estimate(None, reason=reason)
        size = len(inputs[0]) - taken.beside if taken.samples else None
        value = taken.call(*inputs)
        if not math.isfinite(value):
            return Estimate(None, sample_size=size, reason=self._reason(size))
        if self.interval is None and self.dates is None:
            return Estimate(value, None, None, size)
        return self._with_company(value, size, measured)

    @property
    def takes(self) -> frozenset[str]:
        """The fields of `Measured` that its value, its interval and its dates follow from."""
        beside = self.interval and self.interval.bounds, self.dates
        of = self.compute, *(function for function in beside if function)
        return frozenset(name for function in of for name in taken_by(function).names)

    @cached_property
    def _taken(self) -> Taken:
        return taken_by(self.compute)

    def _with_company(self, value: float, size: int | None, measured: Measured) -> Estimate:
        """Put beside the value what goes with it: its interval, and its dates."""
        dates = self.dates and taken_by(self.dates).from_(measured)
        if self.interval is None:
            return Estimate(value, sample_size=size, dates=dates)
        low, high = taken_by(self.interval.bounds).from_(measured)
        if not (math.isfinite(low) and math.isfinite(high)):
            return Estimate(value, sample_size=size, dates=dates)
        return Estimate(value, low, high, size, self.interval.method, dates=dates)

    def _reason(self, size: int | None) -> str:
        if size is None or size >= self.needs.least:
            return self.needs.otherwise
        samples, few = self._taken.samples, self.needs.least
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


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)
