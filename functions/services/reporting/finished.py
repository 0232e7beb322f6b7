"""A backtest that is over, beside what it is measured against: what every report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import RULES_VERSION, Run
from engine.estimates import Estimate


@dataclass(frozen=True)
class Finished:
    """One run with its benchmark's.

    benchmark: over the same market, from the same row, with the same cash; None without one.
    metrics: of the run against the benchmark. source: where the bars come from, as its provider
    is called. length: of a bar, as "1d". left_out: rows that were not used, by reason.
    code: the strategy's source as it was loaded; empty where it is not known.
    periods_per_year: sessions of a year, as `metrics` were taken with. rules: version of the
    engine's rules that the run was simulated by. remarks: what must be said of its bars; each a
    name, a colon and what it means.
    """

    run: Run
    benchmark: Run | None
    metrics: Mapping[str, Estimate]
    source: str
    length: str = "1d"
    left_out: Mapping[str, int] = field(default_factory=dict)
    code: str = ""
    periods_per_year: float = 252.0
    rules: str = RULES_VERSION
    remarks: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said wherever the result is shown: the run's, its bars', of older rules."""
        told = (*self.run.notes, *self.remarks)
        if self.rules == RULES_VERSION:
            return told
        old = f"other rules: simulated by version {self.rules} of the engine's rules, which are "
        return (*told, f"{old}{RULES_VERSION} now")
