"""Where records stand: locked for an append, and marked by what was written to their rows."""

from collections.abc import Sequence

from psycopg.sql import SQL

from functions.store.appending import Database
from functions.store.marks import NUMBERS, Mark, mark_in
from functions.store.records import Record

# Everybody locks in order of id, so that nobody waits in a circle.
_LOCK = "SELECT id FROM strategies WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_HEADS = """
SELECT run, d.seq, d.hash FROM unnest(%s::uuid[]) run CROSS JOIN LATERAL (
    SELECT seq, hash FROM decisions WHERE execution_id = run ORDER BY seq DESC LIMIT 1
) d
"""
_MARKS = SQL("""
SELECT run, g.mark || d.mark || t.mark || p.mark FROM unnest(%s::uuid[]) run
CROSS JOIN LATERAL (SELECT {mark} AS mark FROM segments WHERE execution_id = run) g
CROSS JOIN LATERAL (SELECT {mark} AS mark FROM decisions WHERE execution_id = run) d
CROSS JOIN LATERAL (SELECT {mark} AS mark FROM trades WHERE execution_id = run) t
CROSS JOIN LATERAL (SELECT {mark} AS mark FROM equity_points WHERE execution_id = run) p
""").format(mark=mark_in("xmin"))
_TRANSACTION = "SELECT mod(pg_current_xact_id()::text::numeric, 4294967296)::bigint"


def lock_at(database: Database, records: Sequence[Record]) -> list[bool]:
    """Lock the robots until the transaction ends; False where a head has moved since."""
    database.execute(_LOCK, [[record.owner.strategy_id for record in records]])
    runs = [record.owner.execution_id for record in records]
    found = {run: (seq, name) for run, seq, name in database.execute(_HEADS, [runs])}
    return [
        found.get(record.owner.execution_id, (0, record.head.hash))
        == (record.head.seq, record.head.hash)
        for record in records
    ]


def marks_of(database: Database, records: Sequence[Record]) -> list[Mark]:
    """Return for each record what changes when any of its rows is added, changed or removed."""
    runs = [record.owner.execution_id for record in records]
    found = {run: tuple(mark) for run, mark in database.execute(_MARKS, [runs])}
    return [found[run] for run in runs]


def mark_after(mark: Mark, transaction: int, added: Sequence[int]) -> Mark:
    """Return the mark with so many rows of each table that one transaction added, and no other.

    added: segments, decisions, trades and equity points.
    """
    pairs = zip(mark[::2], mark[1::2], added, strict=True)
    values: list[object] = []
    for count, total, more in pairs:
        values += (int(str(count)) + more, (int(str(total)) + more * transaction) % NUMBERS)
    return tuple(values)


def transaction_number(database: Database) -> int:
    """Return what the rows of the present transaction are written with."""
    row = database.execute(_TRANSACTION).fetchone()
    return int(row[0]) if row else 0
