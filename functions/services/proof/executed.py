"""What robot and execution say of a record, laid beside the record itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import rfc8785

from functions.services.proof.unlike import unlike
from functions.services.proof.whole import Whole
from functions.services.record.definition import version_hash
from functions.services.record.leaf import source_hash
from functions.store.tapes import Entry

_ASKED = ("symbols", "calendar", "bar", "cash", "benchmark")
_OPEN = ("running", "drifted")


def wrong_robot(whole: Whole) -> Iterator[str]:
    """Compare the robot with what was asked for at first, and with where its record begins."""
    robot = whole.record.robot
    asked = {name: robot.request.get(name) for name in _ASKED}
    config = {name: robot.config.get(name) for name in _ASKED}
    yield from unlike(f"robot {robot.slug}", config, asked, "it was registered with")
    if history := _history(whole):
        begins = {"registered_at": history.closes_at}
        stored = {"registered_at": robot.registered_at}
        yield from unlike(f"robot {robot.slug}", stored, begins, "its tape begins at")


def wrong_execution(whole: Whole, stored: Mapping[str, Any]) -> Iterator[str]:
    """Compare an execution's columns with its robot and its rows; stored: `execution_of`."""
    record, rows = whole.record, whole.rows
    owner = {"user_id": record.owner.user_id, "visibility": record.owner.visibility}
    yield from unlike("execution", stored, owner, "its robot has")
    ends = {
        "period_start": rows[0].closes_at if rows else None,
        "period_end": rows[-1].closes_at if rows else None,
    }
    yield from unlike("execution", stored, ends, "its decisions say")
    if stored["status"] not in (_OPEN if rows else (*_OPEN, "queued")):
        yield f"execution: status is {stored['status']}, a record goes on"
    if len(whole.trades) != record.robot.trade_count:
        yield f"there are {len(whole.trades)} trades, the execution says {record.robot.trade_count}"


def wrong_versions(versions: Sequence[tuple[str, str, str, Any]]) -> Iterator[str]:
    """Say which versions' source or parameters no longer have their hash; see `versions_of`."""
    for name, code, source, parameters in versions:
        if source_hash(source) != code:
            yield f"version {name[:12]}: the source kept of its code {code[:12]} was changed"
        if _version_hash(code, parameters) != name:
            yield f"version {name[:12]}: its code or parameters were changed"


def _version_hash(code: str, parameters: object) -> str:
    try:
        return version_hash(code, parameters)
    except rfc8785.CanonicalizationError:
        return ""


def _history(whole: Whole) -> Entry | None:
    """The tape's first entry, what lay before the record."""
    return whole.entries.get(whole.tape[0].name)
