"""One connection kept for the life of a process, opened anew when it broke."""

from time import monotonic
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

from engine.errors import RobotPlugError
from functions.store.connection import without_password

_WAITS_SECONDS = 10
_TRUSTED_SECONDS = 5.0


class KeptConnection(Connection[tuple[Any, ...]]):
    """In autocommit; a `with` block is one transaction (nested: a savepoint) and closes nothing."""

    _open: list[psycopg.Transaction]

    def __enter__(self) -> Self:
        block = psycopg.Transaction(self)
        block.__enter__()
        self.__dict__.setdefault("_open", []).append(block)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.pop().__exit__(kind, error, trace)


class Session:
    """The connection of one process. Prepared statements are off, for a pooler's sake."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: KeptConnection | None = None
        self._used = 0.0

    def connect(self) -> KeptConnection:
        """Return the kept connection, asked first whether it lives where it was long unused.

        RobotPlugError names the server that does not answer.
        """
        now = monotonic()
        unused, self._used = now - self._used, now
        if self._connection is None or not _lives(self._connection, unused):
            self._connection = self._opened()
        return self._connection

    def close(self) -> None:
        """Give the connection back; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> KeptConnection:
        try:
            return KeptConnection.connect(
                self._url,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_WAITS_SECONDS,
                options="-c timezone=UTC",
            )
        except OperationalError as error:
            raise RobotPlugError(
                f"the database {without_password(self._url)} does not answer: "
                f"{str(error).strip()}; check that it runs and that DATABASE_URL names it"
            ) from error


def _lives(connection: KeptConnection, unused_seconds: float) -> bool:
    if connection.closed:
        return False
    if unused_seconds < _TRUSTED_SECONDS or _busy(connection):
        return True
    try:
        connection.execute("SELECT 1")
    except OperationalError:
        connection.close()
        return False
    return True


def _busy(connection: KeptConnection) -> bool:
    return connection.info.transaction_status is not TransactionStatus.IDLE
