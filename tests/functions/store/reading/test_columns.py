"""The SQL of the reading routes names tables and columns that the schema has."""

import importlib
import pkgutil
import re

import pytest
from psycopg.sql import SQL, Composed

from functions.store import reading
from functions.store.schema import metadata

_TABLE = re.compile(r"\b(?:FROM|JOIN) (\w+) AS (\w+)")
_DERIVED = re.compile(r"\) AS (\w+)")
_COLUMN = re.compile(r"(?<![\w%(])([a-z]\w*)\.([a-z_]+)\b")


def _queries():
    for module in pkgutil.iter_modules(reading.__path__):
        loaded = importlib.import_module(f"{reading.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(value, SQL | Composed) and value.as_string().strip().startswith("SELECT"):
                yield f"{module.name}.{name}", value.as_string()


QUERIES = dict(_queries())


def unknown(query: str) -> list[str]:
    """Name every table and column of a query that the schema does not have."""
    text = re.sub(r"'[^']*'", "''", query)
    tables = {alias: table for table, alias in _TABLE.findall(text)}
    derived = set(_DERIVED.findall(text)) - set(tables)
    missing = [table for table in tables.values() if table not in metadata.tables]
    missing += [f"{alias} twice" for table, alias in _TABLE.findall(text) if tables[alias] != table]
    for alias, column in _COLUMN.findall(text):
        if alias not in derived and column not in _columns(tables.get(alias)):
            missing.append(f"{alias}.{column}")
    return missing


def _columns(table: str | None) -> set[str]:
    return set(metadata.tables[table].columns.keys()) if table in metadata.tables else set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_column_is_in_the_schema(name):
    assert unknown(QUERIES[name]) == []


def test_every_statement_is_looked_at():
    assert {"trades._LIST", "strategies._DETAIL", "equity._HISTORY", "subjects._SUBJECT"} <= set(
        QUERIES
    )


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("SELECT t.id FROM trades AS t", []),
        ("SELECT t.colour FROM trades AS t", ["t.colour"]),
        ("SELECT x.id FROM trades AS t", ["x.id"]),
        ("SELECT t.id FROM trade AS t", ["trade", "t.id"]),
        ("SELECT t.id FROM tapes AS t JOIN trades AS t", ["t twice"]),
    ],
)
def test_what_is_not_there_is_seen(query, missing):
    assert unknown(query) == missing
