"""A replay laid beside the record: equal, or where and why they part."""

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from functions.services.record.leaf import Leaf, leaf_hash
from functions.services.record.rows import Point
from functions.store import proof
from functions.store.appending import Database
from functions.store.leaves import read_leaf
from functions.store.proof import Stretch, decision_line
from functions.store.records import Record
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


def difference(database: Database, record: Record, known: Replayed) -> Drift | None:
    """Compare all that is recorded of the segment with the same rows replayed."""
    trades = known.trades
    stretch = Stretch(
        record.owner.execution_id,
        record.segment.first_seq,
        record.head.seq,
        trades[0].sequence if trades else record.robot.trade_count + 1,
        record.robot.trade_count,
    )
    segment = record.segment.id
    slots = zip(known.leaves, known.points, strict=True)
    lines = [
        *(
            decision_line(leaf.seq, leaf.slot, segment, point.seconds, (leaf.tape, leaf.hash))
            for leaf, point in slots
        ),
        *(proof.trade_line(trade) for trade in trades),
        *(point.line() for point in known.points),
    ]
    if proof.stored_digest(database, stretch) == proof.digest_of(lines):
        return None
    stored = proof.stored_lines(database, stretch)
    pairs = zip_longest(stored, lines, fillvalue="nothing")
    recorded, replayed = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    return _drift(database, record, known, recorded, replayed)


def _drift(
    database: Database, record: Record, known: Replayed, recorded: str, replayed: str
) -> Drift:
    if not replayed.startswith("decision|"):
        slot = record.head.slot or ""
        return Drift(record.head.seq, slot, DATA, recorded, replayed)
    seq = int(replayed.split("|")[1])
    now = known.leaves[seq - record.segment.first_seq]
    then = read_leaf(database, record.owner.execution_id, seq)
    if then is None or leaf_hash(then.leaf.encode()) != then.hash or then.leaf == now.text:
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
