"""The robot that a route is asked about, and the run that answers for it."""

from typing import NamedTuple
from uuid import UUID

from psycopg.sql import SQL

from functions.store.reading.executions import COLUMNS, SHOWN
from functions.store.reading.rows import MissingError, Reading, Row, one

_SUBJECT = SQL("""
SELECT s.id AS subject_id, s.slug AS subject_slug, s.name AS subject_name, {columns}
FROM strategies AS s
LEFT JOIN executions AS e ON e.strategy_id = s.id AND
    CASE WHEN %(execution_id)s::uuid IS NULL THEN {shown} ELSE e.id = %(execution_id)s END
WHERE s.id = %(id)s::uuid OR s.slug = %(slug)s::text
""").format(columns=COLUMNS, shown=SHOWN)


class Subject(NamedTuple):
    """A robot (id, slug, name) and its run; None where it has none to show yet."""

    strategy: Row
    execution: Row | None

    @property
    def strategy_id(self) -> UUID:
        """The robot's id."""
        id_: UUID = self.strategy["id"]
        return id_

    @property
    def execution_id(self) -> UUID | None:
        """The run's id."""
        return self.execution["id"] if self.execution else None


def subject(connection: Reading, reference: str, execution_id: UUID | None = None) -> Subject:
    """Find a robot by its id or slug, with the run that was asked for or else the shown one.

    MissingError when there is no such robot, or when the run is not one of its own.
    """
    row = one(connection, _SUBJECT, {**key(reference), "execution_id": execution_id})
    if row is None:
        raise MissingError("strategy", reference)
    strategy = {name: row.pop(f"subject_{name}") for name in ("id", "slug", "name")}
    if row["id"] is None and execution_id is not None:
        raise MissingError(f"execution of {strategy['slug']}", execution_id)
    return Subject(strategy, row if row["id"] else None)


def key(reference: str) -> dict[str, str | None]:
    """Tell an id from a slug: what has the form of a uuid is never a slug.

    >>> key("sma-cross")
    {'id': None, 'slug': 'sma-cross'}
    """
    try:
        is_id = len(reference) == 36 and bool(UUID(reference))
    except ValueError:
        is_id = False
    return {"id": reference if is_id else None, "slug": None if is_id else reference}
