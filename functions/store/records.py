"""The record of a robot: its segments, decisions and equity, read at the head, appended to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from functions.store.appending import Database, append


class Owner(NamedTuple):
    """The columns with which every row of a run begins."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str


class Robot(NamedTuple):
    """A row of `strategies` with its paper execution; the counts are what was recorded so far."""

    slug: str
    strategy_code: str
    config: dict[str, Any]
    registered_at: datetime
    trade_count: int
    decision_count: int


class Segment(NamedTuple):
    """A stretch of record under one code, parameters, rules and options.

    history: the tape's hash where it begins. prev: the leaf hash before it. opening: the account
    it begins with, as `Account.to_dict` gives it.
    """

    id: UUID
    number: int
    first_seq: int
    history: str
    prev: str
    code: str
    parameters: dict[str, Any]
    rules: str
    options: dict[str, Any]
    opening: dict[str, Any]


class Head(NamedTuple):
    """The newest decision; before the first one seq is 0 and there is no leaf."""

    seq: int
    slot: str | None
    closes_at: datetime
    hash: str
    tape: str
    leaf: str | None


class Record(NamedTuple):
    """All that advancing a robot starts from, read in one statement."""

    owner: Owner
    robot: Robot
    segment: Segment
    head: Head


class DecisionRow(NamedTuple):
    """A row of `decisions`."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    segment_id: UUID
    seq: int
    slot: str
    closes_at: datetime
    tape: str
    leaf: str
    hash: str
    backfilled: bool


class EquityRow(NamedTuple):
    """A row of `equity_points`: what a run was worth after one session."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    sequence: int
    time: datetime
    equity: Decimal
    cash: Decimal


class SegmentRow(NamedTuple):
    """A row of `segments`."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    id: UUID
    number: int
    first_seq: int
    history: str
    prev: str
    code: str
    parameters: dict[str, Any]
    rules: str
    options: dict[str, Any]
    opening: dict[str, Any]
    reason: str


class DriftRow(NamedTuple):
    """A row of `drifts`: where a replay left the record, and what each of them says."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    slot: str
    seq: int
    kind: str
    recorded: str
    replayed: str


_READ = """
SELECT s.id, e.id, s.user_id, s.visibility,
    s.slug, s.strategy_code, s.config, s.registered_at, e.trade_count,
    e.decision_count,
    g.id, g.number, g.first_seq, g.history, g.prev, g.code, g.parameters, g.rules, g.options,
    g.opening,
    COALESCE(d.seq, 0), d.slot, COALESCE(d.closes_at, s.registered_at), COALESCE(d.hash, g.prev),
    COALESCE(d.tape, g.history), d.leaf
FROM strategies s
JOIN executions e ON e.strategy_id = s.id AND e.kind = 'paper'
JOIN LATERAL (
    SELECT * FROM segments WHERE execution_id = e.id ORDER BY number DESC LIMIT 1
) g ON true
LEFT JOIN LATERAL (
    SELECT * FROM decisions WHERE execution_id = e.id ORDER BY seq DESC LIMIT 1
) d ON true
WHERE s.id = ANY(%s) ORDER BY s.id
"""
_HEAD = """
SELECT seq, hash FROM decisions WHERE execution_id = %s ORDER BY seq DESC LIMIT 1
"""
_DRIFT = """
INSERT INTO drifts (strategy_id, execution_id, user_id, visibility, slot, seq, kind, recorded,
    replayed)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (execution_id, slot) DO NOTHING
"""


def read_records(database: Database, robots: Sequence[UUID]) -> list[Record]:
    """Return the records of these robots, as far as they have one, by id."""
    rows = database.execute(_READ, [list(robots)]).fetchall()
    return [_record(row) for row in rows]


def _record(row: tuple[Any, ...]) -> Record:
    return Record(Owner(*row[:4]), Robot(*row[4:10]), Segment(*row[10:20]), Head(*row[20:26]))


def lock_name(database: Database, slug: str) -> None:
    """Let nobody else register this name until the transaction ends."""
    database.execute("SELECT pg_advisory_xact_lock(hashtext('robot ' || %s))", [slug])


def lock_at(database: Database, record: Record) -> bool:
    """Lock the robot until the transaction ends; False where the head has moved since."""
    lock = "SELECT id FROM strategies WHERE id = %s FOR UPDATE"
    database.execute(lock, [record.owner.strategy_id])
    found = database.execute(_HEAD, [record.owner.execution_id]).fetchone()
    return (found or (0, record.head.hash)) == (record.head.seq, record.head.hash)


def append_segment(database: Database, owner: Owner, segment: Segment, reason: str) -> None:
    """Open a segment."""
    append(database, "segments", [SegmentRow(*owner, **segment._asdict(), reason=reason)])


def append_drift(database: Database, drift: DriftRow) -> None:
    """Note a drift once for each slot, and mark the execution."""
    database.execute(_DRIFT, drift)
    mark = "UPDATE executions SET status = 'drifted' WHERE id = %s"
    database.execute(mark, [drift.execution_id])
