"""The API's connections to PostgreSQL: kept for the life of the process, opened when needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg import OperationalError, connect, sql
from psycopg.rows import dict_row

from functions.store.reading.rows import Reading

_BEGIN = sql.SQL(
    "BEGIN {kind};"
    "SET LOCAL TIME ZONE 'UTC';"
    "SET LOCAL statement_timeout = {timeout};"
    "SELECT set_config('app.user_id', {user}, true)"
)
_READING = sql.SQL("ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_WRITING = sql.SQL("ISOLATION LEVEL READ COMMITTED, READ WRITE")


class Database:
    """Where routes read, the replica when there is one, and where the few that write do.

    Not for two threads at once: a request has the connection to itself.
    """

    def __init__(self, url: str, replica_url: str = "", *, timeout_ms: int = 5_000) -> None:
        self._written = _Link(url, timeout_ms)
        self._read = _Link(replica_url, timeout_ms) if replica_url else self._written

    @classmethod
    def from_environment(cls) -> "Database":
        """Take DATABASE_URL and DATABASE_REPLICA_URL; nothing is opened before the first use."""
        return cls(os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_REPLICA_URL", ""))

    @contextmanager
    def reading(self, user_id: UUID | None = None) -> Iterator[Reading]:
        """Read in one transaction and one snapshot, seeing what this user may see.

        user_id: None is a stranger, who sees public rows only.
        OperationalError when the database does not answer, or not in time.
        """
        connection = self._read.begun(_READING, user_id)
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.execute("COMMIT", prepare=False)

    @contextmanager
    def writing(self, user_id: UUID | None = None) -> Iterator[Reading]:
        """Write in one transaction, never on the replica; an error leaves nothing of it."""
        connection = self._written.begun(_WRITING, user_id)
        try:
            yield connection
        except BaseException:
            if not connection.closed:
                connection.execute("ROLLBACK", prepare=False)
            raise
        connection.execute("COMMIT", prepare=False)

    def close(self) -> None:
        """Close the connections; the next request opens others."""
        self._written.close()
        self._read.close()


class _Link:
    """One connection, opened anew when it broke while nobody used it."""

    def __init__(self, url: str, timeout_ms: int) -> None:
        self._url = url
        self._timeout = sql.Literal(timeout_ms)
        self._connection: Reading | None = None

    def begun(self, kind: sql.SQL, user_id: UUID | None) -> Reading:
        user = sql.Literal(str(user_id) if user_id else "")
        begin = _BEGIN.format(kind=kind, timeout=self._timeout, user=user)
        if self._connection is not None:
            try:
                self._connection.execute(begin, prepare=False)
            except OperationalError:
                self.close()
            else:
                return self._connection
        self._connection = self._opened()
        self._connection.execute(begin, prepare=False)
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> Reading:
        if not self._url:
            raise OperationalError("DATABASE_URL is not set; give the API's own postgresql:// URL")
        return connect(
            self._url,
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=None,  # a pooler may hand the next statement to another server
            connect_timeout=3,
            tcp_user_timeout=5_000,
            application_name="robotplug-api",
        )
