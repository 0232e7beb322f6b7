"""One segment of a record laid beside its replay, row by row and field by field."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from engine import RULES_VERSION
from functions.services.proof.digests import Stretch, wrong_digests
from functions.services.proof.links import named, told_by
from functions.services.proof.rerunning import Rerun
from functions.services.proof.unlike import missing_and_added, unlike
from functions.services.record.archive import Archive
from functions.services.record.comparing import Replayed
from functions.store.records import DecisionRow, EquityRow, Record
from functions.store.trades import Trade


class SegmentProof(NamedTuple):
    """What came of one segment: slots, and how many of them were replayed and found equal.

    told: why slots were not replayed, or not found equal without being damaged; else nothing.
    """

    number: int
    reason: str
    first: str
    last: str
    slots: int
    replayed: int
    equal: int
    told: str


class Part(NamedTuple):
    """A segment as it is stored; the record's head is the segment's last decision.

    written: when each decision of the record was, by seq.
    """

    record: Record
    rows: Sequence[DecisionRow]
    trades: Sequence[Trade]
    points: Sequence[EquityRow]
    written: Mapping[int, datetime]


class Parted(NamedTuple):
    """Where stored rows and replayed ones part: in how many slots they agree before, and how."""

    equal: int
    told: list[str]


def prove(archive: Archive, part: Part, ran: Rerun | str) -> tuple[SegmentProof, list[str]]:
    """Say what a segment's replay proves, and what of it is damaged.

    Rows that are as they were written, under rules that are no longer the engine's, may come
    out otherwise without being damaged.
    """
    if isinstance(ran, str):
        return _proof(part, 0, 0, ran), _as_written(archive, part, _counted(part))
    parted, slots = laid_beside(part, ran.rows), len(ran.rows.leaves)
    rules = part.record.segment.rules
    if parted.told and rules == RULES_VERSION:
        return _proof(part, slots, parted.equal, ""), parted.told
    filled = [_filled(ran, at + 1) for at in range(len(part.rows))]
    written = _as_written(archive, part, _counted(part) if parted.told else filled)
    told = f"written under rules {rules}; under rules {RULES_VERSION} " if parted.told else ""
    return _proof(part, slots, parted.equal, told + "".join(parted.told[:1])), written


def laid_beside(part: Part, rows: Replayed) -> Parted:
    """Compare what is stored of a segment with what its replay brings."""
    unlike_at: list[int] = []
    told: list[str] = []
    for found, at in _decisions(part.rows, rows):
        told.append(found)
        unlike_at.append(at)
    points = list(_points(part, rows))
    told += [*_trades(part.trades, rows.trades), *points]
    equal = min(unlike_at, default=len(rows.leaves)) if told else len(rows.leaves)
    return Parted(equal, told)


def _decisions(rows: Sequence[DecisionRow], replayed: Replayed) -> Iterator[tuple[str, int]]:
    leaves = {leaf.seq: leaf for leaf in replayed.leaves}
    parted = False
    for at, row in enumerate(rows):
        leaf = leaves.get(row.seq)
        given = json.loads(leaf.text) if leaf else {}
        stored = told_by(row)
        if parted:  # what follows a changed leaf names another hash; that alone is no news
            given["prev"] = stored.get("prev")
        found = list(unlike(named(row), {"leaf": stored}, {"leaf": given}))
        parted = parted or bool(found)
        yield from ((each, at) for each in found)


def _trades(stored: Sequence[Trade], given: Sequence[Trade]) -> Iterator[str]:
    by_sequence = {trade.sequence: trade for trade in stored}
    yield from missing_and_added("trade", list(by_sequence), [each.sequence for each in given])
    for trade in given:
        if row := by_sequence.get(trade.sequence):
            at = trade.execution_time.date()
            name = f"trade {trade.sequence} ({trade.symbol} {trade.side} {at})"
            yield from unlike(name, row._asdict(), trade._asdict())


def _points(part: Part, rows: Replayed) -> Iterator[str]:
    given = [point.row(part.record.owner) for point in rows.points]
    by_sequence = {point.sequence: point for point in part.points}
    kind = "equity point"
    yield from missing_and_added(kind, list(by_sequence), [each.sequence for each in given])
    for point in given:
        if row := by_sequence.get(point.sequence):
            name = f"{kind} {point.sequence} ({point.time.date()})"
            yield from unlike(name, row._asdict(), point._asdict())


def _as_written(archive: Archive, part: Part, trades: Sequence[int]) -> list[str]:
    stretch = Stretch(part.record, part.rows, trades, part.written)
    return list(wrong_digests(archive, stretch))


def _filled(ran: Rerun, slots: int) -> int:
    return bisect_right(ran.filled, slots)


def _counted(part: Part) -> list[int]:
    """How many trades there were after each slot, by the opens of their bars: no replay says it."""
    opens = [trade.execution_time for trade in part.trades]
    return [bisect_left(opens, row.closes_at) for row in part.rows]


def _proof(part: Part, replayed: int, equal: int, told: str) -> SegmentProof:
    segment, rows = part.record.segment, part.rows
    ends = (rows[0].slot, rows[-1].slot) if rows else ("", "")
    return SegmentProof(segment.number, segment.reason, *ends, len(rows), replayed, equal, told)
