"""The chain's texts, read back."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from functions.store.appending import Database


class StoredLeaf(NamedTuple):
    """A leaf's text and the hash it is stored under."""

    leaf: str
    hash: str


def read_leaf(database: Database, execution_id: UUID, seq: int) -> StoredLeaf | None:
    """Return one decision as stored."""
    query = "SELECT leaf, hash FROM decisions WHERE execution_id = %s AND seq = %s"
    row = database.execute(query, [execution_id, seq]).fetchone()
    return None if row is None else StoredLeaf(*row)


def leaf_texts(database: Database, hashes: Sequence[str]) -> dict[str, str]:
    """Return the exact texts of leaves by hash."""
    query = "SELECT hash, leaf FROM decisions WHERE hash = ANY(%s)"
    return dict(database.execute(query, [list(hashes)]).fetchall())


_ASKED = """
SELECT asked ->> 'id', d.slot, d.hash
FROM decisions d CROSS JOIN LATERAL jsonb_array_elements(d.leaf::jsonb -> 'orders') asked
WHERE d.execution_id = %s AND d.seq < %s AND asked ->> 'id' = ANY(%s)
"""


def asked_before(
    database: Database, execution_id: UUID, seq: int, orders: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return where orders were asked for before a seq: order, slot, leaf hash."""
    return database.execute(_ASKED, (execution_id, seq, list(orders))).fetchall()
