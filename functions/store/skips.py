"""Slots that were due and not recorded, each with its reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from functions.store.appending import Database

WAITING, FAILED, DRIFTED = "waiting", "failed", "drifted"


class SkipRow(NamedTuple):
    """A row of `skips`: why a slot was not recorded when it was due.

    kind: "waiting" for bars, "failed" where the strategy or its data raised, or "drifted".
    """

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    slot: str
    closes_at: datetime
    kind: str
    reason: str


_NOTE = """
INSERT INTO skips (strategy_id, execution_id, user_id, visibility, slot, closes_at, kind, reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (execution_id, slot) DO UPDATE SET kind = EXCLUDED.kind, reason = EXCLUDED.reason,
    attempts = skips.attempts + 1, updated_at = now()
"""


def note_skips(database: Database, rows: Sequence[SkipRow]) -> None:
    """Keep why slots were not recorded; a later reason replaces the earlier one."""
    with database.cursor() as cursor:
        cursor.executemany(_NOTE, rows)
