"""Who is connected, what opened the connection, and how far each robot has been told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row

from functions.store.appending import Database
from functions.store.publication import snapshot


class Connected(NamedTuple):
    """An open connection; strategy_id: the robot it watches, None for all public ones."""

    connection_id: str
    strategy_id: UUID | None
    user_id: UUID | None


_TICKET = """
WITH gone AS (DELETE FROM socket_tickets WHERE expires_at <= now())
INSERT INTO socket_tickets (ticket_hash, user_id, expires_at)
VALUES (%s, %s, now() + make_interval(secs => %s)) RETURNING expires_at
"""
_REDEEM = """
DELETE FROM socket_tickets WHERE ticket_hash = %s AND expires_at > now() RETURNING user_id
"""
_CONNECT = """
WITH gone AS (DELETE FROM socket_connections WHERE expires_at <= now())
INSERT INTO socket_connections (connection_id, strategy_id, user_id, expires_at)
VALUES (%s, %s, %s, now() + make_interval(secs => %s))
ON CONFLICT (connection_id) DO NOTHING
"""
_CONNECTED = """
SELECT connection_id, strategy_id, user_id FROM socket_connections
WHERE connection_id = %s AND expires_at > now()
"""
_FORGET = "DELETE FROM socket_connections WHERE connection_id = ANY(%s)"
_ANY = "SELECT 1 FROM socket_connections WHERE expires_at > now() LIMIT 1"
# Whoever watches all is told of as many robots as a resume tells of.
_WATCHERS = """
SELECT s.slug, array_agg(c.connection_id ORDER BY c.created_at, c.id)
FROM strategies s JOIN socket_connections c ON c.expires_at > now() AND (
    c.strategy_id = s.id AND (s.visibility = 'public' OR s.user_id = c.user_id)
    OR c.strategy_id IS NULL AND s.visibility = 'public' AND (
        SELECT count(*) FROM strategies o
        WHERE o.visibility = 'public' AND o.slug COLLATE "C" < s.slug COLLATE "C") < %s)
WHERE s.slug = ANY(%s) GROUP BY s.slug
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


@contextmanager
def reading_as(database: Database, user_id: UUID | None) -> Iterator[None]:
    """Read as of one instant, seeing what this user may see; None: what a stranger may."""
    with snapshot(database):
        database.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id or "")])
        yield


def add_ticket(
    database: Database, ticket_hash: str, user_id: UUID | None, seconds: float
) -> datetime:
    """Keep a ticket's hash for a while, and return until when; ended ones are removed."""
    values = (ticket_hash, user_id, seconds)
    row = database.cursor(row_factory=tuple_row).execute(_TICKET, values).fetchone()
    assert row is not None  # noqa: S101 - RETURNING of the one row
    expires: datetime = row[0]
    return expires


def redeem(database: Database, ticket_hash: str) -> tuple[UUID | None] | None:
    """Use a ticket up and return whose it was; None where it is not, or not any more, good."""
    return database.execute(_REDEEM, [ticket_hash]).fetchone()


def connect(database: Database, connected: Connected, seconds: float) -> None:
    """Remember a connection for as long as one may last; ended ones are removed."""
    connection_id, strategy_id, user_id = connected
    database.execute(_CONNECT, (connection_id, strategy_id, user_id, seconds))


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
    """Return who watches each of these robots, alone or among the first public ones."""
    rows = database.execute(_WATCHERS, (most_robots, list(slugs))).fetchall()
    return dict(rows)


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
