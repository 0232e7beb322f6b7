"""One flipped byte anywhere in a record or its tape is found and named: column by column.

The columns come from the schema, so that a new one cannot be forgotten: it is under proof, or
it stands here with the reason why it is no part of the record.
"""

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import types

from functions.services.proof.verifying import verify
from functions.services.record import reading
from functions.store.schema import metadata
from tests.builders.proved import platform_without_cloud, two_segments
from tests.builders.records import slot_at

SURROGATE = "nothing refers to it, and nothing follows from it"
SIGHTING = "when it came; which version a slot read stands on its tape"
NO_PART = {
    "tapes.id": SURROGATE,
    "decisions.id": SURROGATE,
    "equity_points.id": SURROGATE,
    "bar_versions.id": SURROGATE,
    "market_data.seen_at": SIGHTING,
    "bar_versions.seen_at": SIGHTING,
    "corporate_actions.seen_at": SIGHTING,
    "bar_versions.reason": "words about a restatement",
    **{f"{table}.created_at": "when the row was written" for table in metadata.tables},
}
# The row that is changed, and what the damage must be called.
ROWS = {
    "market_data": ("id = (SELECT bars[2] FROM tapes WHERE slot = %(slot)s)", "{slot}"),
    "bar_versions": ("version = 2", "{slot}"),
    "corporate_actions": (
        "id = (SELECT actions[1] FROM tapes WHERE prev = repeat('0', 64))",
        "tape entry",
    ),
    "tapes": ("slot = %(slot)s", "{slot}"),
    "decisions": ("seq = 17", "decision 17 "),
    "trades": (
        "sequence = (SELECT max(sequence) FROM trades)",
        r"trade \d+|there are .* trades",
    ),
    "equity_points": ("sequence = 17", "equity point 17\\b"),
    "segments": ("number = 2", "segment 2\\b"),
}
OTHER = {"side": {"buy": "sell", "sell": "buy"}, "trade_type": {"paper": "simulated"}}
NULLED = {
    "tapes.marks": "an entry of the time before there were marks has none",
    "corporate_actions.detail": "a dividend has none",
    **{f"{table}.user_id": "a public robot has no owner" for table in ROWS},
}
COLUMNS = [
    f"{table}.{column.name}"
    for table in ROWS
    for column in metadata.tables[table].columns
    if f"{table}.{column.name}" not in NO_PART
]
NULLABLE = [
    name
    for name in COLUMNS
    if metadata.tables[name.split(".")[0]].columns[name.split(".")[1]].nullable
    and name not in NULLED
]


@pytest.fixture(scope="module")
def record(module_database):
    with platform_without_cloud(module_database.jobs) as platform:
        sessions = two_segments(platform, module_database)
        yield {"slot": str(slot_at(sessions[16]))}


@pytest.fixture
def superuser(module_database, record):
    """Everything a test changes is undone when it ends."""
    with module_database.connect("superuser") as connection:
        connection.execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        yield connection
        connection.rollback()


def proved(connection):
    reading.forget()
    return verify(connection, "sma-cross", None, lambda *_stage: None)


def flipped(column, value):
    """The same value with one byte changed."""
    if column.name in OTHER:
        return OTHER[column.name][value]
    if value in (None, []):
        return invented(column.type)
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        at = len(value) // 2
        return f"{value[:at]}{'1' if value[at] == '0' else '0'}{value[at + 1 :]}"
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1)
    if isinstance(value, list) and value and not isinstance(value[0], list):
        return [flipped(column, value[0]), *value[1:]]
    if isinstance(value, dict | list):
        text = json.dumps(value)
        place = re.search(r"[1-8]", text)
        return Jsonb(json.loads(f"{text[: place.start()]}9{text[place.end() :]}"))
    steps = {Decimal: Decimal("0.00000001"), int: 1000, datetime: timedelta(microseconds=1)}
    return value + steps.get(type(value), timedelta(days=1))


def invented(type_):
    if isinstance(type_, types.Numeric):
        return Decimal(1)
    if isinstance(type_, types.ARRAY):
        return [UUID(int=1)]
    return UUID(int=1) if isinstance(type_, types.UUID) else "0" * 64


def change(connection, name, record, make, where=""):
    """Change one column of one row."""
    table, column = name.split(".")
    where = where or ROWS[table][0]
    rows = connection.execute(f"SELECT id, {column} FROM {table} WHERE {where}", record).fetchall()
    id_, value = rows[0]
    new = make(metadata.tables[table].columns[column], value)
    assert value != new
    connection.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [new, id_])


def test_nothing_is_damaged_before(superuser):
    found = proved(superuser)
    assert found.damages == []
    assert [(one.slots, one.equal, one.told) for one in found.segments] == [
        (20, 20, ""),
        (10, 10, ""),
    ]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_flipped_byte_is_found_and_named(superuser, record, name):
    change(superuser, name, record, flipped)
    found = proved(superuser)
    assert not found.proved
    expected = ROWS[name.split(".")[0]][1].format(**record)
    assert re.search(expected, found.damages[0]), found.damages[:3]


@pytest.mark.parametrize("name", [name for name in COLUMNS if name.startswith("segments.")])
def test_a_flipped_byte_in_the_first_segment_is_found_and_named(superuser, record, name):
    change(superuser, name, record, flipped, "number = 1")
    assert "segment 1" in " ".join(proved(superuser).damages[:2])


@pytest.mark.parametrize("name", NULLABLE)
def test_a_value_that_was_taken_away_is_found_and_named(superuser, record, name):
    change(superuser, name, record, lambda _column, _value: None)
    found = proved(superuser)
    assert not found.proved
    expected = ROWS[name.split(".")[0]][1].format(**record)
    assert re.search(expected, found.damages[0]), found.damages[:3]


@pytest.mark.parametrize("seq", [11, 12, 17, 20, 30])
@pytest.mark.parametrize("backfilled", [True, False])
def test_no_advance_may_lose_its_digest(superuser, seq, backfilled):
    statement = "UPDATE decisions SET digest = NULL, backfilled = %s WHERE seq >= %s"
    for where in ("", " AND seq = %s"):
        values = [backfilled, seq, *([seq] if where else [])]
        superuser.execute("SAVEPOINT before")
        superuser.execute(f"{statement}{where}", values)
        assert f"decision {seq} " in " ".join(proved(superuser).damages[:1])
        superuser.execute("ROLLBACK TO before")


@pytest.mark.parametrize("table", ROWS)
def test_a_row_that_was_taken_away_is_found(superuser, record, table):
    where = ROWS[table][0]
    superuser.execute(f"DELETE FROM {table} WHERE {where}", record)
    assert proved(superuser).damages != []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_leaf_may_be_changed_nowhere(superuser, share):
    (leaf,) = superuser.execute("SELECT leaf FROM decisions WHERE seq = 17").fetchone()
    at = int(len(leaf) * share)
    changed = f"{leaf[:at]}{chr(ord(leaf[at]) ^ 1)}{leaf[at + 1 :]}"
    superuser.execute("UPDATE decisions SET leaf = %s WHERE seq = 17", [changed])
    assert re.match(r"decision 17 .*: leaf no longer has its hash", proved(superuser).damages[0])


def test_what_is_no_part_of_a_record_is_a_column():
    there = {
        f"{table}.{column}"
        for table in metadata.tables
        for column in metadata.tables[table].columns.keys()  # noqa: SIM118
    }
    assert set(NO_PART) <= there
    assert all(NO_PART.values())
