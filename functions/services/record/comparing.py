"""A replay laid beside the record: equal, or where and why they part."""

import json
from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import NamedTuple

from functions.services.record.leaf import Leaf
from functions.services.record.rows import Point
from functions.store import proof
from functions.store.appending import Database
from functions.store.leaves import broken_link, read_leaf
from functions.store.proof import Stored, decision_line
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


class Lines(NamedTuple):
    """The lines of a segment's rows, each table's in order."""

    segment: str
    decisions: list[str]
    trades: list[str]
    points: list[str]

    def all(self) -> list[str]:
        """Return them in the order in which they are hashed."""
        return [self.segment, *self.decisions, *self.trades, *self.points]

    def then(self, later: "Lines") -> "Lines":
        """Return these rows' lines followed by those of later rows of the segment."""
        mine, others = self[1:], later[1:]
        return Lines(self.segment, *(a + b for a, b in zip(mine, others, strict=True)))


def lines_of(segment: Segment, rows: Replayed, backfilled: Collection[int]) -> Lines:
    """Write rows as the store would; backfilled: the seqs of those marked so."""
    slots = zip(rows.leaves, rows.points, strict=True)
    decisions = [
        decision_line(
            (leaf.seq, leaf.slot, segment.id),
            point.seconds,
            (leaf.tape, leaf.hash, leaf.seq in backfilled),
        )
        for leaf, point in slots
    ]
    trades = [proof.trade_line(trade) for trade in rows.trades]
    points = [point.line() for point in rows.points]
    return Lines(proof.segment_line(segment), decisions, trades, points)


def changed_rows(database: Database, record: Record, stored: Stored, last: int) -> Drift | None:
    """Say which rows are not those that an advance wrote, as far as no replay is needed for it.

    last: the seq up to which the chain of leaves is followed.
    """
    segment, head = record.segment, record.head
    broken = broken_link(database, record.owner.execution_id, last) if last else None
    if broken is not None:
        return _data(record, f"the chain of leaves up to {last}", f"is broken at {broken}")
    nothing = proof.digest_of([])
    if stored.closed != (segment.closing or nothing):
        told = f"the rows before segment {segment.number} have {stored.closed}"
        return _data(record, segment.closing or nothing, told)
    if stored.trades != record.robot.trade_count:
        return _data(record, f"{record.robot.trade_count} trades", f"{stored.trades} trades")
    expected = head.digest or proof.digest_of([proof.segment_line(segment)])
    if stored.current != expected:
        told = f"the rows of segment {segment.number} have {stored.current}"
        return _data(record, expected, told)
    return None


def difference(
    database: Database, record: Record, known: Replayed, lines: Lines, stored: Stored
) -> Drift | None:
    """Compare all that is recorded of the segment with the same rows replayed."""
    changed = changed_rows(database, record, stored, _closed(record.segment))
    replayed = lines.all()
    if stored.current == proof.digest_of(replayed):
        return changed
    pairs = zip_longest(proof.stored_lines(database, record), replayed, fillvalue="nothing")
    parted = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if changed or parted is None:
        return _data(record, *parted) if parted else changed
    return _drift(database, record, known, *parted)


def _closed(segment: Segment) -> int:
    # The replay follows the chain from the segment's first leaf, which names the one before it.
    return segment.first_seq if segment.number > 1 else 0


def _data(record: Record, recorded: str, replayed: str) -> Drift:
    return Drift(record.head.seq, record.head.slot or "", DATA, recorded, replayed)


def _drift(
    database: Database, record: Record, known: Replayed, recorded: str, replayed: str
) -> Drift:
    """The rows are as they were written, so what parts them is how they were worked out."""
    if not replayed.startswith("decision|"):
        return Drift(record.head.seq, record.head.slot or "", ENGINE, recorded, replayed)
    seq = int(replayed.split("|")[1])
    now = known.leaves[seq - record.segment.first_seq]
    then = read_leaf(database, record.owner.execution_id, seq)
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
