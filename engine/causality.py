"""Whether a strategy decides from what it could know: checked, not trusted.

It decides over the whole market, over the market cut off after a bar, and over the market with
another future from there on. Up to that bar every decision must be the same. When it is run once
more, all of them must be: nothing may be left of an earlier run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from engine.asked import Asked, Place, first_change
from engine.cuts import cuts_of
from engine.futures import MIRRORED, NOISE, NONE, Noise, noise_of, with_future
from engine.market import Market
from engine.options import Options
from engine.rehearsal import Raised, Rehearsal
from engine.strategy import Strategy
from engine.verdict import FUTURE, RANDOMNESS, STATE, Change, Verdict

BARS_AT_ONCE, BARS_BY_BAR = 1_000_000, 120_000
"""How many bars all cuts together may have, by a strategy's form: a few seconds' work.

Bar by bar each symbol counts: what such a strategy does at a bar, it mostly does for each of them.
"""
FEWEST_CUTS, FEWEST_BY_BAR = 24, 12
NOISE_BARS = 120
"""How many bars of noise a strategy that decides bar by bar is shown: each takes a call."""


def check(
    strategy: Strategy | type[Strategy],
    market: Market,
    *,
    start: date | datetime | None = None,
    options: Options | None = None,
    cuts: int | None = None,
    seed: int = 1,
    go_on: Callable[[], bool] = lambda: True,
) -> Verdict:
    """Judge a strategy by what it decides over a market and over what else could have come.

    cuts: how many are made at most; as many as are quick where not given. seed: of the noise.
    go_on: asked before each cut; where it says no, the verdict is on what was covered until then.
    What the strategy raises over the whole market goes on its way.
    """
    given = strategy() if isinstance(strategy, type) else strategy
    rehearsal = Rehearsal(type(given), given.parameters_dict(), options or Options(), start)
    return Check(rehearsal, market, seed).judge(cuts, go_on)


@dataclass
class _Tally:
    """What the cuts made so far brought."""

    covered: set[int]
    made: int
    failed: int
    failure: str
    change: Change | None

    def add(self, cut: int, outcomes: list[Change | Raised | None]) -> None:
        raised = [each for each in outcomes if isinstance(each, Raised)]
        self.made += 1
        self.failed += len(raised)
        self.failure = self.failure or (str(raised[0]) if raised else "")
        self.change = next((each for each in outcomes if isinstance(each, Change)), None)
        if len(raised) < len(outcomes):
            self.covered.add(cut)


class Check:
    """One strategy over one market, and the noise that takes the future's place."""

    def __init__(self, rehearsal: Rehearsal, market: Market, seed: int = 1) -> None:
        self.rehearsal = rehearsal
        self.market = market
        self.base: Asked | None = None  # what it decides over the whole market, once judged
        self._first = market.row_of(rehearsal.start)
        self._last = len(market.sessions) - 1
        noise = noise_of(market, seed)
        self._noises: dict[str, Noise] = {NOISE: noise, MIRRORED: noise.mirrored()}

    def judge(self, cuts: int | None, go_on: Callable[[], bool]) -> Verdict:
        """Return the verdict; the first change that is found ends the search."""
        base, change = self.repeated()
        self.base = base
        rows = base.rows()[base.rows() < self._last]
        tally = _Tally(set(), 0, 0, "", change)
        most = cuts or self._affordable()
        for cut in cuts_of(rows, self.market.sessions, self._first, most):
            if tally.change is not None or not go_on():
                break
            tally.add(cut, list(self._outcomes(base, cut, tally.made)))
        return Verdict(
            strategy=self.rehearsal.strategy.__name__,
            decisions=len(rows),
            covered=len(tally.covered.intersection(rows.tolist())),
            cuts=tally.made,
            change=tally.change,
            failed=tally.failed,
            failure=tally.failure,
        )

    def other(self, cut: int, future: str, rows: int | None = None) -> Market:
        """Return the market with another future after a row; rows: of the whole at most."""
        if future == NONE:
            return self.market.head(cut + 1)
        return with_future(self.market, cut, self._noises[future], rows)

    def repeated(self) -> tuple[Asked, Change | None]:
        """Decide over everything, and again: loaded anew, at once, and after other data."""
        rehearsal, elsewhere = self.rehearsal, self.elsewhere()
        before = rehearsal.tried(elsewhere)
        loaded = rehearsal.anew()
        base = rehearsal.decide(self.market, loaded)
        again = rehearsal.tried(self.market, loaded)
        after = rehearsal.tried(elsewhere, loaded)
        fresh = rehearsal.tried(self.market)
        return base, (
            self._changed(RANDOMNESS, base, fresh)
            or self._changed(STATE, base, again)
            or self._changed(STATE, before, after, future=NOISE)
        )

    def elsewhere(self) -> Market:
        """Return the market with noise from its middle on."""
        middle = (self._first + self._last) // 2
        return self.other(middle, NOISE, self._enough(middle))

    def _compared(self, base: Asked, cut: int, future: str) -> Change | Raised | None:
        """Decide with another future; Raised where that says nothing about the decisions."""
        other = self.rehearsal.tried(self.other(cut, future, self._enough(cut)))
        if isinstance(other, Raised) and (other.row is None or other.row > cut):
            return other
        return self._changed(FUTURE, base, other, cut, future)

    def _changed(
        self,
        cause: str,
        one: Asked | Raised,
        other: Asked | Raised,
        cut: int | None = None,
        future: str = NONE,
    ) -> Change | None:
        """Return the first decision up to a cut that is not the same; without a cut, of all."""
        until = self._last if cut is None else cut
        place = _first_change(one, other, until)
        if place is None:
            return None
        decided, otherwise = (_told(each, place) for each in (one, other))
        bar, symbol = self.market.name_of(place.row), self.market.symbols[place.symbol]
        return Change(cause, place.row, bar, symbol, decided, otherwise, until, future)

    def _affordable(self) -> int:
        """How many cuts are quick."""
        rows = self._last + 1
        if self.rehearsal.by_bar:
            return max(FEWEST_BY_BAR, BARS_BY_BAR // (rows * len(self.market.symbols)))
        return max(FEWEST_CUTS, BARS_AT_ONCE // rows)

    def _outcomes(self, base: Asked, cut: int, number: int) -> Iterator[Change | Raised | None]:
        """Decide without a future, and with noise, whose opposite shows what it alone may hide.

        Bar by bar is slow, and noise then takes its turn at every third cut, or where a strategy
        cannot do with so few bars.
        """
        alone = self._compared(base, cut, NONE)
        yield alone
        if not self.rehearsal.by_bar:
            yield from (self._compared(base, cut, each) for each in (NOISE, MIRRORED))
        elif number % 3 == 0 or isinstance(alone, Raised):
            yield self._compared(base, cut, (NOISE, MIRRORED)[number % 2])

    def _enough(self, cut: int) -> int | None:
        return cut + 1 + NOISE_BARS if self.rehearsal.by_bar else None


def _first_change(one: Asked | Raised, other: Asked | Raised, until: int) -> Place | None:
    if isinstance(one, Asked) and isinstance(other, Asked):
        return first_change(one, other, until)
    if isinstance(one, Raised) and isinstance(other, Raised):
        return None
    rows = [each.row or 0 for each in (one, other) if isinstance(each, Raised)]
    return Place(rows[0], 0)


def _told(one: Asked | Raised, place: Place) -> str:
    return one.told(place.row, place.symbol) if isinstance(one, Asked) else f"raises {one}"
