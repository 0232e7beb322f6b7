"""What the reading queries share: their connection, their rows, the error of finding nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed

Row = dict[str, Any]
Reading = Connection[Any]
Values = Mapping[str, object]
Query = SQL | Composed


class MissingError(LookupError):
    """Nothing with that id can be seen; a private row and no row are the same to a stranger."""

    def __init__(self, what: str, which: str | UUID) -> None:
        super().__init__(f"there is no {what} {str(which)!r}, or it is not public")


class UnknownSymbolError(MissingError):
    """No provider was ever asked for it."""

    def __init__(self, symbol: str) -> None:
        LookupError.__init__(self, f"no bars of {symbol!r} here; /symbols lists what there is")


def one(connection: Reading, query: Query, values: Values) -> Row | None:
    """Return the first row, if there is one."""
    return connection.cursor(row_factory=dict_row).execute(query, values).fetchone()


def every(connection: Reading, query: Query, values: Values) -> list[Row]:
    """Return all rows."""
    return connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
