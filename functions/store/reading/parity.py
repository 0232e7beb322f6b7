"""A record's advances, one after the other; what they add up to is functions.store.parity's."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.sql import SQL

from functions.store.parity_queries import ADVANCES
from functions.store.reading.rows import Reading, Row, Values, every

_LIST = SQL("""
SELECT found.seq, found.slot, found.slots, found.slots_replayed, found.at
FROM ({advances}) AS found
WHERE %(after_seq)s::integer IS NULL OR found.seq < %(after_seq)s
ORDER BY found.seq DESC
LIMIT %(limit)s OFFSET %(offset)s
""").format(advances=ADVANCES)


def advances(
    connection: Reading, execution_id: UUID, after: Sequence[int], window: Values
) -> list[Row]:
    """Return a record's advances, the newest first.

    after: (seq,) of the row before, or nothing. window: limit, offset.
    """
    (seq,) = after or (None,)
    return every(connection, _LIST, {"ids": [execution_id], "after_seq": seq, **window})
