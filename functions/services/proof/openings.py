"""How each segment of a record must begin, worked out from the leaves alone."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid5

from engine import Account
from functions.services.proof.links import TERMS, told_by
from functions.services.proof.unlike import missing_and_added, unlike
from functions.services.record.leaf import GENESIS
from functions.store.records import DecisionRow, Record, Segment, SegmentRow

_FOLLOWS = {"code": "code changed", "parameters": "parameters changed"}


def opened(
    record: Record, rows: Sequence[DecisionRow], stored: Sequence[SegmentRow]
) -> list[Segment]:
    """Return every segment as the leaves tell of it.

    What no leaf tells, the number of its first trade and the digest before it, is as stored; so
    are the terms of a segment without a slot. rows: all decisions, by seq.
    """
    found: list[Segment] = []
    by_number = {row.number: row for row in stored}
    for number, first in _firsts(rows) or [(1, None)]:
        before = next((row for row in rows if first and row.seq == first.seq - 1), None)
        kept = by_number.get(number)
        if kept or first:
            found.append(_segment(record, (number, kept), (first, before), found[-1:]))
    return found


def ill_opened(
    record: Record, segments: Sequence[Segment], stored: Sequence[SegmentRow]
) -> Iterator[str]:
    """Say in which fields stored segments are not what the leaves tell."""
    by_number = {row.number: row for row in stored}
    numbers = [segment.number for segment in segments]
    yield from missing_and_added("segment", list(by_number), numbers, "no leaf is in it")
    for segment in segments:
        if row := by_number.get(segment.number):
            given = {**record.owner._asdict(), **segment._asdict()}
            name = f"segment {segment.number}"
            yield from unlike(name, row._asdict(), given, "its leaves say")


def _firsts(rows: Sequence[DecisionRow]) -> list[tuple[int, DecisionRow | None]]:
    """The first decision of each segment that a leaf names."""
    found: dict[int, DecisionRow | None] = {}
    for row in rows:
        number = told_by(row).get("segment")
        if isinstance(number, int):
            found.setdefault(number, row)
    return sorted(found.items())


def _segment(
    record: Record,
    stored: tuple[int, SegmentRow | None],
    leaves: tuple[DecisionRow | None, DecisionRow | None],
    before: Sequence[Segment],
) -> Segment:
    """stored: number and row; leaves: the segment's first and the one before it."""
    (number, kept), (first, last) = stored, leaves
    told = told_by(first) if first else {}
    terms: dict[str, Any] = {name: told.get(name, getattr(kept, name, None)) for name in TERMS}
    segment = Segment(
        id=uuid5(record.owner.execution_id, f"segment/{number}"),
        number=number,
        first_seq=first.seq if first else 1,
        **terms,
        **_left(record, told, kept, last),
        first_trade=kept.first_trade if kept and before else 1,
        closing=kept.closing if kept else None,
    )
    return segment._replace(reason=_reason(before[0], segment) if before else "registered")


def _left(
    record: Record, told: dict[str, Any], kept: SegmentRow | None, last: DecisionRow | None
) -> dict[str, Any]:
    """Hash, tape and account that a segment begins with."""
    if last is None:
        given: dict[str, Any] = dict(Account.of_cash(record.robot.request["cash"]).to_dict())
        history = kept.history if kept else ""
        return {"prev": told.get("prev", GENESIS), "opening": given, "history": history}
    left = {"prev": last.hash, "history": last.tape}
    return {**left, "opening": told_by(last).get("account")}


def _reason(before: Segment, segment: Segment) -> str:
    for name, reason in _FOLLOWS.items():
        if json.dumps(getattr(before, name)) != json.dumps(getattr(segment, name)):
            return reason
    return "options changed" if before.options != segment.options else "engine changed"
