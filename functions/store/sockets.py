"""Who is connected, what opened the connection, and how far each robot has been told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row

from functions.store.appending import Database


class Connected(NamedTuple):
    """An open connection; strategy_id: the robot it watches, None for all public ones."""

    connection_id: str
    strategy_id: UUID | None


_TICKET = """
WITH gone AS (DELETE FROM socket_tickets WHERE expires_at <= now())
INSERT INTO socket_tickets (ticket_hash, expires_at)
VALUES (%s, now() + make_interval(secs => %s)) RETURNING expires_at
"""
_REDEEM = """
DELETE FROM socket_tickets WHERE ticket_hash = %s AND expires_at > now()
"""
_CONNECT = """
WITH gone AS (DELETE FROM socket_connections WHERE expires_at <= now())
INSERT INTO socket_connections (connection_id, strategy_id, expires_at)
VALUES (%s, %s, now() + make_interval(secs => %s))
ON CONFLICT (connection_id) DO NOTHING
"""
_CONNECTED = """
SELECT connection_id, strategy_id FROM socket_connections
WHERE connection_id = %s AND expires_at > now()
"""
_FORGET = "DELETE FROM socket_connections WHERE connection_id = ANY(%s)"
_ANY = "SELECT 1 FROM socket_connections WHERE expires_at > now() LIMIT 1"
# Whoever watches all is told of as many robots as a resume tells of.
_WATCHERS = """
SELECT s.slug, array_agg(c.connection_id)
FROM strategies s JOIN socket_connections c ON c.expires_at > now() AND (
    c.strategy_id = s.id OR c.strategy_id IS NULL AND (
        SELECT count(*) FROM strategies o
        WHERE o.visibility = 'public' AND o.slug COLLATE "C" < s.slug COLLATE "C") < %s)
WHERE s.visibility = 'public' AND s.slug = ANY(%s) GROUP BY s.slug
"""
_BEGIN = """
INSERT INTO socket_pushes (strategy_id, seq, pushed_at)
SELECT id, head - 1, '-infinity' FROM unnest(%s::uuid[], %s::bigint[]) AS new (id, head)
ORDER BY id ON CONFLICT (strategy_id) DO NOTHING
"""
# Locked in order of id, so that nobody waits in a circle.
_CLAIM = """
WITH old AS (
    SELECT strategy_id, seq, pushed_at FROM socket_pushes
    WHERE strategy_id = ANY(%(ids)s::uuid[]) ORDER BY strategy_id FOR UPDATE
)
UPDATE socket_pushes p SET seq = GREATEST(p.seq, new.head), pushed_at = clock_timestamp()
FROM old JOIN unnest(%(ids)s::uuid[], %(heads)s::bigint[]) AS new (id, head)
    ON new.id = old.strategy_id
WHERE p.strategy_id = old.strategy_id
    AND old.pushed_at <= clock_timestamp() - make_interval(secs => %(apart)s)
RETURNING p.strategy_id, old.seq
"""
_DUE_IN = """
SELECT GREATEST(0, extract(epoch FROM
    max(p.pushed_at) + make_interval(secs => %s) - clock_timestamp()))::float8
FROM socket_pushes p JOIN strategies s ON s.id = p.strategy_id WHERE s.slug = ANY(%s)
"""
_COMMITTED = """
SELECT DISTINCT payload ->> 'slug' FROM outbox WHERE kind = 'robot'
    AND CASE WHEN %(only)s::bigint[] IS NULL THEN delivered_at IS NULL
             ELSE position = ANY(%(only)s) END
"""


def add_ticket(database: Database, ticket_hash: str, seconds: float) -> datetime:
    """Keep a ticket's hash for a while, and return until when; ended ones are removed."""
    cursor = database.cursor(row_factory=tuple_row)
    row = cursor.execute(_TICKET, (ticket_hash, seconds)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING of the one row
    expires: datetime = row[0]
    return expires


def redeem(database: Database, ticket_hash: str) -> bool:
    """Use a ticket up; False where it is not, or not any more, good."""
    return database.execute(_REDEEM, [ticket_hash]).rowcount > 0


def connect(database: Database, connected: Connected, seconds: float) -> None:
    """Remember a connection for as long as one may last; ended ones are removed."""
    database.execute(_CONNECT, (*connected, seconds))


def connected(database: Database, connection_id: str) -> Connected | None:
    """Return a connection that has not ended."""
    row = database.execute(_CONNECTED, [connection_id]).fetchone()
    return Connected(*row) if row else None


def forget(database: Database, connection_ids: Sequence[str]) -> None:
    """Remove connections that are closed."""
    database.execute(_FORGET, [list(connection_ids)])


def anybody(database: Database) -> bool:
    """Whether anybody is connected."""
    return database.execute(_ANY).rowcount > 0


def watchers(database: Database, slugs: Sequence[str], most_robots: int) -> dict[str, list[str]]:
    """Return who watches each of these public robots, alone or among the first, in no order."""
    rows = database.execute(_WATCHERS, (most_robots, list(slugs))).fetchall()
    return dict(rows)


def committed(database: Database, only: Sequence[int] | None) -> list[str]:
    """Return the robots that the outbox has news of: at these positions, or all that wait."""
    values = {"only": None if only is None else list(only)}
    return [slug for (slug,) in database.execute(_COMMITTED, values)]


def claim(database: Database, heads: Mapping[UUID, int], apart_seconds: float) -> dict[UUID, int]:
    """Take it on to tell robots up to these seqs; returns up to where each was told before.

    A robot that somebody has told less than so many seconds ago is not among them.
    """
    ids, seqs = list(heads), list(heads.values())
    with database.transaction():
        database.execute(_BEGIN, (ids, seqs))
        values = {"ids": ids, "heads": seqs, "apart": apart_seconds}
        return dict(database.execute(_CLAIM, values).fetchall())


def due_in(database: Database, slugs: Sequence[str], apart_seconds: float) -> float:
    """Return in how many seconds all of these robots may be told of again."""
    row = database.execute(_DUE_IN, (apart_seconds, list(slugs))).fetchone()
    return float(row[0]) if row else 0.0
