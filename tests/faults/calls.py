"""Every call to the outside, counted; and a process that dies, or is cut off, at one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Literal

import psycopg
import pytest
from botocore.exceptions import ConnectionClosedError

from functions.store import session
from functions.store.session import KeptConnection

Mode = Literal["dies", "cut off before", "cut off after"]


READ = " that only reads"
READING = ("get_", "head_", "paginate")
CHANGES = ("INSERT", "UPDATE", "DELETE", "COPY", "CREATE", "DROP", "LOCK", "SET ", "NOTIFY", "pg_")


class DeathError(BaseException):
    """The process is gone; nothing may catch this, and nothing after it reaches the outside."""


class Calls:
    """Counts calls to PostgreSQL, S3 and SQS; at one of them something happens.

    gone: the server's processes whose clients are gone.

    To die before a call is to die after the one before it: what lies between them, nobody
    outside can see.
    """

    def __init__(self) -> None:
        self.count = 0
        self.names: list[str] = []
        self.dead = False
        self.at, self._mode = 0, "dies"
        self.gone: list[int] = []
        self._open: list[Any] = []
        self._lock = Lock()

    def arm(self, at: int, mode: Mode = "dies") -> None:
        """Begin to count anew. at: the call at which it happens; 0 for none."""
        self.count, self.dead, self.names = 0, False, []
        self.at, self._mode = at, mode
        self._open = [one for one in self._open if not one.closed]

    def opened(self, connection: Any) -> Any:
        if all(one is not connection for one in self._open):
            self._open.append(connection)
        return connection

    def made(self, name: str, call: Callable[[], Any], cut: Callable[[], Exception]) -> Any:
        """Make one call."""
        with self._lock:
            if self.dead:
                raise DeathError
            self.count += 1
            self.names.append(name)
            mine = self.count == self.at
        if mine and self._mode == "cut off before":
            raise cut()
        answer = call()
        if mine and self._mode == "cut off after":
            raise cut()
        if mine:
            self._die()
        if self.dead:
            raise DeathError
        return answer

    def _die(self) -> None:
        self.dead = True
        self.close()

    def close(self) -> None:
        """Close what a process had open, as the system does when it is gone."""
        for connection in self._open:
            self.end(connection)
        self._open.clear()

    def end(self, connection: Any) -> None:
        """Close one without a word to the server."""
        if not connection.closed:
            self.gone.append(connection.pgconn.backend_pid)
            connection.pgconn.finish()

    def watched(self, client: Any) -> Any:
        """A client of AWS whose calls are counted."""
        return _Watched(self, client)


def only_reads(gen: Any) -> bool:
    """Whether an exchange with the server is a query that changes and locks nothing."""
    asked = gen.gi_frame.f_locals.get("query") if getattr(gen, "gi_frame", None) else None
    text = asked.strip() if isinstance(asked, str) else ""
    return text.startswith(("SELECT", "WITH")) and not any(word in text for word in CHANGES)


class _Watched:
    def __init__(self, calls: Calls, client: Any) -> None:
        self._calls = calls
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        lost = ConnectionClosedError(endpoint_url="https://aws.example")
        called = name + READ * name.startswith(READING)
        return lambda **told: self._calls.made(called, lambda: method(**told), lambda: lost)

    def get_paginator(self, operation: str) -> Any:
        return _Watched(self._calls, self._client.get_paginator(operation))


@contextmanager
def counted() -> Iterator[Calls]:
    """Count what this process's database connections do; clients of AWS are to be watched."""
    calls = Calls()

    class Counted(KeptConnection):
        """A connection each of whose exchanges with the server is a call."""

        @classmethod
        def connect(cls, *told: Any, **more: Any) -> Any:
            opening = super().connect
            lost = psycopg.OperationalError("the server does not answer")
            return calls.made("connect", lambda: calls.opened(opening(*told, **more)), lambda: lost)

        def wait(self, gen: Any, *told: Any, **more: Any) -> Any:
            waiting = super().wait
            calls.opened(self)  # its first exchanges are made before connect() returns it

            def cut() -> Exception:
                calls.end(self)
                return psycopg.OperationalError("server closed the connection unexpectedly")

            name = getattr(gen, "__qualname__", "exchange")
            name += READ * only_reads(gen)
            return calls.made(name, lambda: waiting(gen, *told, **more), cut)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "KeptConnection", Counted)
        yield calls
        calls.close()
