"""The API's one connection to PostgreSQL: kept for the life of the process, opened when needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg import OperationalError, connect, sql
from psycopg.rows import dict_row

from functions.store.reading.rows import Reading

_BEGIN = sql.SQL(
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    "SET LOCAL TIME ZONE 'UTC';"
    "SET LOCAL statement_timeout = {timeout};"
    "SELECT set_config('app.user_id', {user}, true)"
)


class Database:
    """Where reading routes read: the replica when there is one.

    Not for two threads at once: a request has the connection to itself.
    """

    def __init__(self, url: str, replica_url: str = "", *, timeout_ms: int = 5_000) -> None:
        self._url = replica_url or url
        self._timeout = sql.Literal(timeout_ms)
        self._connection: Reading | None = None

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
        connection = self._begun(user_id)
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.execute("COMMIT", prepare=False)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _begun(self, user_id: UUID | None) -> Reading:
        begin = _BEGIN.format(
            timeout=self._timeout, user=sql.Literal(str(user_id) if user_id else "")
        )
        if self._connection is not None:
            try:
                self._connection.execute(begin, prepare=False)
            except OperationalError:
                self.close()  # it broke while nobody used it
            else:
                return self._connection
        self._connection = self._opened()
        self._connection.execute(begin, prepare=False)
        return self._connection

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
