"""Registering a robot: from here on its decisions are record, what lies before is backtest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from engine import Account
from engine.errors import DataError
from functions.services.market.calendars import sessions
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.definition import BUILT_IN, Definition, resolve, version_of
from functions.services.record.delivering import deliver
from functions.services.record.leaf import GENESIS
from functions.services.record.reading import history_of
from functions.store import outbox, records, robots, tapes
from functions.store.outbox import Message
from functions.store.records import Owner, Segment
from functions.store.robots import ExecutionRow, RobotRow
from functions.store.tapes import Feed, Named

ADDRESS = "https://tradingrobotplug.example/robots/"
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class RobotDefinition:
    """A public robot: a built-in strategy with its parameters, symbols and money.

    backtest_from: the first session that its backtest decides on; earlier ones are history.
    cash: decimal text. benchmark: the slug of another robot.
    """

    slug: str
    name: str
    description: str
    strategy: str
    symbols: tuple[str, ...]
    backtest_from: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, float] = field(default_factory=dict)
    cash: str = "100000.00000000"
    benchmark: str | None = None
    calendar: str = "XNYS"
    bar: str = "1d"

    @property
    def id(self) -> UUID:
        """The robot's id, the same wherever it is registered."""
        return robot_id(self.slug)

    def config(self) -> dict[str, Any]:
        """Return what `strategies.config` holds, parameters and options complete."""
        asked = {"parameters": dict(self.parameters), "options": dict(self.options)}
        resolved = resolve(self.strategy_code, asked)
        return {
            "parameters": resolved.parameters,
            "symbols": list(self.symbols),
            "calendar": self.calendar,
            "bar": self.bar,
            "cash": self.cash,
            "benchmark": self.benchmark,
            "options": dict(resolved.options.to_dict()),
        }

    @property
    def strategy_code(self) -> str:
        """The reference to the built-in strategy."""
        return f"{BUILT_IN}{self.strategy}"


def robot_id(slug: str) -> UUID:
    """Return a built-in robot's id.

    >>> robot_id("sma-cross")
    UUID('c6cbdc81-785d-59da-9e56-50290a828a06')
    """
    return uuid5(NAMESPACE_URL, ADDRESS + slug)


def register_robot(platform: Platform, definition: RobotDefinition, at_slot: Slot) -> bool:
    """Register a robot at a slot's close and queue its backtest; False where it is there.

    Its first decision falls in the slot after. DataError where its symbols have no bars yet.
    """
    database = platform.connect()
    if robots.exists(database, definition.id):
        return False
    feed = Feed(definition.symbols, platform.provider, definition.bar)
    days = sessions(definition.calendar, EARLIEST, at_slot.session().session)
    history = history_of(database, feed, at_slot, days)
    if history is None:
        raise DataError(
            f"no bars of {', '.join(feed.symbols)} from the {feed.source} provider up to "
            f"{at_slot}; collect them first"
        )
    with database.transaction():
        positions = _register(platform, definition, at_slot, history)
    deliver(platform, positions)
    return bool(positions)


def _register(
    platform: Platform, definition: RobotDefinition, at_slot: Slot, history: Named
) -> list[int]:
    database = platform.connect()
    records.lock_name(database, definition.slug)
    if robots.exists(database, definition.id):
        return []
    backtest, paper = (_execution_id(definition, kind) for kind in ("backtest", "paper"))
    config = definition.config()
    request = {**config, "source": platform.provider}
    period = {"start": str(definition.backtest_from), "end": str(at_slot.session().session)}
    owner = Owner(definition.id, paper, None, "public")
    resolved = resolve(definition.strategy_code, config)
    version = version_of(resolved, owner)
    common = (definition.id, None, "public", version.id)
    runs = [
        ExecutionRow(backtest, *common, "backtest", "queued", {**request, **period}),
        ExecutionRow(paper, *common, "paper", "running", request),
    ]
    robots.append_robot(database, _robot_row(definition, config, at_slot), version, runs)
    tapes.insert_entries(database, [history])
    segment = _first_segment(owner, resolved, history[0], definition.cash)
    records.append_segment(database, owner, segment, "registered")
    message = Message("execution", str(backtest), {"execution_id": str(backtest)})
    return outbox.put(database, [message])


def _execution_id(definition: RobotDefinition, kind: str) -> UUID:
    return uuid5(definition.id, f"{kind}/registered")


def _robot_row(definition: RobotDefinition, config: dict[str, Any], at_slot: Slot) -> RobotRow:
    return RobotRow(
        id=definition.id,
        user_id=None,
        visibility="public",
        name=definition.name,
        slug=definition.slug,
        description=definition.description,
        strategy_code=definition.strategy_code,
        config=config,
        source_public=True,
        registered_at=at_slot.closes_at,
    )


def _first_segment(owner: Owner, resolved: Definition, history: str, cash: str) -> Segment:
    return Segment(
        id=uuid5(owner.execution_id, "segment/1"),
        number=1,
        first_seq=1,
        history=history,
        prev=GENESIS,
        code=resolved.code,
        parameters=resolved.parameters,
        rules=resolved.rules,
        options=dict(resolved.options.to_dict()),
        opening=Account.of_cash(cash).to_dict(),
    )
