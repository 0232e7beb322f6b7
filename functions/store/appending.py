"""How rows get into tables that are only ever appended to."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

Database = Connection[tuple[Any, ...]]
Row = TypeVar("Row", bound=NamedTuple)

BULK = 200
"""From so many rows on, COPY through a temporary table pays for its making."""


def append(database: Database, table: str, rows: Iterable[Row]) -> None:
    """Insert rows whose fields are named like the table's columns; call it in a transaction.

    A dictionary goes into a jsonb column. Few rows go as one statement with one JSON text. Bulk
    goes by COPY, through a temporary table: row-level security refuses it on the table itself.
    """
    listed = list(rows)
    if not listed:
        return
    names = sql.SQL(", ").join(sql.Identifier(field) for field in listed[0]._fields)
    if len(listed) < BULK:
        _insert(database, sql.Identifier(table), names, listed)
    else:
        _copy(database, sql.Identifier(table), names, listed)


def as_json(rows: Sequence[Row]) -> str:
    """Write rows as a JSON array of objects, in values that PostgreSQL reads back exactly."""
    return json.dumps([row._asdict() for row in rows], default=_text)


def _insert(
    database: Database, table: sql.Identifier, names: sql.Composed, rows: list[Row]
) -> None:
    insert = "INSERT INTO {} ({}) SELECT {} FROM json_populate_recordset(NULL::{}, %s)"
    database.execute(sql.SQL(insert).format(table, names, names, table), [as_json(rows)])


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


def _text(value: object) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case UUID() | datetime():
            return str(value)
    raise TypeError(f"no column takes a {type(value).__name__}")
