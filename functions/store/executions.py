"""Runs: queued, worked on, finished; and how far a record has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.store.appending import Database, as_json
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
    """How an execution ended well; identity_content: what the identity is the hash of."""

    identity: str
    identity_content: dict[str, Any]
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
UPDATE executions SET status = 'finished', progress = 1, identity = %s,
    identity_content = %s, trade_count = %s, period_start = %s, period_end = %s, finished_at = now()
WHERE id = %s
"""
_FAIL = """
UPDATE executions SET status = 'failed', error = %s, finished_at = now()
WHERE id = %s AND status IN ('queued', 'running')
"""
_ADVANCE = """
UPDATE executions e SET status = 'running', decision_count = w.seq, trade_count = w.trades,
    progress = 0, started_at = COALESCE(started_at, now()),
    period_start = COALESCE(period_start, w.first), period_end = w.last,
    latest_metrics = COALESCE(w.latest, latest_metrics),
    metrics_time = COALESCE(w.measured, metrics_time),
    metrics_start = COALESCE(w.measured_from, metrics_start),
    metrics_end = COALESCE(w.measured_to, metrics_end)
FROM jsonb_to_recordset(%s) AS w (id uuid, seq int, trades int, first timestamptz,
    last timestamptz, latest jsonb, measured timestamptz, measured_from timestamptz,
    measured_to timestamptz)
WHERE e.id = w.id
"""


class Progress(NamedTuple):
    """How far a paper execution has come; seq and trades are totals.

    first, last: closes of the first and last slot that were added. latest: its metrics, None
    where they stay as they are. measured: when they were, and of which period.
    """

    id: UUID
    seq: int
    trades: int
    first: datetime
    last: datetime
    latest: Mapping[str, Any] | None
    measured: datetime | None = None
    measured_from: datetime | None = None
    measured_to: datetime | None = None


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
    identity, content, *rest = result
    database.execute(_FINISH, (identity, Jsonb(content), *rest, execution_id))


def fail(database: Database, execution_id: UUID, error: str) -> None:
    """Mark as failed, with what its author can do about it; an ended one stays as it is."""
    database.execute(_FAIL, (error, execution_id))


def advance(database: Database, to: Sequence[Progress]) -> None:
    """Move paper executions on."""
    database.execute(_ADVANCE, [as_json(to)])
