"""Registering a robot: from here on its decisions are record, what lies before is backtest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from engine import Account
from functions.services.market.grid import DAY
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.admitting import admitted, check_bar
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


@dataclass(frozen=True)
class RobotDefinition:
    """A public robot: a built-in strategy with its parameters, symbols and money.

    backtest_from: the first session that its backtest decides on; earlier ones are history.
    cash: decimal text. benchmark: the slug of another robot. bar: 1d or 1h. source: the provider
        of its bars; the platform's by default.
    """

    slug: str
    name: str
    description: str
    strategy: str
    symbols: tuple[str, ...]
    backtest_from: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    cash: str = "100000.00000000"
    benchmark: str | None = None
    calendar: str = "XNYS"
    bar: str = "1d"
    source: str | None = None

    @property
    def id(self) -> UUID:
        """The robot's id, the same wherever it is registered."""
        return robot_id(self.slug)

    def config(self) -> dict[str, Any]:
        """Return what `strategies.config` holds, parameters and options complete."""
        asked = {"parameters": dict(self.parameters), "options": dict(self.options)}
        resolved = resolve(self.strategy_code, asked)
        resolved.options.rules(self.symbols)  # refuses an instrument that is none of them
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

    Its first decision falls in the slot after. DataError where its symbols have no bars yet,
    ParameterError where its provider has not all of them or its bars are too short.
    """
    check_bar(definition.bar)
    database = platform.connect()
    if robots.exists(database, definition.id):
        return False
    source = definition.source or platform.provider
    feed = Feed(definition.symbols, source, definition.bar)
    history = admitted(platform.archive, feed, at_slot, history_of(platform.archive, feed, at_slot))
    with database.transaction():
        positions = _register(platform, definition, at_slot, source, history)
    deliver(platform, positions)
    return bool(positions)


def _register(
    platform: Platform, definition: RobotDefinition, at_slot: Slot, source: str, history: Named
) -> list[int]:
    database = platform.connect()
    records.lock_name(database, definition.slug)
    if robots.exists(database, definition.id):
        return []
    backtest, paper = (_execution_id(definition, kind) for kind in ("backtest", "paper"))
    config = definition.config()
    request = {**config, "source": source}
    period = {"start": str(definition.backtest_from), "end": str(_last_whole_session(at_slot))}
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


def _last_whole_session(at_slot: Slot) -> date:
    """The last session that had closed with the slot, for a backtest ends with a session."""
    session = at_slot.session()
    if session.closes <= at_slot.closes_at:
        return session.session
    whole = Slot(at_slot.calendar, DAY, at_slot.closes_at).newest()
    return whole.session


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
