"""Which robots' pages are out of date, and whose turn it is to rebuild them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from functions.store.turns import turn

AnyConnection = Connection[Any]


class DirtyPage(NamedTuple):
    """One undelivered row of the outbox."""

    id: UUID
    slug: str


@contextmanager
def only_builder(connection: AnyConnection) -> Iterator[None]:
    """Wait until nobody else builds the site, then keep the turn for the block."""
    with turn(connection, "publish_site"):
        yield


def waiting(connection: AnyConnection) -> list[DirtyPage]:
    """Return every undelivered row of kind page, in the order they were written."""
    rows = connection.execute(
        """
        SELECT id, payload ->> 'slug' FROM outbox
        WHERE kind = 'page' AND delivered_at IS NULL ORDER BY position
        """
    )
    return [DirtyPage(*row) for row in rows]


def mark_delivered(connection: AnyConnection, pages: Sequence[DirtyPage]) -> None:
    """Close these rows; closing one twice changes nothing."""
    connection.execute(
        """
        UPDATE outbox SET delivered_at = now(), last_error = NULL
        WHERE id = ANY(%s) AND delivered_at IS NULL
        """,
        ([page.id for page in pages],),
    )
