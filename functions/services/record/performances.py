"""A run so far, brought into the form that metrics take."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine import Fill, Run
from engine.events import events_of
from engine.metrics import Floats, periods_per_year
from engine.money import UNIT
from engine.state import CASH_IN_LIEU, SPLIT
from engine.trades import Ranges, RoundTrip, SplitEvent, round_trips
from functions.store.performance import Performance
from functions.store.records import Owner


class Curve(NamedTuple):
    """A stretch of a run's life; arrays of shape (rows,), rows of fills and splits from its first.

    closes: seconds since 1970 UTC. equity, cash: whole currency. ranges: the bars of these rows,
    None where they are not at hand. multipliers: money for a price of one, 1 where not named; a
    robot's never change. shorts: what was held short is worth at each close, None if not known.
    trips: flat to flat, by exit; None where nobody told them yet.
    """

    closes: NDArray[np.int64]
    sessions: NDArray[np.datetime64]
    equity: Floats
    cash: Floats
    fills: tuple[Fill, ...]
    splits: tuple[SplitEvent, ...]
    ranges: Ranges | None = None
    multipliers: Mapping[str, float] = MappingProxyType({})
    shorts: Floats | None = None
    trips: tuple[RoundTrip, ...] | None = None

    def head(self, rows: int) -> "Curve":
        """Return the curve as it was after its first rows."""
        if rows == len(self.closes):
            return self
        fills = tuple(fill for fill in self.fills if fill.row < rows)
        splits = tuple(split for split in self.splits if split.row < rows)
        return Curve(
            self.closes[:rows],
            self.sessions[:rows],
            self.equity[:rows],
            self.cash[:rows],
            fills,
            splits,
            self.ranges and self.ranges.head(rows),
            self.multipliers,
            None if self.shorts is None else self.shorts[:rows],
            self.trips if (fills, splits) == (self.fills, self.splits) else None,
        )

    def then(self, later: "Curve") -> "Curve":
        """Return both stretches as one."""
        rows = len(self.closes)
        if rows == 0:
            return later
        return Curve(
            np.concatenate((self.closes, later.closes)),
            np.concatenate((self.sessions, later.sessions)),
            np.concatenate((self.equity, later.equity)),
            np.concatenate((self.cash, later.cash)),
            (*self.fills, *(_moved(fill, rows) for fill in later.fills)),
            (*self.splits, *(split._replace(row=split.row + rows) for split in later.splits)),
            multipliers=later.multipliers,
            shorts=_both(self.shorts, later.shorts),
        )


class Account(NamedTuple):
    """What a run is measured against."""

    owner: Owner
    start_equity: float
    since: datetime
    calendar: str


def measurable(
    account: Account, curve: Curve, benchmark: Floats | None, at: datetime, *, lasting: bool
) -> Performance:
    """Return the whole curve as a performance, session by session where bars are shorter."""
    trips = trips_of(curve) if curve.trips is None else curve.trips
    curve, benchmark = _by_session(curve, benchmark)
    return Performance(
        owner=account.owner,
        start_equity=account.start_equity,
        since=account.since,
        closes=curve.closes,
        sessions=curve.sessions,
        equity=curve.equity,
        cash=curve.cash,
        benchmark=None if benchmark is None else benchmark[: len(curve.closes)],
        fills=curve.fills,
        splits=curve.splits,
        periods_per_year=periods_per_year(account.calendar),
        calculation_time=at,
        lasting=lasting,
        round_trips=trips,
        multipliers=curve.multipliers,
        shorts=curve.shorts,
    )


def _by_session(curve: Curve, benchmark: Floats | None) -> tuple[Curve, Floats | None]:
    """Keep each session's last row: what metrics annualise are sessions."""
    ends = curve.sessions[1:] != curve.sessions[:-1]
    if ends.all():
        return curve, benchmark
    last = np.append(np.flatnonzero(ends), len(ends))
    place = np.searchsorted(last, np.arange(len(curve.sessions)))
    fills = (_moved(fill, int(place[fill.row]) - fill.row) for fill in curve.fills)
    splits = (split._replace(row=int(place[split.row])) for split in curve.splits)
    daily = curve._replace(
        closes=curve.closes[last],
        sessions=curve.sessions[last],
        equity=curve.equity[last],
        cash=curve.cash[last],
        fills=tuple(fills),
        splits=tuple(splits),
        ranges=None,
        shorts=None if curve.shorts is None else curve.shorts[last],
    )
    return daily, None if benchmark is None else benchmark[: len(curve.closes)][last]


def trips_of(curve: Curve) -> tuple[RoundTrip, ...]:
    """Pair a curve's fills, flat to flat."""
    return round_trips(
        curve.fills, curve.splits, ranges=curve.ranges, multipliers=curve.multipliers
    )


def curve_of(run: Run) -> Curve:
    """Return what a simulation brought."""
    return bare_curve_of(run)._replace(
        fills=tuple(_moved(fill, -run.start_row) for fill in run.fills),
        splits=tuple(_run_splits(run)),
        ranges=Ranges.of(run.market.symbols, run.market.raw, run.start_row),
    )


def bare_curve_of(run: Run) -> Curve:
    """Return what a simulation was worth, without saying what it traded."""
    return Curve(
        run.market.closes[run.start_row :],
        run.sessions,
        run.equity,
        run.cash_units / UNIT,
        (),
        (),
        multipliers={symbol: one.multiplier for symbol, one in run.options.instruments.items()},
        shorts=run.short_units / UNIT,
    )


def _run_splits(run: Run) -> list[SplitEvent]:
    if not events_of(run.state, SPLIT, CASH_IN_LIEU):
        return []  # to tell all events takes longer than to see that there is none of these
    return [
        SplitEvent(
            event.row - run.start_row,
            event.session,
            int(run.market.opens[event.row]),
            event.symbol,
            event.quantity,
            event.cash,
        )
        for event in run.events
        if event.kind in ("split", "cash in lieu")
    ]


def _both(earlier: Floats | None, later: Floats | None) -> Floats | None:
    if earlier is None or later is None:
        return None
    return np.concatenate((earlier, later))


def _moved(fill: Fill, rows: int) -> Fill:
    return fill if rows == 0 else replace(fill, row=fill.row + rows)
