"""Corporate actions as a record's tape told them: which, and when it learnt of them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from functions.store.publication import AnyConnection, rows_of


class ToldRow(NamedTuple):
    """One action on a record's tape.

    earliest: the first session of the entry that brought it. begun: whether an earlier entry
    had rows of that session already.
    """

    execution_id: UUID
    symbol: str
    ex_date: str
    kind: str
    value: Decimal | None
    earliest: str
    begun: bool


# What lay before registration came with the first segment's history, the rest slot by slot.
_TOLD = """
WITH own AS (
    SELECT execution_id, tape FROM decisions WHERE execution_id = ANY(%s)
    UNION SELECT execution_id, history FROM segments WHERE execution_id = ANY(%s)
), entries AS (
    SELECT own.execution_id, t.actions, t.closes_at, t.sessions -> 0 ->> 0 AS earliest,
        lag(t.sessions -> -1 ->> 0) OVER (PARTITION BY own.execution_id ORDER BY t.closes_at)
            AS before
    FROM own JOIN tapes t ON t.hash = own.tape
)
SELECT e.execution_id, a.symbol, a.ex_date::text AS ex_date, a.kind, a.value,
    coalesce(e.earliest, '') AS earliest, coalesce(e.before = e.earliest, false) AS begun
FROM entries e
CROSS JOIN LATERAL unnest(e.actions) AS read (id)
JOIN corporate_actions a ON a.id = read.id
ORDER BY e.execution_id, a.ex_date, a.symbol COLLATE "C", a.kind
"""


def told_actions(
    connection: AnyConnection, execution_ids: Iterable[UUID]
) -> dict[UUID, list[ToldRow]]:
    """Return the actions on the tape of each record that has any, by ex-date."""
    ids, groups = list(execution_ids), defaultdict(list)
    for row in rows_of(connection, ToldRow, _TOLD, ids, ids):
        groups[row.execution_id].append(row)
    return groups
