"""The platform's database and its roles, made by an administrator before the first migration."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from engine.errors import RobotPlugError

OWNER, API, JOBS = "robotplug_owner", "robotplug_api", "robotplug_jobs"
INFRA = Path(__file__).parents[2] / "infra"
"""Beside the code: in a checkout and in a function's package alike, never in the wheel."""


def make_database(administrator: str, name: str, passwords: Mapping[str, str]) -> None:
    """Make the roles, set their passwords, and make the database if it is not there.

    administrator: URL of a superuser in any database of the server.
    passwords: by role.
    """
    with psycopg.connect(administrator, autocommit=True) as connection:
        # Roles belong to the whole server; two databases may be made at once.
        connection.execute("SELECT pg_advisory_lock(hashtext('robotplug roles'))")
        if not _is_there(connection, name):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        _prepare(url_for(administrator, database=name), name, passwords)


def has_database(administrator: str, name: str) -> bool:
    """Whether the administrator's server has a database of this name."""
    with psycopg.connect(administrator) as connection:
        return _is_there(connection, name)


def _is_there(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    return found.rowcount > 0


def _prepare(administrator: str, name: str, passwords: Mapping[str, str]) -> None:
    with psycopg.connect(administrator) as connection:
        make_roles(connection)
        for role, password in passwords.items():
            _set_password(connection, role, password)
        owns = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        connection.execute(owns.format(sql.Identifier(name), sql.Identifier(OWNER)))


def make_roles(connection: psycopg.Connection, infra: Path = INFRA) -> None:
    """Run roles.sql: the roles, and who may connect to the connection's own database.

    RobotPlugError when a role could pass by row-level security and this one may not mend it.
    """
    try:
        statements = (infra / "roles.sql").read_text("utf-8")
    except FileNotFoundError as error:
        raise RobotPlugError(
            f"no roles.sql in {infra}; run from a checkout, or pass the folder"
        ) from error
    try:
        connection.execute(statements.encode())
    except psycopg.errors.RaiseException as error:
        raise RobotPlugError(error.diag.message_primary or str(error)) from error


def url_for(
    url: str, *, role: str | None = None, password: str | None = None, database: str | None = None
) -> str:
    """Return the URL with another role, password or database.

    >>> url_for("postgresql://a:b@h:1/c", role="d", password="e/f", database="g")
    'postgresql://d:e%2Ff@h:1/g'
    """
    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    if role is not None:
        login, at = f"{quote(role, safe='')}:{quote(password or '', safe='')}", "@"
    path = parts.path if database is None else f"/{quote(database, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}{at}{place}", path=path))


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(change.format(sql.Identifier(role), sql.Literal(password)))
