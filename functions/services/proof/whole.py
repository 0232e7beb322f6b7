"""A record as it is stored, read whole: its rows, its tape, and its parts by segment."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from functions.services.proof import links, openings
from functions.services.proof.links import Link
from functions.services.proof.proofs import Part
from functions.services.record.tape import Tape, blank
from functions.store import proving
from functions.store.appending import Database
from functions.store.archive import PostgresArchive
from functions.store.records import DecisionRow, EquityRow, Head, Record, Segment, SegmentRow
from functions.store.tapes import Entry
from functions.store.trades import Trade

_ALL = 2**31 - 1


class Whole(NamedTuple):
    """All rows of a record; segments: as the leaves tell of them.

    tape: what the record says of each entry. entries: those that are there, by hash.
    written: when each decision was, by seq.
    """

    record: Record
    rows: list[DecisionRow]
    stored: list[SegmentRow]
    segments: list[Segment]
    tape: list[Link]
    entries: dict[str, Entry]
    trades: list[Trade]
    points: list[EquityRow]
    written: dict[int, datetime]


def read_whole(database: Database, archive: PostgresArchive, record: Record) -> Whole:
    """Read all that is stored of a record."""
    run = record.owner.execution_id
    rows, stored = proving.decisions_of(database, run), proving.segments_of(database, run)
    tape = links.tape_links(rows)
    kept = stored[0].history if stored else ""
    entries = links.entries_of(archive, [kept, *(link.name for link in tape)])
    first = entries.get(tape[0].name) if tape else None
    history = first.prev if first else kept
    begins = entries[history].slot if history in entries else "of its history"
    return Whole(
        record,
        rows,
        stored,
        openings.opened(record, rows, stored),
        [Link(history, begins, joined=True), *tape],
        entries,
        archive.trades(run),
        archive.points(run, _ALL),
        proving.written_at(database, run),
    )


def part_of(whole: Whole, segment: Segment) -> Part:
    """Return a segment's rows but its trades; what lies before the first segment is the first's."""
    later = [each for each in whole.segments if each.number > segment.number]
    first = segment.number == min(each.number for each in whole.segments)
    seqs = (0 if first else segment.first_seq, later[0].first_seq if later else _ALL)
    points = (-_ALL if first else segment.first_seq, seqs[1])
    rows = [row for row in whole.rows if seqs[0] <= row.seq < seqs[1]]
    record = whole.record._replace(segment=segment, head=_head(whole.record, segment, rows))
    return Part(
        record,
        rows,
        [],
        [point for point in whole.points if points[0] <= point.sequence < points[1]],
        whole.written,
    )


def with_trades(whole: Whole, part: Part, made: int | None) -> Part:
    """Return the part with its trades; made: how many its replay brought, None without one."""
    segment = part.record.segment
    later = [each.first_trade for each in whole.segments if each.number > segment.number]
    begins = -_ALL if segment.number == 1 else segment.first_trade
    ends = _ALL
    if later:
        ends = later[0] if made is None else segment.first_trade + made
    trades = [trade for trade in whole.trades if begins <= trade.sequence < ends]
    return part._replace(trades=trades)


def tape_of(whole: Whole, part: Part) -> Tape:
    """Return the tape up to the part's last slot, as it is stored."""
    last = part.rows[-1].seq
    upto = 1 + sum(row.seq <= last for row in whole.rows)
    entries = [(link.name, whole.entries[link.name]) for link in whole.tape[:upto]]
    return blank(whole.record.robot.request["symbols"]).extended(entries)


def _head(record: Record, segment: Segment, rows: Sequence[DecisionRow]) -> Head:
    if not rows:
        return Head(0, None, record.head.closes_at, segment.prev, segment.history, None, None)
    last = rows[-1]
    return Head(
        *(last.seq, last.slot, last.closes_at, last.hash, last.tape, last.leaf, last.digest)
    )
