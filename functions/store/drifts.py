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


_DRIFT = """
INSERT INTO drifts (strategy_id, execution_id, user_id, visibility, slot, seq, kind, recorded,
    replayed)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (execution_id, slot) DO NOTHING
"""


def append_drift(database: Database, drift: DriftRow) -> None:
    """Note a drift once for each slot, and mark the execution."""
    keep_drift(database, drift)
    mark = "UPDATE executions SET status = 'drifted' WHERE id = %s"
    database.execute(mark, [drift.execution_id])


def keep_drift(database: Database, drift: DriftRow) -> None:
    """Note a drift once for each slot; the execution goes on."""
    database.execute(_DRIFT, drift)
