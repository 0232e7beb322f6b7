"""Months of robots' lives in which everything that can go wrong does, all of it from one seed.

A plan says what happens in which order; a stage is what it happens to. Played without faults,
the same plan's market gives the undisturbed twin.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from functions.providers import CorporateAction
from functions.services.market.calendars import Session
from functions.services.record.registering import RobotDefinition
from tests.faults.calls import DeathError
from tests.faults.world import Walks, robot

CLOSE, DEADLINE = 0.0, 0.3
"""When in a day its two rounds come, in days."""
DROPPED, REPEATED, DELAYED, FAILING = 0.35, 0.3, 0.3, 0.1
DYING, LOST, OVERTAKEN = 0.15, 0.05, 0.15
SEEN_AFTER = {False: timedelta(minutes=20), True: timedelta(hours=4)}
"""When a round's collector sees what the provider tells."""
MOST_CALLS = 14
MOST_EVENTS = 100_000


class Advance(NamedTuple):
    """A message: robots to be brought to a slot."""

    day: Session
    robots: tuple[UUID, ...]
    deadline: bool = False


class Collect(NamedTuple):
    """A collector's event; failing: symbols that do not answer it."""

    day: Session
    deadline: bool
    failing: frozenset[str] = frozenset()


Event = Advance | Collect


class Stage(Protocol):
    """What a plan is played on."""

    def collect(self, event: Collect) -> None:
        """Let the provider be read."""

    def advance(self, event: Advance, trouble: "Trouble | None" = None) -> bool:
        """Advance; False where the message is to come again. DeathError: the process died."""

    def new_process(self) -> None:
        """Forget what only a process remembers."""


@dataclass
class Trouble:
    """What happens at one of the calls that an advance makes.

    meanwhile: what another process does right before the call. answered: whether the call
    takes effect. dies: or the process lives, and sees an error.
    """

    at: int
    answered: bool
    dies: bool
    meanwhile: Callable[[], None] | None = None
    calls: int = field(default=0)

    def around(self, call: Callable[[], Any]) -> Any:
        """Make a call, with what happens to it."""
        self.calls += 1
        if self.calls != self.at:
            return call()
        if self.meanwhile:
            self.meanwhile()
            return call()
        if self.answered:
            call()
        if self.dies:
            raise DeathError
        raise ConnectionError("the answer was lost")


class Plan:
    """What happens, drawn from a seed; the market is disturbed for the twin as well."""

    def __init__(self, seed: int, days: Sequence[Session], robots: Sequence[UUID]) -> None:
        self.seed, self.days, self.robots = seed, days, robots
        self.dice = random.Random(seed)
        self._queue: list[tuple[float, int, Event]] = []
        self._order = count()
        self.counts = dict.fromkeys(
            ("died", "lost", "overtaken", "dropped", "repeated", "delayed", "failed"), 0
        )

    def quiet(self, stage: Stage) -> None:
        """Play every event once, in its time."""
        for day in self.days:
            for deadline in (False, True):
                stage.collect(Collect(day, deadline))
                assert stage.advance(Advance(day, tuple(self.robots), deadline))

    def play(self, stage: Stage, symbols: Sequence[str]) -> None:
        """Play everything that goes wrong, then the last slot's deadline once more."""
        for number, day in enumerate(self.days):
            for deadline, at in ((False, number + CLOSE), (True, number + DEADLINE)):
                self._put(at, Collect(day, deadline, self._failing(symbols, deadline)))
                for batch in self._batches():
                    self._send(at + 0.1, Advance(day, batch, deadline))
        for played in range(MOST_EVENTS):
            if not self._queue:
                break
            assert played < MOST_EVENTS - 1, f"FAULT_SEED={self.seed}: it never ends"
            self._happen(stage, *self._next())
        done = stage.advance(Advance(self.days[-1], tuple(self.robots), deadline=True))
        assert done, f"FAULT_SEED={self.seed}: the last slot's deadline"

    def _failing(self, symbols: Sequence[str], deadline: bool) -> frozenset[str]:
        if deadline:
            return frozenset()
        found = frozenset(symbol for symbol in symbols if self._chance(FAILING))
        self.counts["failed"] += len(found)
        return found

    def _batches(self) -> Iterator[tuple[UUID, ...]]:
        """Part the robots at random; now and then one is in two messages."""
        robots = self.dice.sample(list(self.robots), len(self.robots))
        while robots:
            size = self.dice.randint(1, 50)
            yield tuple(robots[:size])
            robots = robots[size - 1 if self._chance(0.1) and size > 1 else size :]

    def _send(self, at: float, event: Advance) -> None:
        if self._chance(DROPPED):
            self.counts["dropped"] += 1
            return
        if self._chance(REPEATED):
            self.counts["repeated"] += 1
            self._put(at + self.dice.expovariate(2.0), event)
        if self._chance(DELAYED):
            self.counts["delayed"] += 1
            at += self.dice.expovariate(0.7)
        self._put(at, event)

    def _happen(self, stage: Stage, at: float, event: Event) -> None:
        if isinstance(event, Collect):
            stage.collect(event)
            return
        try:
            done = stage.advance(event, self._trouble(stage))
        except DeathError:
            self.counts["died"] += 1
            stage.new_process()
            done = False
        if not done:
            self._put(at + self.dice.uniform(0.0, 1.5), event)

    def _trouble(self, stage: Stage) -> Trouble | None:
        drawn, call = self.dice.random(), self.dice.randint(1, MOST_CALLS)
        if drawn < DYING:
            return Trouble(call, self._chance(0.5), dies=True)
        if drawn < DYING + LOST:
            self.counts["lost"] += 1
            return Trouble(call, self._chance(0.5), dies=False)
        if drawn < DYING + LOST + OVERTAKEN:
            return Trouble(call, answered=True, dies=False, meanwhile=self._meanwhile(stage))
        return None

    def _meanwhile(self, stage: Stage) -> Callable[[], None]:
        """Another process handles the next message, if that is what comes next."""

        def other() -> None:
            if self._queue and isinstance(self._queue[0][2], Advance):
                self.counts["overtaken"] += 1
                at, event = self._next()
                assert isinstance(event, Advance)
                if not stage.advance(event):
                    self._put(at + self.dice.uniform(0.0, 1.5), event)

        return other

    def _put(self, at: float, event: Event) -> None:
        heapq.heappush(self._queue, (at, next(self._order), event))

    def _next(self) -> tuple[float, Event]:
        at, _, event = heapq.heappop(self._queue)
        return at, event

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share


def disturb_market(market: Walks, days: Sequence[Session], dice: random.Random) -> None:
    """Give a market halts, news told in time and late, and bars told otherwise afterwards."""
    for symbol in market.symbols():
        for day in dice.sample(list(days[2:-8]), 2):
            market.hidden.add((symbol, day.session))
        for at, day in enumerate(dice.sample(list(days[2:-8]), 2)):
            action = CorporateAction(symbol, day.session, "dividend", Decimal("0.5"))
            told = days[days.index(day) + 3 * at]
            market.news[told.session].append(action)
        for day in dice.sample(list(days[:-4]), 5):
            bar = market.bar(symbol, day.session)
            other = bar._replace(close=bar.low, volume=Decimal(dice.randint(1, 10**6)))
            since = days[days.index(day) + dice.randint(1, 3)]
            market.told[symbol, day.session] = (since.closes, other)


def crowd(count: int) -> list[RobotDefinition]:
    """Robots of every kind, some of them measured against another."""
    kinds: tuple[tuple[str, Callable[[int], dict[str, int]]], ...] = (
        ("sma_cross", lambda at: {"fast": 2 + at % 5, "slow": 8 + at % 9}),
        ("channel_breakout", lambda at: {"channel": 5 + at % 4, "range_bars": 3}),
        ("momentum_rotation", lambda at: {"lookback": 5 + at % 6, "hold": 1}),
        ("rsi_reversion", lambda _: {}),
        ("buy_and_hold", lambda _: {}),
    )
    made = []
    for at in range(count):
        strategy, parameters = kinds[at % len(kinds)]
        benchmark = f"robot-{at - 1:03}" if at % 7 == 5 else None
        symbols = ("AAA", "BBB", "CCC") if at % 3 else ("AAA", "CCC")
        told = {"strategy": strategy, "parameters": parameters(at), "symbols": symbols}
        made.append(robot(f"robot-{at:03}", benchmark=benchmark, **told))
    return made
