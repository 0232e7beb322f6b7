"""What still has to be told to the outside, written in the transaction that made it true."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from functions.store.appending import Database

TAKEN_BY_OTHERS = ("page",)
"""Kinds that wait for a job of their own."""


class Message(NamedTuple):
    """Something to deliver; of equal kind and key the first one stands for all."""

    kind: str
    key: str
    payload: Mapping[str, Any]


class Item(NamedTuple):
    """A message that waits in the outbox."""

    position: int
    kind: str
    key: str
    payload: dict[str, Any]


_PUT = """
INSERT INTO outbox (kind, key, payload)
SELECT kind, key, payload FROM unnest(%s::text[], %s::text[], %s::jsonb[]) WITH ORDINALITY
    AS new (kind, key, payload, place) ORDER BY place
ON CONFLICT (kind, key) DO NOTHING RETURNING kind, key, position
"""
_TAKE = """
SELECT position, kind, key, payload FROM outbox
WHERE delivered_at IS NULL AND kind <> ALL(%(others)s) AND position <> ALL(%(tried)s)
    AND (%(only)s::bigint[] IS NULL OR position = ANY(%(only)s))
ORDER BY attempts, position LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_DONE = "UPDATE outbox SET delivered_at = now(), last_error = NULL WHERE position = ANY(%s)"
_FAILED = "UPDATE outbox SET attempts = attempts + 1, last_error = %s WHERE position = %s"


def put(database: Database, messages: Sequence[Message]) -> list[int]:
    """Add messages; returns the positions of those that were not there yet."""
    return sorted(put_each(database, messages).values())


def put_each(database: Database, messages: Sequence[Message]) -> dict[tuple[str, str], int]:
    """Add messages; returns the position, by kind and key, of those that were not there yet."""
    if not messages:
        return {}
    columns = (
        [message.kind for message in messages],
        [message.key for message in messages],
        [json.dumps(dict(message.payload)) for message in messages],
    )
    return {(kind, key): position for kind, key, position in database.execute(_PUT, columns)}


def any_waiting(database: Database) -> bool:
    """Say whether anything waits that is delivered from here."""
    query = "SELECT 1 FROM outbox WHERE delivered_at IS NULL AND kind <> ALL(%s) LIMIT 1"
    return database.execute(query, [list(TAKEN_BY_OTHERS)]).rowcount > 0


def take(
    database: Database, only: Sequence[int] | None, tried: Sequence[int], limit: int
) -> list[Item]:
    """Lock waiting items until the transaction ends, leaving out what others hold.

    only: take no others. tried: leave these out.
    """
    values = {
        "others": list(TAKEN_BY_OTHERS),
        "tried": list(tried),
        "only": None if only is None else list(only),
        "limit": limit,
    }
    return [Item(*row) for row in database.execute(_TAKE, values)]


def settle(database: Database, items: Sequence[Item], errors: Mapping[int, str]) -> None:
    """Mark taken items as delivered, but those with an error, which keep it."""
    done = [item.position for item in items if item.position not in errors]
    database.execute(_DONE, [done])
    with database.cursor() as cursor:
        cursor.executemany(_FAILED, [(error, position) for position, error in errors.items()])
