"""A segment of a record run again: on its own terms, over its own stretch of tape."""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple

import strategies
from engine import Options, Strategy
from engine.errors import RobotPlugError
from functions.services.proof.links import told_by
from functions.services.record.asked import opened_with
from functions.services.record.comparing import Replayed
from functions.services.record.definition import Definition, resolve
from functions.services.record.leaf import source_hash
from functions.services.record.recording import decided_in, rows_in
from functions.services.record.replay import replay
from functions.services.record.rows import Decided
from functions.services.record.tape import Tape
from functions.store.records import DecisionRow, Record


class Rerun(NamedTuple):
    """What a segment brings, and on which of its rows each trade was made.

    filled: for each trade the number of the segment's slots up to its own.
    """

    rows: Replayed
    filled: tuple[int, ...]
    run: Any
    definition: Definition


def rerun(
    record: Record, tape: Tape, before: Sequence[DecisionRow], source: str | None
) -> Rerun | str:
    """Replay a record's segment up to the tape's end; text: why that cannot be done.

    before: the decisions of earlier segments. source: what the robot's versions keep of the
    segment's code. It is run only where it has the hash that the leaves name.
    """
    segment = record.segment
    terms = {"parameters": segment.parameters, "options": segment.options}
    found = definition_of(record.robot.strategy_code, segment.code, terms, source)
    if isinstance(found, str):
        return found
    try:
        replayed = replay(record, found, tape)
    except Exception as error:
        return f"its replay fails here with {type(error).__name__}: {error}"
    decided = {**_inherited(record, before), **decided_in(replayed)}
    run = replayed.run
    filled = tuple(fill.row - run.start_row + 1 for fill in run.fills)
    return Rerun(rows_in(record, replayed, decided), filled, run, found)


def _inherited(record: Record, before: Sequence[DecisionRow]) -> dict[str, Decided]:
    """Where the orders that the opening account still has to do with were asked for."""
    waiting = opened_with(record.segment.opening)
    return {
        order["id"]: Decided(row.slot, row.hash)
        for row in (before if waiting else ())
        for order in told_by(row).get("orders", ())
        if order.get("id") in waiting
    }


def definition_of(
    strategy_code: str, code: str, terms: dict[str, Any], source: str | None
) -> Definition | str:
    """Return what ran under a code's hash: the code here if it is that, else the stored source.

    terms: parameters and options. Text: why there is none.
    """
    try:
        here = resolve(strategy_code, terms)
    except RobotPlugError:
        here = None
    if here and here.code == code:
        return here
    if source is None:
        return f"its code {code[:12]} is not here, and no version keeps its source"
    if source_hash(source) != code:
        return f"the source kept of its code {code[:12]} no longer has this hash"
    try:
        return defined(source, terms)
    except Exception as error:
        return f"its stored source does not run here: {type(error).__name__}: {error}"


def defined(source: str, terms: dict[str, Any]) -> Definition:
    """Return what a source text defines, with these parameters and options; it runs the text."""
    code = source_hash(source)
    strategy = _loaded(source, code)(**terms["parameters"])
    options = Options.from_dict(terms["options"])
    return Definition(strategy, source, code, dict(strategy.parameters_dict()), options)


def _loaded(source: str, code: str) -> type[Strategy]:
    name = f"stored_strategy_{code[:12]}"
    module = sys.modules[name] = ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), vars(module))  # noqa: S102 - the robot's own code
    return strategies.strategy_in(module)
