"""Migrations under one lock, on a database that is empty or ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, create_engine, inspect, pool, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from engine.errors import RobotPlugError
from functions.store.connection import sqlalchemy_url, without_password
from functions.store.roles import INFRA

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('robotplug migrations'))")


def migrate(owner_url: str, revision: str = "head", infra: Path = INFRA) -> str:
    """Bring the database up to a revision, in one transaction; answer the revision it then has.

    RobotPlugError when the database is neither empty nor made by these migrations.
    """
    with _locked(owner_url) as connection:
        config = _config(connection, infra)
        _refuse_foreign(connection, config, owner_url)
        command.upgrade(config, revision)
        return current_revision(connection) or "base"


def unmigrate(owner_url: str, revision: str = "base", infra: Path = INFRA) -> str:
    """Bring the database down to an older revision, with the loss that this means."""
    with _locked(owner_url) as connection:
        config = _config(connection, infra)
        _refuse_foreign(connection, config, owner_url)
        command.downgrade(config, revision)
        return current_revision(connection) or "base"


def refuse_foreign(url: str, infra: Path = INFRA) -> None:
    """RobotPlugError when the database is neither empty nor made by these migrations."""
    with _locked(url) as connection:
        _refuse_foreign(connection, _config(connection, infra), url)


def current_revision(connection: Connection) -> str | None:
    """Return the revision that the database says it has."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _locked(owner_url: str) -> Iterator[Connection]:
    engine = create_engine(sqlalchemy_url(owner_url), poolclass=pool.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(_LOCK)
            yield connection
    except OperationalError as error:
        raise _not_migrated(owner_url, error) from error
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise _not_migrated(owner_url, error) from error


def _not_migrated(url: str, error: DBAPIError) -> RobotPlugError:
    told = str(error.orig).strip().replace("\n", " ")
    return RobotPlugError(
        f"the database {without_password(url)} cannot be migrated: {told}; "
        "check that it runs and that the URL is the owner's"
    )


def _config(connection: Connection, infra: Path) -> Config:
    settings = infra / "alembic.ini"
    if not settings.is_file():
        raise RobotPlugError(f"no migrations in {infra}; run from a checkout, or pass the folder")
    config = Config(settings)
    config.attributes["connection"] = connection
    return config


def _refuse_foreign(connection: Connection, config: Config, url: str) -> None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        revision = current_revision(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is None or revision in known:
            return
        what = f"is at revision {revision!r}, which this version does not know"
    elif tables:
        what = f"holds tables that are not ours ({', '.join(sorted(tables)[:3])}, ...)"
    else:
        return
    raise RobotPlugError(
        f"{without_password(url)} {what}; nothing was changed. "
        "Give the platform an empty database of its own"
    )
