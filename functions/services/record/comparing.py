"""A replay laid beside the record: equal, or where and why they part."""

import json
from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import NamedTuple

from functions.services.record.archive import Archive
from functions.services.record.leaf import Leaf
from functions.services.record.rows import Point
from functions.store import proof
from functions.store.lines import decision_line, segment_line, trade_line
from functions.store.proof import Lines, Stored
from functions.store.records import Record, Segment
from functions.store.trades import Trade

ENGINE, DATA, CODE = "engine", "data", "code"


class Replayed(NamedTuple):
    """What a replay brings for some slots in a row; points: one for each leaf."""

    leaves: Sequence[Leaf]
    trades: Sequence[Trade]
    points: Sequence[Point]


class Drift(NamedTuple):
    """The first thing that is not what was recorded.

    kind: "data" where what is stored was changed, "code" where the same account led to other
    orders, "engine" where the same orders led to another account.
    """

    seq: int
    slot: str
    kind: str
    recorded: str
    replayed: str


def lines_of(segment: Segment, rows: Replayed, backfilled: Collection[int]) -> Lines:
    """Write a segment's rows as the store would; backfilled: the seqs of those marked so."""
    return new_lines(segment, rows, backfilled)._replace(segments=[segment_line(segment)])


def new_lines(segment: Segment, rows: Replayed, backfilled: Collection[int]) -> Lines:
    """Write rows that come later in a segment, without the segment's own line."""
    slots = zip(rows.leaves, rows.points, strict=True)
    decisions = [
        decision_line(
            (leaf.seq, leaf.slot, segment.id),
            point.seconds,
            (leaf.tape, leaf.hash, leaf.seq in backfilled),
        )
        for leaf, point in slots
    ]
    trades = [trade_line(trade) for trade in rows.trades]
    return Lines([], decisions, trades, [point.line() for point in rows.points])


def broken_chain(archive: Archive, record: Record, *, replayed: bool) -> Drift | None:
    """Say where the chain of leaves is broken.

    replayed: the segment is replayed, which follows the chain from its first leaf on.
    """
    segment = record.segment
    closed = segment.first_seq if segment.number > 1 else 0
    last = closed if replayed else record.head.seq
    broken = archive.broken_link(record.owner.execution_id, last) if last else None
    if broken is None:
        return None
    return _data(record, f"the chain of leaves up to {last}", f"is broken at {broken}")


def changed_rows(archive: Archive, record: Record, stored: Stored) -> Drift | None:
    """Say which rows are not those that an advance wrote, as far as no replay is needed for it."""
    segment = record.segment
    if not _as_closed(archive, record, stored):
        told = f"the rows before segment {segment.number} have {stored.closed}"
        return _data(record, segment.closing or proof.NOTHING, told)
    if stored.trades != record.robot.trade_count:
        return _data(record, f"{record.robot.trade_count} trades", f"{stored.trades} trades")
    if not _as_appended(archive, record, stored):
        told = f"the rows of segment {segment.number} have {stored.current}"
        return _data(record, _appended(record), told)
    return None


def _as_closed(archive: Archive, record: Record, stored: Stored) -> bool:
    recorded = record.segment.closing
    if recorded is None:
        return stored.closed == proof.NOTHING
    return stored.closed == recorded or recorded == proof.earlier_digest_of(
        archive.lines(record, closed=True)
    )


def _as_appended(archive: Archive, record: Record, stored: Stored) -> bool:
    recorded = _appended(record)
    return stored.current == recorded or recorded == proof.earlier_digest_of(archive.lines(record))


def _appended(record: Record) -> str:
    """The digest that the last advance left; before the first one there is the segment alone."""
    opening = Lines([segment_line(record.segment)], [], [], [])
    return record.head.digest or proof.digest_of(opening)


def difference(
    archive: Archive, record: Record, known: Replayed, lines: Lines, stored: Stored
) -> Drift | None:
    """Compare all that is recorded of the segment with the same rows replayed."""
    changed = changed_rows(archive, record, stored)
    if stored.current == proof.digest_of(lines):
        return changed
    pairs = zip_longest(archive.lines(record), lines.all(), fillvalue="nothing")
    parted = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if changed or parted is None:
        return _data(record, *parted) if parted else changed
    return _drift(archive, record, known, *parted)


def _data(record: Record, recorded: str, replayed: str) -> Drift:
    return Drift(record.head.seq, record.head.slot or "", DATA, recorded, replayed)


def _drift(
    archive: Archive, record: Record, known: Replayed, recorded: str, replayed: str
) -> Drift:
    """The rows are as they were written, so what parts them is how they were worked out."""
    if not replayed.startswith("decision|"):
        return Drift(record.head.seq, record.head.slot or "", ENGINE, recorded, replayed)
    seq = int(replayed.split("|")[1])
    now = known.leaves[seq - record.segment.first_seq]
    then = archive.leaf(record.owner.execution_id, seq)
    if then is None or then.leaf == now.text:
        return Drift(seq, now.slot, DATA, recorded, replayed)
    return Drift(seq, now.slot, _kind(then.leaf, now.text), then.leaf, now.text)


def _kind(recorded: str, replayed: str) -> str:
    then, now = json.loads(recorded), json.loads(replayed)
    unlike = {name for name in now if then.get(name) != now[name]}
    if "account" in unlike and _held(then) != _held(now):
        return ENGINE
    return CODE if "orders" in unlike else DATA


def _held(leaf: dict[str, dict[str, object]]) -> object:
    """The account without the orders that wait in it, which are decisions."""
    return leaf["account"]["cash"], leaf["account"]["positions"]
