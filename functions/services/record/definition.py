"""What a robot's row asks for, resolved to what can be simulated and compared."""

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid5

import strategies
from engine import RULES_VERSION, Options, Strategy
from engine.errors import ParameterError
from functions.services.record.leaf import canonical, leaf_hash, source_hash
from functions.store.records import Owner, Robot, Segment
from functions.store.versions import VersionRow

BUILT_IN = "builtin:"
KEPT_OPTIONS = 1024


class Definition(NamedTuple):
    """A strategy with its parameters and options, and the texts a record compares.

    code: SHA-256 of the source. parameters: every one of them, defaults included.
    """

    strategy: Strategy
    source: str
    code: str
    parameters: dict[str, Any]
    options: Options
    rules: str = RULES_VERSION


def resolve(strategy_code: str, config: dict[str, Any]) -> Definition:
    """Load what a robot runs; ParameterError for an unknown strategy, parameter or option."""
    if not strategy_code.startswith(BUILT_IN):
        raise ParameterError(
            f"strategy_code must be {BUILT_IN}NAME, was Python source; "
            f"there are {', '.join(strategies.names())}"
        )
    name = strategy_code.removeprefix(BUILT_IN)
    strategy = strategies.get(name)(**config.get("parameters", {}))
    source = strategies.source(name)
    options = _options(json.dumps(config.get("options", {})))
    if options.costs.own:
        raise ParameterError(
            "a cost model that runs Python of its own cannot be kept with a run; give one of "
            "numbers, or use `robotplug backtest`"
        )
    values: dict[str, Any] = dict(strategy.parameters_dict())
    return Definition(strategy, source, source_hash(source), values, options)


@lru_cache(maxsize=KEPT_OPTIONS)
def _options(text: str) -> Options:
    """Read options once: most robots have the same, in each slot again."""
    return Options.from_dict(json.loads(text))


@lru_cache(maxsize=KEPT_OPTIONS)
def _told(options: Options) -> Mapping[str, Any]:
    return MappingProxyType(options.to_dict())


def changed(definition: Definition, *, code: str, parameters: object, options: object) -> str:
    """Say what of a segment's terms the robot no longer has, or nothing.

    What a replay decides, the rules version, is not asked here.
    """
    if definition.code != code:
        return "code changed"
    if definition.parameters != parameters:
        return "parameters changed"
    return "options changed" if _told(definition.options) != options else ""


def as_recorded(strategy_code: str, definition: Definition, segment: Segment) -> Definition | None:
    """Return what a segment ran, or None where its code is no longer there to be run."""
    if definition.code != segment.code:
        return None
    terms = {"parameters": segment.parameters, "options": segment.options}
    return resolve(strategy_code, terms)


def refuse_change(robot: Robot) -> None:
    """ParameterError where a robot no longer asks for the bars it was registered with.

    Nor may a multiplier change: what was traded before would count as another contract.
    """
    for name in ("symbols", "calendar", "bar"):
        was, asked = robot.request.get(name), robot.config.get(name)
        if asked != was:
            raise ParameterError(
                f"{name} of robot {robot.slug!r} cannot change: must be {was}, was {asked}; "
                "put it back, or register another robot"
            )
    was, asked = (_multipliers(terms.get("options")) for terms in (robot.request, robot.config))
    for symbol in sorted({*was, *asked}):
        if was.get(symbol, 1.0) != asked.get(symbol, 1.0):
            raise ParameterError(
                f"the multiplier of {symbol} of robot {robot.slug!r} cannot change: must be "
                f"{was.get(symbol, 1.0)}, was {asked.get(symbol, 1.0)}; put it back, or register "
                "another robot"
            )


def _multipliers(options: object) -> dict[str, Any]:
    """By symbol as written down; what is no options at all, `resolve` refuses."""
    given = options.get("instruments") if isinstance(options, Mapping) else None
    told = given if isinstance(given, Mapping) else {}
    return {at: one.get("multiplier", 1.0) for at, one in told.items() if isinstance(one, Mapping)}


def version_hash(code: str, parameters: object) -> str:
    """Return what stands for a source with its parameters."""
    return leaf_hash(canonical({"code": code, "parameters": parameters}))


def version_of(definition: Definition, owner: Owner) -> VersionRow:
    """Return the row that keeps a definition; the source of a built-in strategy is public."""
    name = version_hash(definition.code, definition.parameters)
    return VersionRow(
        uuid5(owner.strategy_id, name),
        owner.strategy_id,
        owner.user_id,
        source_public=True,
        hash=name,
        code=definition.code,
        source=definition.source,
        parameters=definition.parameters,
    )
