"""Several runs side by side: their figures, how they move together, and whether they differ."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from engine.errors import ParameterError
from engine.estimates import Estimate
from engine.money import Floats
from functions.services.reporting.assumptions import settings
from functions.services.reporting.finished import Finished
from functions.services.reporting.identity import identity
from functions.services.reporting.shared_days import (
    Shared,
    correlations,
    difference,
    figures,
    shared,
)


@dataclass(frozen=True)
class Compared:
    """One of the runs: what it was made from, its own figures and those over the shared days.

    options: those that are not the usual ones, as --set takes them. notes: what must be said
    wherever its figures are shown.
    """

    name: str
    run: str
    strategy: str
    parameters: Mapping[str, Any]
    options: Mapping[str, str]
    notes: tuple[str, ...]
    symbols: tuple[str, ...]
    source: str
    first: str
    last: str
    sessions: int
    metrics: Mapping[str, Estimate]
    shared: Mapping[str, Estimate]


@dataclass(frozen=True)
class Difference:
    """By how much a year one earned more than the other; `text` says what that is worth."""

    one: str
    other: str
    estimate: Estimate
    text: str


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    first, last, sessions: of the days that all share; None and 0 where they share none.
    curves: of each run, growth of 1 over the shared days, shape (sessions + 1,).
    correlation: of returns over the shared days, by run and run. caution: what the intervals of
    the differences take for granted.
    """

    runs: tuple[Compared, ...]
    first: str | None
    last: str | None
    sessions: int
    days: tuple[str, ...]
    curves: tuple[tuple[float, ...], ...]
    correlation: tuple[tuple[float | None, ...], ...]
    differences: tuple[Difference, ...]
    caution: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it; without the curves."""
        told = asdict(self)
        return {name: value for name, value in told.items() if name not in ("days", "curves")}


def compared(finished: Sequence[Finished]) -> Comparison:
    """Compare two runs or more; ParameterError below two.

    What is measured over the shared days is measured anew: runs of different stretches of time
    differ by their markets first.
    """
    if len(finished) < 2:
        raise ParameterError(f"a comparison needs two runs at least, had {len(finished)}")
    common = shared(finished)
    names, again = names_of(finished), figures(common)
    days = tuple(common.sessions.astype(str).tolist())
    return Comparison(
        runs=tuple(map(_compared, finished, names, again)),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        sessions=len(days),
        days=days,
        curves=tuple(map(_grown, common.equity)),
        correlation=tuple(map(tuple, correlations(common))),
        differences=_differences(names, common),
        caution=_caution(len(finished) * (len(finished) - 1) // 2),
    )


def _grown(curve: Floats) -> tuple[float, ...]:
    """Growth of 1; of what was ruined before, nothing."""
    return tuple((curve / curve[0]).tolist()) if curve[0] > 0 else (0.0,) * len(curve)


def _compared(finished: Finished, name: str, again: Mapping[str, Estimate]) -> Compared:
    run = finished.run
    return Compared(
        name=name,
        run=identity(finished).run,
        strategy=run.strategy,
        parameters=run.parameters,
        options={one.name: one.value for one in settings(run) if not one.usual},
        notes=finished.notes,
        symbols=run.market.symbols,
        source=finished.source,
        first=str(run.sessions[0]),
        last=str(run.sessions[-1]),
        sessions=len(set(run.sessions.tolist())),
        metrics=finished.metrics,
        shared=again,
    )


def names_of(finished: Sequence[Finished]) -> list[str]:
    """Name each run apart: by its strategy, then by what it has of its own, then by its place.

    That is its parameters, then the options and the symbols in which its namesakes differ.
    """
    names = [each.run.strategy for each in finished]
    for more in (_parameters, _options, _symbols):
        named = list(zip(names, finished, strict=True))
        alike = {name: [each for other, each in named if other == name] for name in names}
        names = [
            f"{name}{more(each, alike[name])}" if len(alike[name]) > 1 else name
            for name, each in named
        ]
    counts = Counter(names)
    return [f"{name}, {at}" if counts[name] > 1 else name for at, name in enumerate(names, 1)]


def _parameters(finished: Finished, _alike: Sequence[Finished]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in finished.run.parameters.items())
    return f" ({told})" if told else ""


def _options(finished: Finished, alike: Sequence[Finished]) -> str:
    own, others = _settings(finished), [_settings(each) for each in alike]
    differing = [name for name in own if len({each[name] for each in others}) > 1]
    return "".join(f", {name} {own[name]}" for name in differing)


def _settings(finished: Finished) -> dict[str, str]:
    return {one.name: one.value for one in settings(finished.run)}


def _symbols(finished: Finished, alike: Sequence[Finished]) -> str:
    if len({each.run.market.symbols for each in alike}) == 1:
        return ""
    return f" on {', '.join(finished.run.market.symbols)}"


def _differences(names: Sequence[str], common: Shared) -> tuple[Difference, ...]:
    pairs = list(combinations(zip(names, common.returns, strict=True), 2))
    return tuple(
        _difference(one, other, difference(returns, others, common.periods_per_year, len(pairs)))
        for (one, returns), (other, others) in pairs
    )


def _caution(pairs: int) -> str:
    told = "Mean difference of each session's returns, sessions taken as independent of each other."
    if pairs == 1:
        return f"{told} The interval holds the truth in 95 of 100 cases."
    return (
        f"{told} {pairs} pairs are compared, and the intervals are widened so that all of them "
        "hold the truth at once in 95 of 100 cases (Bonferroni)."
    )


def _difference(one: str, other: str, estimate: Estimate) -> Difference:
    return Difference(one, other, estimate, _worth(one, other, estimate))


def _worth(one: str, other: str, estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return f"{one} and {other} share too few days to be compared."
    if estimate.low <= 0 <= estimate.high:
        return f"Between {one} and {other} the difference may be luck: its interval holds zero."
    more, less = (one, other) if estimate.low > 0 else (other, one)
    return (
        f"{more} earned more than {less}, by more than luck alone explains, if these were the "
        "only runs that were looked at."
    )
