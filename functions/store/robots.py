"""Robots: rows of `strategies`, each with its runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from functions.store.appending import Database, append
from functions.store.versions import VersionRow, append_version


class RobotRow(NamedTuple):
    """A row of `strategies`."""

    id: UUID
    user_id: UUID | None
    visibility: str
    name: str
    slug: str
    description: str
    strategy_code: str
    config: dict[str, Any]
    source_public: bool
    registered_at: datetime


class ExecutionRow(NamedTuple):
    """A new row of `executions`."""

    id: UUID
    strategy_id: UUID
    user_id: UUID | None
    visibility: str
    strategy_version_id: UUID
    kind: str
    status: str
    request: dict[str, Any]


_DUE = """
SELECT s.id FROM strategies s JOIN executions e ON e.strategy_id = s.id AND e.kind = 'paper'
WHERE s.status = 'active' AND s.config ->> 'calendar' = %s AND s.config ->> 'bar' = %s
    AND COALESCE(
        (SELECT closes_at FROM decisions WHERE execution_id = e.id ORDER BY seq DESC LIMIT 1),
        s.registered_at) < %s
ORDER BY s.id
"""
_PUBLIC = """
SELECT slug, strategy_code, config FROM strategies
WHERE slug = ANY(%s) AND visibility = 'public'
"""
_COMPARED = """
SELECT s.slug, e.decision_count FROM strategies s
JOIN executions e ON e.strategy_id = s.id AND e.kind = 'paper'
JOIN strategies b ON b.slug = s.config ->> 'benchmark'
JOIN executions f ON f.strategy_id = b.id AND f.kind = 'paper'
WHERE b.slug = %s AND s.visibility = 'public' AND e.period_end >= f.period_end
ORDER BY s.slug
"""


def exists(database: Database, robot: UUID) -> bool:
    """Say whether the robot is registered."""
    return database.execute("SELECT 1 FROM strategies WHERE id = %s", [robot]).rowcount == 1


def append_robot(
    database: Database, robot: RobotRow, version: VersionRow, runs: Sequence[ExecutionRow]
) -> None:
    """Add a robot, what it runs, and its executions."""
    append(database, "strategies", [robot])
    append_version(database, version)
    append(database, "executions", runs)


def due_robots(database: Database, calendar: str, bar: str, before: datetime) -> list[UUID]:
    """Return the active robots whose record ends before an instant, in order of id.

    A robot that drifted is among them: a replay that comes out right again goes on.
    """
    return [row[0] for row in database.execute(_DUE, (calendar, bar, before))]


def public_robots(
    database: Database, slugs: Sequence[str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return strategy code and config of these robots, as far as they are public."""
    found = database.execute(_PUBLIC, [list(slugs)])
    return {slug: (code, config) for slug, code, config in found}


def compared_with(database: Database, slug: str) -> list[tuple[str, int]]:
    """Return the public robots with this benchmark that have recorded its newest slot too.

    Each with the seq of its newest decision.
    """
    return database.execute(_COMPARED, [slug]).fetchall()
