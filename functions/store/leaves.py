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


_BROKEN = r"""
SELECT seq FROM (
    SELECT seq, hash, leaf, row_number() OVER (ORDER BY seq) AS place,
        lag(hash, 1, repeat('0', 64)) OVER (ORDER BY seq) AS before
    FROM decisions WHERE execution_id = %s AND seq <= %s
) chain
WHERE seq <> place OR strpos(leaf, '"prev":"' || before || '"') = 0
    OR encode(sha256('\x00'::bytea || convert_to(leaf, 'UTF8')), 'hex') <> hash
ORDER BY seq LIMIT 1
"""


def broken_link(database: Database, execution_id: UUID, last: int) -> int | None:
    """Return the first seq up to last whose leaf or place does not fit the chain, if any."""
    row = database.execute(_BROKEN, [execution_id, last]).fetchone()
    return None if row is None else int(row[0])
