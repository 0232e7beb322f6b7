"""Drifts: where a replay left the record, kept beside it."""

from typing import NamedTuple
from uuid import UUID

from functions.store.appending import Database


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


# The robot is locked by whoever notes a drift of it.
_DRIFT = """
INSERT INTO drifts (strategy_id, execution_id, user_id, visibility, slot, seq, kind, recorded,
    replayed)
SELECT * FROM (VALUES (%s::uuid, %s::uuid, %s::uuid, %s, %s, %s::integer, %s, %s, %s)) AS found
    (strategy_id, execution_id, user_id, visibility, slot, seq, kind, recorded, replayed)
WHERE NOT EXISTS (
    SELECT FROM drifts AS d WHERE (d.execution_id, d.slot, d.recorded, d.replayed)
        = (found.execution_id, found.slot, found.recorded, found.replayed)
)
"""


def append_drift(database: Database, drift: DriftRow) -> None:
    """Note a drift, however often it is found, once, and mark the execution."""
    keep_drift(database, drift)
    mark = "UPDATE executions SET status = 'drifted' WHERE id = %s"
    database.execute(mark, [drift.execution_id])


def keep_drift(database: Database, drift: DriftRow) -> None:
    """Note a drift once; the execution goes on."""
    database.execute(_DRIFT, drift)
