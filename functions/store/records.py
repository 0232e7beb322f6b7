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
    """A row of `strategies` with its paper execution; the counts are what was recorded so far.

    request: what was asked for when it was registered, which nobody may change.
    """

    slug: str
    strategy_code: str
    config: dict[str, Any]
    registered_at: datetime
    trade_count: int
    decision_count: int
    request: dict[str, Any]


class Segment(NamedTuple):
    """A stretch of record under one code, parameters, rules and options.

    history: the tape's hash where it begins. prev: the leaf hash before it. opening: the account
    it begins with, as `Account.to_dict` gives it. first_trade: the sequence of its first trade.
    closing: the digest of all rows that lie before it, none for the first segment.
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
    first_trade: int = 1
    closing: str | None = None
    reason: str = "registered"


class Head(NamedTuple):
    """The newest decision; before the first one seq is 0, and there is no leaf and no digest.

    digest: of the segment's rows up to here, as the advance that brought it wrote them.
    """

    seq: int
    slot: str | None
    closes_at: datetime
    hash: str
    tape: str
    leaf: str | None
    digest: str | None


class Record(NamedTuple):
    """All that advancing a robot starts from, read in one statement."""

    owner: Owner
    robot: Robot
    segment: Segment
    head: Head


class DecisionRow(NamedTuple):
    """A row of `decisions`; digest: only in the last row that an advance brings."""

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
    digest: str | None


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
    """A row of `segments`: its owner's columns, then its own."""

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
    first_trade: int
    closing: str | None
    reason: str


_READ = """
SELECT s.id, e.id, s.user_id, s.visibility,
    s.slug, s.strategy_code, s.config, s.registered_at, e.trade_count,
    e.decision_count, e.request,
    g.id, g.number, g.first_seq, g.history, g.prev, g.code, g.parameters, g.rules, g.options,
    g.opening, g.first_trade, g.closing, g.reason,
    COALESCE(d.seq, 0), d.slot, COALESCE(d.closes_at, s.registered_at), COALESCE(d.hash, g.prev),
    COALESCE(d.tape, g.history), d.leaf, d.digest
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


def read_records(database: Database, robots: Sequence[UUID]) -> list[Record]:
    """Return the records of these robots, as far as they have one, by id."""
    rows = database.execute(_READ, [list(robots)]).fetchall()
    return [_record(row) for row in rows]


def _record(row: tuple[Any, ...]) -> Record:
    return Record(Owner(*row[:4]), Robot(*row[4:11]), Segment(*row[11:24]), Head(*row[24:31]))


def lock_name(database: Database, slug: str) -> None:
    """Let nobody else register this name until the transaction ends."""
    database.execute("SELECT pg_advisory_xact_lock(hashtext('robot ' || %s))", [slug])


def append_segment(database: Database, owner: Owner, segment: Segment, reason: str) -> None:
    """Open a segment."""
    append(database, "segments", [segment_row(owner, segment, reason)])


def segment_row(owner: Owner, segment: Segment, reason: str) -> SegmentRow:
    """Return a segment as it is stored, with why it was opened."""
    return SegmentRow(*owner, **segment._replace(reason=reason)._asdict())
