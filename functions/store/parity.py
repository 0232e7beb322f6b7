"""How a record was checked: its advances, what they found, and what was never recorded.

An advance is a decision with a digest, the last one of its transaction. Before it was written,
the segment up to the head before it was worked out anew and laid beside the record.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import class_row
from psycopg.sql import SQL, Composed

from functions.store import parity_queries as queries
from functions.store.publication import AnyConnection, Row


class TotalsRow(NamedTuple):
    """What all advances of a record add up to.

    All but slots is inferred from where the advances ended. advances_replayed: those before
    which there was something to work out anew. slots_replayed: what they worked out, each slot as
    often as it was. advances_equal, slots_equal: the same, where no difference was found; of an
    advance that found one no slot counts as equal. backfilled, skips, late: how many slots; late:
    those of the skips that were recorded after all.
    """

    execution_id: UUID
    status: str
    slots: int
    advances: int
    advances_replayed: int
    advances_equal: int
    slots_replayed: int
    slots_equal: int
    backfilled: int
    drifts: int
    skips: int
    late: int
    checked_at: datetime | None


CHECKED = ("advances_replayed", "advances_equal", "slots_replayed", "slots_equal")
"""What is counted of the advances beside how many there are."""


class AdvanceRow(NamedTuple):
    """One advance: up to which slot, how many it added, how many it worked out anew before."""

    execution_id: UUID
    seq: int
    slot: str
    slots: int
    slots_replayed: int
    at: datetime


class RangeRow(NamedTuple):
    """Slots in a row that were caught up later than their own close."""

    execution_id: UUID
    first: str
    last: str
    slots: int


class DriftedRow(NamedTuple):
    """Where a replay left the record, and what each of them says."""

    execution_id: UUID
    seq: int
    slot: str
    kind: str
    at: datetime
    recorded: str
    replayed: str


class SkipRow(NamedTuple):
    """A due slot that was not recorded when it was; late: whether it has been since."""

    execution_id: UUID
    slot: str
    kind: str
    reason: str
    attempts: int
    at: datetime
    late: bool


class RestatedRow(NamedTuple):
    """A bar of the record's tape that the provider tells differently since."""

    execution_id: UUID
    symbol: str
    bar_length: str
    starts: datetime
    version_read: int
    version_now: int
    seen_at: datetime
    reason: str


class SegmentRow(NamedTuple):
    """A stretch of record under one code, parameters, rules and options."""

    execution_id: UUID
    number: int
    first_seq: int
    reason: str
    rules: str


class ParityRows(NamedTuple):
    """All that is known of how one record was checked; each list newest first."""

    totals: TotalsRow
    advances: Sequence[AdvanceRow]
    backfilled: Sequence[RangeRow]
    drifts: Sequence[DriftedRow]
    skips: Sequence[SkipRow]
    restated: Sequence[RestatedRow]
    segments: Sequence[SegmentRow]


def parity_rows(connection: AnyConnection, execution_ids: Iterable[UUID]) -> dict[UUID, ParityRows]:
    """Return how each of these records was checked."""
    ids = list(execution_ids)
    totals = _read(connection, TotalsRow, queries.TOTALS, ids)
    advances = _grouped(connection, AdvanceRow, queries.NEWEST, ids)
    ranges = _grouped(connection, RangeRow, queries.RANGES, ids)
    drifts = _grouped(connection, DriftedRow, queries.DRIFTS, ids)
    skips = _grouped(connection, SkipRow, queries.SKIPS, ids)
    restated = _grouped(connection, RestatedRow, queries.RESTATED, ids)
    segments = _grouped(connection, SegmentRow, queries.SEGMENTS, ids)
    return {
        each.execution_id: ParityRows(
            each,
            advances[each.execution_id],
            ranges[each.execution_id],
            drifts[each.execution_id],
            skips[each.execution_id],
            restated[each.execution_id],
            segments[each.execution_id],
        )
        for each in totals
    }


def _grouped(
    connection: AnyConnection, kind: type[Row], query: SQL | Composed, ids: list[UUID]
) -> defaultdict[UUID, list[Row]]:
    groups: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in _read(connection, kind, query, ids):
        groups[row[0]].append(row)  # type: ignore[index]  # every such row names its run first
    return groups


def _read(
    connection: AnyConnection, kind: type[Row], query: SQL | Composed, ids: list[UUID]
) -> list[Row]:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, {"ids": ids}).fetchall()
