"""Whether the tables can be read."""

from psycopg.sql import SQL

from functions.store.reading.rows import Reading, one

_TOUCH = SQL("SELECT s.id FROM strategies AS s LIMIT 1")


def touch(connection: Reading) -> None:
    """Read as the routes do; raises where they would."""
    one(connection, _TOUCH, {})
