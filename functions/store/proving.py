"""A record whole, row by row, for those who check it against what it follows from."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.sql import SQL

from functions.store import latest
from functions.store.appending import Database
from functions.store.records import DecisionRow, SegmentRow

_ROBOT = "SELECT id FROM strategies WHERE slug = %(name)s OR id::text = %(name)s"
_DECISIONS = f"""
SELECT {", ".join(DecisionRow._fields)} FROM decisions WHERE execution_id = %s ORDER BY seq
"""  # noqa: S608 - own names
_SEGMENTS = f"""
SELECT {", ".join(SegmentRow._fields)} FROM segments WHERE execution_id = %s ORDER BY number
"""  # noqa: S608 - own names
_VERSIONS = "SELECT hash, code, source, parameters FROM strategy_versions WHERE strategy_id = %s"
_SOURCE = "SELECT source FROM strategy_versions WHERE strategy_id = %s AND code = %s LIMIT 1"
_STRANGERS = """
SELECT t.slot, 'bar ' || m.symbol || ' ' || to_char(m.timestamp AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), m.data_source || ', ' || m.bar_length
FROM tapes t CROSS JOIN LATERAL unnest(t.bars) r (id) JOIN market_data m ON m.id = r.id
WHERE t.hash = ANY(%(hashes)s) AND (m.data_source, m.bar_length) <> (%(series)s, %(bar)s)
UNION ALL
SELECT t.slot, 'bar ' || m.symbol || ' ' || m.timestamp::date, 'no session or second'
FROM tapes t CROSS JOIN LATERAL unnest(t.bars) r (id) JOIN market_data m ON m.id = r.id
WHERE t.hash = ANY(%(hashes)s) AND m.timestamp <>
    date_trunc(CASE m.bar_length WHEN '1d' THEN 'day' ELSE 'second' END, m.timestamp, 'UTC')
UNION ALL
SELECT t.slot, a.kind || ' ' || a.symbol || ' ' || a.ex_date, a.data_source
FROM tapes t CROSS JOIN LATERAL unnest(t.actions) r (id) JOIN corporate_actions a ON a.id = r.id
WHERE t.hash = ANY(%(hashes)s) AND a.data_source <> %(source)s
ORDER BY 1, 2
"""
_GONE = """
SELECT t.slot, count(*) FROM tapes t
CROSS JOIN LATERAL (
    SELECT id, 'bar' AS kind FROM unnest(t.bars) id UNION ALL
    SELECT id, 'action' FROM unnest(t.actions) id) r
WHERE t.hash = ANY(%s) AND NOT CASE r.kind
    WHEN 'bar' THEN EXISTS (SELECT FROM market_data m WHERE m.id = r.id)
    ELSE EXISTS (SELECT FROM corporate_actions a WHERE a.id = r.id) END
GROUP BY t.slot ORDER BY t.slot
"""
_RUN = """
SELECT e.id FROM executions e JOIN strategies s ON s.id = e.strategy_id
WHERE e.id::text = %(name)s
    OR s.slug = %(name)s AND e.kind = 'backtest' AND e.status = 'finished'
ORDER BY e.created_at DESC, e.id LIMIT 1
"""
_IDENTITY = "SELECT identity, identity_content FROM executions WHERE id = %s"
_RESTATED = """
SELECT m.symbol, m.timestamp::date::text, r.version, max(v.version)
FROM tapes t CROSS JOIN LATERAL unnest(t.bars, t.versions) r (id, version)
JOIN bar_versions v ON v.market_data_id = r.id AND v.version > r.version
JOIN market_data m ON m.id = r.id
WHERE t.hash = %s GROUP BY m.symbol, m.timestamp, r.version ORDER BY m.timestamp, m.symbol
"""
_METRICS = """
SELECT metric_name, calculation_time, period_start, period_end, metric_value, low, high,
    sample_size, method, strategy_id, execution_id, user_id, visibility
FROM performance_metrics WHERE execution_id = %s ORDER BY calculation_time, metric_name
"""
_EXECUTION = SQL("""
SELECT e.user_id, e.visibility, e.status, e.period_start, e.period_end, {latest}
FROM executions AS e WHERE e.id = %s
""").format(latest=latest.COLUMNS)
_WRITTEN = "SELECT seq, created_at FROM decisions WHERE execution_id = %s"


def robot_named(database: Database, name: str) -> UUID | None:
    """Return the robot with this slug or id."""
    row = database.execute(_ROBOT, {"name": name}).fetchone()
    return row[0] if row else None


def decisions_of(database: Database, execution_id: UUID) -> list[DecisionRow]:
    """Return all decisions as stored, by seq."""
    return [DecisionRow(*row) for row in database.execute(_DECISIONS.encode(), [execution_id])]


def segments_of(database: Database, execution_id: UUID) -> list[SegmentRow]:
    """Return all segments as stored, by number."""
    return [SegmentRow(*row) for row in database.execute(_SEGMENTS.encode(), [execution_id])]


def source_of(database: Database, strategy_id: UUID, code: str) -> str | None:
    """Return the source that a robot's version of this code keeps, whatever its hash is now."""
    row = database.execute(_SOURCE, [strategy_id, code]).fetchone()
    return row[0] if row else None


def versions_of(database: Database, strategy_id: UUID) -> list[tuple[str, str, str, Any]]:
    """Return what a robot has run: of each version its hash, code, source and parameters."""
    return sorted(database.execute(_VERSIONS, [strategy_id]).fetchall(), key=itemgetter(0))


def strangers(
    database: Database, hashes: Sequence[str], feed: tuple[str, str, str]
) -> list[tuple[str, str, str]]:
    """Return what tape entries refer to that is no bar or action of theirs: slot, what, whose.

    feed: the provider, the name of its series, the bar length.
    """
    names = dict(zip(("source", "series", "bar"), feed, strict=True))
    return database.execute(_STRANGERS, {**names, "hashes": list(hashes)}).fetchall()


def gone(database: Database, hashes: Sequence[str]) -> dict[str, int]:
    """Return how many bars and actions that tape entries refer to are not there, by slot."""
    return dict(database.execute(_GONE, [list(hashes)]).fetchall())


def run_named(database: Database, name: str) -> UUID | None:
    """Return the run with this id, or the newest finished backtest of the robot of this slug."""
    row = database.execute(_RUN, {"name": name}).fetchone()
    return row[0] if row else None


def identity_of(database: Database, execution_id: UUID) -> tuple[str | None, dict[str, Any] | None]:
    """Return a run's identity and what it is the hash of, where that was kept."""
    row = database.execute(_IDENTITY, [execution_id]).fetchone()
    return (row[0], row[1]) if row else (None, None)


def restated_on(database: Database, tape: str) -> list[tuple[str, str, int, int]]:
    """Return the bars of an entry told differently since: symbol, day, version read and newest."""
    return database.execute(_RESTATED, [tape]).fetchall()


def metrics_of(database: Database, execution_id: UUID) -> list[dict[str, Any]]:
    """Return a run's kept metrics, by moment and name."""
    with database.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_METRICS, [execution_id]).fetchall()


def execution_of(database: Database, execution_id: UUID) -> dict[str, Any]:
    """Return what an execution says of its run: whose it is, how far it came, latest metrics."""
    with database.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_EXECUTION, [execution_id]).fetchone()
    return latest.told(row) if row else {}


def written_at(database: Database, execution_id: UUID) -> dict[int, datetime]:
    """Return when each decision was written, by seq; those of one advance share the instant."""
    return dict(database.execute(_WRITTEN, [execution_id]).fetchall())
