"""A replay laid beside the record: equal, or where and why they part."""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from functions.services.market.slots import Slot
from functions.services.record.archive import Archive
from functions.services.record.leaf import Leaf
from functions.services.record.rows import Point
from functions.store import proof
from functions.store.lines import decision_line, segment_line, trade_line
from functions.store.parting import NOTHING, Line, first_parted, parting, read_line
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

    seq, slot: where the row belongs that parts; where no more is known than that one of many
    rows was changed, the last decision among them. kind: "data" where what is stored was
    changed, "code" where the same account led to other orders, "engine" where the same orders
    led to another account. recorded, replayed: the row as each of them tells it, `NOTHING` where
    one of them has none; for more rows than one replayed says in words what is wrong with them.
    """

    seq: int
    slot: str
    kind: str
    recorded: str
    replayed: str

    @property
    def words(self) -> str:
        """Say it in a sentence, with its kind."""
        return f"{self.kind}: {parting(self.kind, self.recorded, self.replayed).words}"


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
    told = f"the chain of leaves is broken at decision {broken}"
    return data_drift(archive, record, broken, f"the chain of leaves up to {last}", told)


def changed_rows(archive: Archive, record: Record, stored: Stored) -> Drift | None:
    """Say which rows are not those that an advance wrote, as far as no replay is needed for it."""
    segment, head = record.segment, record.head.seq
    if not _as_closed(archive, record, stored):
        return _changed_before(archive, record, stored)
    if stored.trades != record.robot.trade_count:
        recorded = f"{record.robot.trade_count} trades"
        told = f"{stored.trades} trades are stored, {recorded} were recorded"
        return data_drift(archive, record, head, recorded, told)
    if not _as_appended(archive, record, stored):
        told = f"a row of segment {segment.number} was changed, its rows now have {stored.current}"
        return data_drift(archive, record, head, _appended(record), told)
    return None


def _changed_before(archive: Archive, record: Record, stored: Stored) -> Drift:
    """Say what is wrong with the rows before a segment, where there may be none."""
    segment = record.segment
    if segment.closing is None:
        added = archive.lines(record, closed=True)[0]
        return data_drift(archive, record, segment.first_seq, added, NOTHING)
    told = f"a row before segment {segment.number} was changed, those rows now have {stored.closed}"
    return data_drift(archive, record, segment.first_seq - 1, segment.closing, told)


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
    parted = first_parted(archive.lines(record), lines.all())
    if changed or parted is None:
        return Drift(*_place(record, known, *parted), DATA, *parted) if parted else changed
    return _drift(archive, record, known, *parted)


def data_drift(archive: Archive, record: Record, seq: int, recorded: str, replayed: str) -> Drift:
    """Return what was changed at a decision; seq: 0 for what lies before the first one."""
    slot = _recorded_slot(archive, record, seq) or record.head.slot or _registered_at(record)
    return Drift(seq, slot, DATA, recorded, replayed)


def tape_drift(archive: Archive, record: Record, slot: str, told: str) -> Drift:
    """Return what was changed of the tape; slot: of its entry, "" where no entry is meant.

    A robot's history lies before its first decision.
    """
    seqs = [line.number for line in _decisions(archive, record) if line.fields["slot"] == slot]
    if not slot:
        return data_drift(archive, record, record.head.seq, record.head.tape, told)
    return Drift(seqs[0] if seqs else 0, slot, DATA, record.head.tape, told)


def _recorded_slot(archive: Archive, record: Record, seq: int) -> str:
    slots = (line.fields["slot"] for line in _decisions(archive, record) if line.number == seq)
    return str(next(slots, ""))


def _decisions(archive: Archive, record: Record) -> Iterator[Line]:
    for closed in (True, False):
        lines = (read_line(text) for text in archive.lines(record, closed=closed))
        yield from (line for line in lines if line and line.table == "decision")


def _registered_at(record: Record) -> str:
    asked = record.robot.request
    return str(Slot(str(asked["calendar"]), str(asked["bar"]), record.robot.registered_at))


def _drift(
    archive: Archive, record: Record, known: Replayed, recorded: str, replayed: str
) -> Drift:
    """The rows are as they were written, so what parts them is how they were worked out."""
    seq, slot = _place(record, known, recorded, replayed)
    if not replayed.startswith("decision|"):
        return Drift(seq, slot, ENGINE, recorded, replayed)
    now = known.leaves[seq - record.segment.first_seq]
    then = archive.leaf(record.owner.execution_id, seq)
    if then is None or then.leaf == now.text:
        return Drift(seq, slot, DATA, recorded, replayed)
    return Drift(seq, slot, _kind(then.leaf, now.text), then.leaf, now.text)


def _place(record: Record, known: Replayed, recorded: str, replayed: str) -> tuple[int, str]:
    """The decision in whose slot the row that parts came about, as the replay has it."""
    line = read_line(replayed) or read_line(recorded)
    if line is None or not known.leaves:
        return record.head.seq, record.head.slot or _registered_at(record)
    at = {"segment": 0, "trade": _filled_in(known, line)}.get(
        line.table, line.number - record.segment.first_seq
    )
    leaf = known.leaves[min(max(at, 0), len(known.leaves) - 1)]
    return leaf.seq, leaf.slot


def _filled_in(known: Replayed, line: Line) -> int:
    """Which of the replayed slots a trade's time is in; an order is filled after its own slot."""
    told = line.fields
    if line.table != "trade" or not told["execution_time"].endswith("Z"):
        return 0
    seconds = datetime.fromisoformat(told["execution_time"]).timestamp()
    at = bisect_left(known.points, seconds, key=lambda point: point.seconds)
    snapshot, slots = told["market_data_snapshot"], [leaf.slot for leaf in known.leaves]
    decided = snapshot.get("decided_in") if isinstance(snapshot, dict) else None
    return max(at, slots.index(decided) + 1) if decided in slots else at


def _kind(recorded: str, replayed: str) -> str:
    then, now = json.loads(recorded), json.loads(replayed)
    unlike = {name for name in now if then.get(name) != now[name]}
    if "account" in unlike and _held(then) != _held(now):
        return ENGINE
    return CODE if "orders" in unlike else DATA


def _held(leaf: dict[str, dict[str, object]]) -> object:
    """The account without the orders that wait in it, which are decisions."""
    return leaf["account"]["cash"], leaf["account"]["positions"]
