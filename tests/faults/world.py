"""A small market and a few robots, played by the jobs' own handlers and events."""

import json
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest

from functions import bootstrap, charts, providers, trackers
from functions.jobs import advance_robots, collect_bars, deliver_outbox, dispatch_robots
from functions.providers import Bar, CorporateAction, Coverage, Facts, Fetched, ProviderError
from functions.services.market.calendars import Session, sessions
from functions.services.platform import Platform
from functions.services.publication import publishing
from functions.services.record import reading, remembering
from functions.services.record.registering import RobotDefinition, register_robot
from functions.store.objects import objects_in
from functions.store.session import Session as Connections
from tests.builders.records import due_message, queued, scheduled, slot_at
from tests.faults.cloud import Cloud
from tests.faults.evidence import Evidence, evidence

PROVIDER = "walks"
SYMBOLS = ("AAA", "BBB", "CCC")
EARLIER = 30
"""Sessions before the robots are registered."""
SLOTS = 14
"""Slots of a record here; among them a month's end."""
Event = dict[str, Any]
Handler = Callable[[Event, object], Any]


@cache
def days(first: date = date(2012, 1, 3), last: date = date(2012, 12, 31)) -> tuple[Session, ...]:
    return sessions("XNYS", first, last)


def live_days(count: int) -> Sequence[Session]:
    """The sessions that follow the registration."""
    return days()[EARLIER : EARLIER + count]


class Walks:
    """A provider of random walks from a seed, whose faults are switched on and off.

    failing: symbols that do not answer. hidden: (symbol, session) without a bar as yet.
    told: bars that are told otherwise than they were, from an instant on. news: actions by the
    session from which they are told. scale: what all prices are multiplied by.
    """

    facts = Facts("XNYS", ("1d",))

    def __init__(self, seed: int = 7, symbols: Sequence[str] = SYMBOLS) -> None:
        self.failing: set[str] = set()
        self.hidden: set[tuple[str, date]] = set()
        self.told: dict[tuple[str, date], tuple[datetime, Bar]] = {}
        self.news: dict[date, list[CorporateAction]] = defaultdict(list)
        self.asked = 0
        self.scale = Decimal(1)
        self._bars = {symbol: _walk(symbol, seed + at) for at, symbol in enumerate(symbols)}

    def symbols(self) -> Sequence[str]:
        return tuple(self._bars)

    def coverage(self) -> Coverage | None:
        return None

    def bar(self, symbol: str, day: date) -> Bar:
        """The bar as the market made it."""
        return next(bar for bar in self._bars[symbol] if bar.starts.date() == day)

    def fetch(self, request: Any) -> Fetched:
        self.asked += 1
        if request.symbol in self.failing:
            raise ProviderError(f"{request.symbol} does not answer")
        until = request.until.date()
        bars = [
            self._as_told(bar, until)
            for bar in self._bars[request.symbol]
            if (request.after is None or bar.starts > request.after)
            and bar.starts < request.until
            and (bar.symbol, bar.starts.date()) not in self.hidden
        ]
        told = [one for day, news in self.news.items() if day < until for one in news]
        return Fetched(bars, [one for one in told if one.symbol == request.symbol])

    def _as_told(self, bar: Bar, until: date) -> Bar:
        since, told = self.told.get((bar.symbol, bar.starts.date()), (None, bar))
        found = told if since and since.date() < until else bar
        prices = (price * self.scale for price in found[2:6])
        return Bar(*found[:2], *prices, found.volume)


def _walk(symbol: str, seed: int) -> list[Bar]:
    random = np.random.default_rng(seed)
    closes = 50 * np.exp(np.cumsum(random.normal(0.0, 0.03, len(days()))))
    opens = np.append(50.0, closes[:-1]) * np.exp(random.normal(0.0, 0.01, len(days())))
    bars = []
    for day, *prices in zip(days(), opens, closes, strict=True):
        opened, closed = (Decimal(f"{price:.2f}") for price in prices)
        starts = datetime.combine(day.session, time(), UTC)
        ends = min(opened, closed), max(opened, closed)
        bars.append(Bar(symbol, starts, opened, ends[1], ends[0], closed, Decimal(1_000_000)))
    return bars


class Witness:
    """A tracker of somebody else's: which trades it was told of."""

    told: list[UUID] = []  # noqa: RUF012 - one for all

    def __init__(self, store: object) -> None:
        pass

    def track_trade(self, trade: Any) -> None:
        self.told.append(trade.id)

    def calculate_metrics(self, strategy_id: UUID) -> Any:
        raise NotImplementedError

    def get_trade_history(self, strategy_id: UUID) -> list[Any]:
        return []


def robot(slug: str = "crossing", **changes: Any) -> RobotDefinition:
    """A robot that trades every few sessions."""
    made = RobotDefinition(
        slug=slug,
        name=slug.title(),
        description="A test's robot.",
        strategy="sma_cross",
        symbols=SYMBOLS,
        backtest_from=days()[10].session,
        parameters={"fast": 2, "slow": 5},
    )
    return replace(made, **changes)


def family() -> tuple[RobotDefinition, ...]:
    """One of each kind: weights, orders of its own, and what they are measured against."""
    return (
        robot(benchmark="holding"),
        robot("breaking", strategy="channel_breakout", parameters={"channel": 5, "range_bars": 3}),
        robot("holding", strategy="buy_and_hold", parameters={}),
    )


@dataclass
class World:
    """A platform, its market and its robots; `call` is how a job is called."""

    url: str
    cloud: Cloud = field(default_factory=Cloud)
    market: Walks = field(default_factory=Walks)
    robots: Sequence[RobotDefinition] = field(default_factory=family)
    call: Callable[[Handler, Event], Any] = field(default=lambda job, event: job(event, None))
    sessions: list[Connections] = field(default_factory=list)
    platform: Platform = field(init=False)

    @property
    def ids(self) -> list[UUID]:
        return [robot.id for robot in self.robots]

    def start(self, s3: Any = None, sqs: Any = None) -> None:
        """Be a new process: nothing is open, nothing is remembered."""
        self.stop()
        reading.forget()
        remembering.forget()
        objects_in.cache_clear()
        self.sessions = [Connections(self.url), Connections(self.url)]
        self.platform = Platform(
            *(session.connect for session in self.sessions),
            s3=s3 or self.cloud.s3,
            sqs=sqs or self.cloud.sqs,
            site_bucket=self.cloud.site_bucket,
            robot_queue_url=self.cloud.robot_queue_url,
            execution_queue_url=self.cloud.execution_queue_url,
            publish_queue_url=self.cloud.publish_queue_url,
            provider=PROVIDER,
            site_url="https://robots.example",
        )

    def stop(self) -> None:
        """Close the connections."""
        for session in self.sessions:
            session.close()

    def begin(self) -> None:
        """Register the robots at the last of the earlier sessions."""
        last = days()[EARLIER - 1]
        collect_bars.handler(scheduled(last), None)
        for definition in self.robots:
            register_robot(self.platform, definition, slot_at(last))
        self.take("execution_queue_url")

    def collect(self, session: Session) -> Any:
        return self.call(collect_bars.handler, scheduled(session))

    def dispatch(self, session: Session, **detail: Any) -> list[Event]:
        """Dispatch, and take the messages from the queue."""
        self.call(dispatch_robots.handler, scheduled(session, **detail))
        return self.take("robot_queue_url")

    def advance(self, *bodies: Event) -> Any:
        return self.call(advance_robots.handler, queued(*bodies))

    def advance_to(self, session: Session, **more: Any) -> Any:
        """Advance all robots by one message."""
        return self.advance(due_message(session, *self.ids, **more))

    def deliver(self) -> Any:
        return self.call(deliver_outbox.handler, {})

    def play(self, session: Session) -> None:
        """The whole slot as its schedules play it."""
        self.collect(session)
        for body in self.dispatch(session):
            self.advance(body)
        self.deliver()

    def take(self, queue: str) -> list[Event]:
        """Take all messages from a queue."""
        return [json.loads(body) for body in self.cloud.take(getattr(self.cloud, queue))]

    def evidence(self) -> dict[UUID, Evidence]:
        """Read every robot's record."""
        with psycopg.connect(self.url, options="-c timezone=UTC") as database:
            objects = self.cloud.objects()
            return {robot.id: evidence(database, robot, objects) for robot in self.robots}


@lru_cache(maxsize=512)
def _drawn(documents: bytes) -> Any:
    return charts.charts(*pickle.loads(documents))


def drawn_once(*documents: Any) -> Any:
    """Draw charts of the same documents only once: most that is published here is the same."""
    return _drawn(pickle.dumps(documents))


@contextmanager
def playing(world: World) -> Iterator[World]:
    """Let the handlers find this world's platform, provider and trackers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(providers._plugins._loaded, PROVIDER, world.market)
        patch.setattr(bootstrap, "platform", lambda: world.platform)
        patch.setitem(trackers._plugins._loaded, "witness", Witness)
        patch.setattr(publishing, "charts", drawn_once)
        patch.setattr(trackers, "others", lambda: ["witness"])
        world.start()
        yield world
        world.stop()


@contextmanager
def world_over(url: str, **more: Any) -> Iterator[World]:
    """A world in which the robots are registered."""
    with playing(World(url, **more)) as world:
        world.begin()
        yield world
