"""What each decision of a record brought, and where the robots that can be watched stand."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.sql import SQL

from functions.store import latest
from functions.store.reading.executions import STATUS
from functions.store.reading.rows import Reading, Row, every, one

# The benchmark's own record; head: the newest decision, null before the first.
_ROBOTS = SQL("""
SELECT s.id, s.slug, s.name, {status} AS status, e.id AS execution_id, {latest},
    (SELECT max(d.seq) FROM decisions AS d WHERE d.execution_id = e.id) AS head,
    (s.config ->> 'calendar' = '24/7' OR s.config ->> 'bar' <> '1d') AS contiguous,
    b.id AS benchmark_id
FROM strategies AS s
LEFT JOIN executions AS e ON e.strategy_id = s.id AND e.kind = 'paper'
LEFT JOIN strategies AS r ON r.slug = s.config ->> 'benchmark' AND r.visibility = 'public'
LEFT JOIN executions AS b ON b.strategy_id = r.id AND b.kind = 'paper'
""").format(status=STATUS, latest=latest.COLUMNS)
_ONE = SQL("{robots} WHERE s.id = %(id)s::uuid OR s.slug = %(slug)s::text").format(robots=_ROBOTS)
_PUBLIC = SQL("""
{robots} WHERE s.visibility = 'public' ORDER BY s.slug COLLATE "C" LIMIT %(limit)s
""").format(robots=_ROBOTS)
_NAMED = SQL("""
{robots} WHERE s.visibility = 'public' AND s.slug = ANY (%(slugs)s::text[])
ORDER BY s.slug COLLATE "C"
""").format(robots=_ROBOTS)
_HEADS = SQL("""
SELECT s.slug, (SELECT max(d.seq) FROM decisions AS d WHERE d.execution_id = e.id) AS head
FROM strategies AS s LEFT JOIN executions AS e ON e.strategy_id = s.id AND e.kind = 'paper'
WHERE CASE WHEN %(id)s::uuid IS NULL THEN s.visibility = 'public' ELSE s.id = %(id)s END
ORDER BY s.slug COLLATE "C" LIMIT %(limit)s
""")

_UPDATES = SQL("""
SELECT d.seq, d.slot, d.closes_at, d.hash, d.leaf::jsonb -> 'orders' AS orders,
    round(p.equity, 8)::text AS equity, round(p.cash, 8)::text AS cash,
    round(b.equity * %(scale)s::numeric, 8)::text AS benchmark_equity
FROM decisions AS d
JOIN equity_points AS p ON p.execution_id = d.execution_id AND p.sequence = d.seq
LEFT JOIN equity_points AS b ON b.execution_id = %(benchmark_id)s AND b.time = d.closes_at
WHERE d.execution_id = %(execution_id)s AND d.seq > %(after)s
ORDER BY d.seq LIMIT %(limit)s
""")
_CLOSED = SQL("""
SELECT d.closes_at FROM decisions AS d
WHERE d.execution_id = %(execution_id)s AND d.seq = %(seq)s
""")

# As on the published chart: both are worth the same at the end of the first session both have.
_SCALE = SQL("""
SELECT p.equity / NULLIF(b.equity, 0) AS scale
FROM (
    SELECT date_trunc('day', q.time - interval '1 microsecond', 'UTC') AS began
    FROM equity_points AS q JOIN equity_points AS c ON c.time = q.time
    WHERE q.execution_id = %(execution_id)s AND c.execution_id = %(benchmark_id)s
    ORDER BY q.time LIMIT 1
) AS f
JOIN equity_points AS p
    ON p.execution_id = %(execution_id)s AND p.time > f.began
    AND p.time <= f.began + interval '1 day'
JOIN equity_points AS b ON b.execution_id = %(benchmark_id)s AND b.time = p.time
ORDER BY p.time DESC LIMIT 1
""")

_DRIFT = SQL("""
SELECT x.slot, x.kind FROM drifts AS x
WHERE x.execution_id = %(execution_id)s ORDER BY x.created_at DESC, x.seq DESC LIMIT 1
""")
_WAITING = SQL("""
SELECT k.slot, k.reason FROM skips AS k
WHERE k.execution_id = %(execution_id)s AND k.closes_at > COALESCE(
    (SELECT d.closes_at FROM decisions AS d
     WHERE d.execution_id = k.execution_id ORDER BY d.seq DESC LIMIT 1), '-infinity')
ORDER BY k.closes_at DESC LIMIT 1
""")


def robot(connection: Reading, key: dict[str, str | None]) -> Row | None:
    """Return where one robot stands, if it can be seen; key: its id or its slug."""
    row = one(connection, _ONE, key)
    return None if row is None else latest.told(row)


def public_robots(connection: Reading, limit: int) -> list[Row]:
    """Return where the public robots stand, by slug."""
    return [latest.told(row) for row in every(connection, _PUBLIC, {"limit": limit})]


def named_robots(connection: Reading, slugs: Sequence[str]) -> list[Row]:
    """Return where these robots stand, as far as they are public, by slug."""
    return [latest.told(row) for row in every(connection, _NAMED, {"slugs": list(slugs)})]


def heads(connection: Reading, strategy_id: UUID | None, limit: int) -> dict[str, int | None]:
    """Return the newest seq of one robot, or of every public one, by slug."""
    rows = every(connection, _HEADS, {"id": strategy_id, "limit": limit})
    return {row["slug"]: row["head"] for row in rows}


def updates(connection: Reading, of: Row, after: int, limit: int) -> list[Row]:
    """Return what each decision after a seq brought, the oldest first."""
    runs = {"execution_id": of["execution_id"], "benchmark_id": of["benchmark_id"]}
    scale = one(connection, _SCALE, runs) if of["benchmark_id"] else None
    asked = {**runs, "scale": scale["scale"] if scale else None, "after": after, "limit": limit}
    return every(connection, _UPDATES, asked)


def closed_at(connection: Reading, execution_id: UUID, seq: int) -> Row | None:
    """Return when a decision's slot closed."""
    return one(connection, _CLOSED, {"execution_id": execution_id, "seq": seq})


def newest_drift(connection: Reading, execution_id: UUID) -> Row | None:
    """Return slot and kind of the newest drift."""
    return one(connection, _DRIFT, {"execution_id": execution_id})


def newest_wait(connection: Reading, execution_id: UUID) -> Row | None:
    """Return the newest slot after the head that was due and is not recorded, and why."""
    return one(connection, _WAITING, {"execution_id": execution_id})
