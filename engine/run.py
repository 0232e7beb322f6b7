"""A simulation's result: what happened, how good it was, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from engine.bars import listed
from engine.errors import ParameterError
from engine.estimates import Estimate
from engine.events import after_asking
from engine.ledger import Asked, Told, ledger
from engine.metrics import OURS, measure
from engine.money import UNIT, Floats
from engine.notes import VOLUME_UNKNOWN, ambiguous, ruined
from engine.outcome import Outcome
from engine.trades import Moment, Ranges, RoundTrip, round_trips


@dataclass(frozen=True, eq=False, repr=False)
class Run(Outcome):
    """A strategy's simulated life over a market, from `start_row` on.

    Arrays have shape (rows from start_row on,); rows are counted on the market's timeline.
    again: simulates the same with other options; None where the run was not simulated here.
    """

    again: Callable[..., "Run"] | None = None

    def __repr__(self) -> str:
        names, market = ", ".join(self.market.symbols), self.market
        first, last = market.name_of(self.start_row), market.name_of(len(market.sessions) - 1)
        return f"Run({self.strategy}, {names}, {first} to {last}, {len(self.fills)} fills)"

    @cached_property
    def trades(self) -> tuple[RoundTrip, ...]:
        """The round trips, flat to flat for each symbol; what is still open is none."""
        row = max(self.start_row - 1, 0)
        opened = Moment(row, self._session(row), int(self.market.closes[row]))
        ranges = Ranges.of(self.market.symbols, self.market.raw)
        told = self.fills, self.splits, self.opening.positions
        return round_trips(*told, opened, ranges, self._multipliers)

    def metrics(
        self,
        periods_per_year: float = 252,
        benchmark: Floats | None = None,
        *,
        risk_free: float = 0.0,
        convention: str = OURS,
    ) -> dict[str, Estimate]:
        """Compute every metric of the catalogue; benchmark: an equity curve of the same rows.

        Where sessions have several rows, the curves are measured at the last row of each, so that
        `periods_per_year` counts sessions for bars of any length; round trips and fills all count.
        risk_free: a year. convention: whose definition counts, see `engine.metrics.measure`.
        """
        return measure(
            equity=self.equity,
            start_equity=self.start_equity / UNIT,
            sessions=self.sessions,
            periods_per_year=periods_per_year,
            benchmark=benchmark,
            cash=self.cash_units / UNIT,
            shorts=self.short_units / UNIT,
            round_trips=self.trades,
            fills=self.fills,
            multipliers=self._multipliers,
            risk_free=risk_free,
            convention=convention,
        )

    def result_range(self) -> tuple["Run", "Run"]:
        """Return this run, and the one in which take-profits come first in every ambiguous bar."""
        if self.ambiguous_bars == 0 or self.options.take_profit_first:
            return self, self
        if self.again is None:
            raise ParameterError("this run cannot be simulated again; simulate it once more")
        return self, self.again(options=replace(self.options, take_profit_first=True))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What must be said wherever the result is shown; a name, a colon and what it means."""
        raw = self.market.raw
        unknown = (np.isnan(raw.volume) & listed(raw))[self.start_row :]
        said = [VOLUME_UNKNOWN] if unknown.any() else []
        said += self._ruin()
        if self.ambiguous_bars and not self.options.take_profit_first:
            said.append(ambiguous(self.ambiguous_bars))
        return (*self.options.notes, *said)

    def _ruin(self) -> list[str]:
        """How low the account was when the ruin ended its trading."""
        if not self.ruined:
            return []
        fallen = np.flatnonzero(self.equity <= 0)
        row = int(fallen[0]) if len(fallen) else len(self.equity) - 1
        return [ruined(float(self.equity[row]), self.sessions[row].item())]

    def ledger(self) -> str:
        """Return the run as readable lines."""
        rows = self.state.orders.row
        asked = [
            Asked(int(rows[at]), self.market.name_of(max(int(rows[at]), 0)), order)
            for at, order in enumerate(self.orders)
        ]
        after = after_asking(self.state)
        told = [Told(*each) for each in zip(self.events, after, strict=True)]
        return ledger(self.market, asked, told, self.fills)

    def _session(self, row: int) -> date:
        session: date = self.market.sessions[row].item()
        return session
