"""What a robot has run: each source with its parameters, kept for good."""

from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.store.appending import Database


class VersionRow(NamedTuple):
    """A row of `strategy_versions`: source and parameters, under one hash."""

    id: UUID
    strategy_id: UUID
    user_id: UUID | None
    source_public: bool
    hash: str
    code: str
    source: str
    parameters: Any


_VERSION = """
INSERT INTO strategy_versions (id, strategy_id, user_id, source_public, hash, code, source,
    parameters)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (strategy_id, hash) DO NOTHING
"""


def append_version(database: Database, version: VersionRow) -> None:
    """Keep what a robot runs from now on."""
    database.execute(_VERSION, version._replace(parameters=Jsonb(version.parameters)))
