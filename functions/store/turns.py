"""Turns at what only one process may do at a time, kept by PostgreSQL for as long as one is there.

No transaction is open meanwhile. The server gives a turn on when its connection ends, so who is
killed in one blocks nobody; who loses the connection loses the turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

AnyConnection = Connection[Any]


@contextmanager
def turn(connection: AnyConnection, name: str) -> Iterator[None]:
    """Wait until nobody else has the turn of that name, then keep it for the block.

    connection: in autocommit. It is closed where the block was left in the middle of a query.
    """
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        _give_back(connection, name)


def _give_back(connection: AnyConnection, name: str) -> None:
    if connection.closed:
        return
    if connection.info.transaction_status is TransactionStatus.ACTIVE:
        connection.close()  # Ctrl-C came in a query: another would be refused, and hide that
        return
    try:
        connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    except OperationalError:
        if not connection.closed:  # a lost connection has given it back by itself
            raise
