"""Runs: queued, worked on, finished; and how far a record has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from functions.store.appending import Database
from functions.store.records import Owner

OPEN = ("queued", "running")


class Job(NamedTuple):
    """An execution to be worked on, with what its robot asks for."""

    owner: Owner
    kind: str
    status: str
    request: dict[str, Any]
    slug: str
    strategy_code: str
    created_at: datetime


class Result(NamedTuple):
    """How an execution ended well."""

    identity: str
    trade_count: int
    period_start: datetime
    period_end: datetime


_JOB = """
SELECT e.strategy_id, e.id, e.user_id, e.visibility, e.kind, e.status, e.request, s.slug,
    s.strategy_code, e.created_at
FROM executions e JOIN strategies s ON s.id = e.strategy_id WHERE e.id = %s
"""
_START = """
UPDATE executions SET status = 'running', started_at = COALESCE(started_at, now())
WHERE id = %s AND status IN ('queued', 'running')
"""
_PROGRESS = "UPDATE executions SET progress = %s WHERE id = %s AND status = 'running'"
_FINISH = """
UPDATE executions SET status = 'finished', progress = 1, identity = %s, trade_count = %s,
    period_start = %s, period_end = %s, finished_at = now()
WHERE id = %s
"""
_FAIL = """
UPDATE executions SET status = 'failed', error = %s, finished_at = now()
WHERE id = %s AND status IN ('queued', 'running')
"""
_ADVANCE = """
UPDATE executions SET status = 'running', decision_count = %(seq)s, trade_count = %(trades)s,
    progress = 0, started_at = COALESCE(started_at, now()),
    period_start = COALESCE(period_start, %(first)s), period_end = %(last)s
WHERE id = %(id)s
"""


def read_job(database: Database, execution_id: UUID) -> Job | None:
    """Return an execution, or None where there is none."""
    row = database.execute(_JOB, [execution_id]).fetchone()
    return None if row is None else Job(Owner(*row[:4]), *row[4:])


def start(database: Database, execution_id: UUID) -> bool:
    """Mark as running; False where it has ended."""
    return database.execute(_START, [execution_id]).rowcount == 1


def set_progress(database: Database, execution_id: UUID, share: float) -> None:
    """Say how much is done, from 0 to 1."""
    database.execute(_PROGRESS, [round(share, 2), execution_id])


def lock_open(database: Database, execution_id: UUID) -> bool:
    """Lock until the transaction ends; False where it has ended."""
    query = "SELECT status FROM executions WHERE id = %s FOR UPDATE"
    row = database.execute(query, [execution_id]).fetchone()
    return row is not None and row[0] in OPEN


def finish(database: Database, execution_id: UUID, result: Result) -> None:
    """Mark as finished."""
    database.execute(_FINISH, (*result, execution_id))


def fail(database: Database, execution_id: UUID, error: str) -> None:
    """Mark as failed, with what its author can do about it; an ended one stays as it is."""
    database.execute(_FAIL, (error, execution_id))


def advance(database: Database, execution_id: UUID, to: Mapping[str, Any]) -> None:
    """Move a paper execution on; to: seq, trades (both totals), first and last close."""
    database.execute(_ADVANCE, {**to, "id": execution_id})
