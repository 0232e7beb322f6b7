"""How rows get into tables that are only ever appended to."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

Database = Connection[tuple[Any, ...]]
Row = TypeVar("Row", bound=NamedTuple)

BULK = 200
"""From so many rows on, COPY through a temporary table pays for its making."""


def append(database: Database, table: str, rows: Iterable[Row]) -> None:
    """Insert rows whose fields are named like the table's columns; call it in a transaction.

    A dictionary goes into a jsonb column. Row-level security refuses COPY on the table itself,
    so bulk goes through a temporary one.
    """
    listed = list(rows)
    if not listed:
        return
    names = sql.SQL(", ").join(sql.Identifier(field) for field in listed[0]._fields)
    if len(listed) < BULK:
        _insert(database, sql.Identifier(table), names, listed)
    else:
        _copy(database, sql.Identifier(table), names, listed)


def _insert(
    database: Database, table: sql.Identifier, names: sql.Composed, rows: list[Row]
) -> None:
    places = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, names, places)
    with database.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(insert, _adapted(rows[0]))
        else:
            cursor.executemany(insert, [_adapted(row) for row in rows])


def _copy(database: Database, table: sql.Identifier, names: sql.Composed, rows: list[Row]) -> None:
    create = "CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
    with database.cursor() as cursor:
        cursor.execute(sql.SQL(create).format(names, table))
        with cursor.copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(names)) as copy:
            for row in rows:
                copy.write_row(_adapted(row))
        insert = "INSERT INTO {} ({}) SELECT {} FROM incoming"
        cursor.execute(sql.SQL(insert).format(table, names, names))
        cursor.execute("DROP TABLE incoming")


def _adapted(row: tuple[Any, ...]) -> list[object]:
    return [Jsonb(value) if isinstance(value, dict) else value for value in row]
