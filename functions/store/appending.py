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


def append(
    database: Database, table: str, rows: Iterable[Row], *, once: Sequence[str] = ()
) -> None:
    """Insert rows whose fields are named like the table's columns; call it in a transaction.

    A dictionary goes into a jsonb column. Few rows go as one statement with one JSON text. Bulk
    goes by COPY, through a temporary table: row-level security refuses it on the table itself.
    once: a unique key's columns; a row whose key is there already is left out.
    """
    listed = list(rows)
    if not listed:
        return
    into = _Into.of(table, listed[0]._fields, once)
    if len(listed) < BULK:
        _insert(database, into, listed)
    else:
        _copy(database, into, listed)


class _Into(NamedTuple):
    """Where rows go: a table, its columns by name, and what to do where a key is there."""

    table: sql.Identifier
    names: sql.Composed
    conflict: sql.Composed | sql.SQL

    @classmethod
    def of(cls, table: str, fields: Sequence[str], once: Sequence[str]) -> "_Into":
        conflict = sql.SQL("ON CONFLICT ({}) DO NOTHING").format(_listed(once))
        return cls(sql.Identifier(table), _listed(fields), conflict if once else sql.SQL(""))


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def as_json(rows: Sequence[Row]) -> str:
    """Write rows as a JSON array of objects, in values that PostgreSQL reads back exactly."""
    return json.dumps([row._asdict() for row in rows], default=_text)


def _insert(database: Database, into: _Into, rows: list[Row]) -> None:
    insert = "INSERT INTO {} ({}) SELECT {} FROM json_populate_recordset(NULL::{}, %s) {}"
    table, names, conflict = into
    made = sql.SQL(insert).format(table, names, names, table, conflict)
    database.execute(made, [as_json(rows)])


def _copy(database: Database, into: _Into, rows: list[Row]) -> None:
    create = "CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
    table, names, conflict = into
    with database.cursor() as cursor:
        cursor.execute(sql.SQL(create).format(names, table))
        with cursor.copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(names)) as copy:
            for row in rows:
                copy.write_row(_adapted(row))
        insert = "INSERT INTO {} ({}) SELECT {} FROM incoming {}"
        cursor.execute(sql.SQL(insert).format(table, names, names, conflict))
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
