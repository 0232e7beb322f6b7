"""What a platform does not start on, each in one line that says the way out."""

from pathlib import Path

import psycopg
import pytest

from engine.errors import RobotPlugError
from functions.local.database import NAME, Database
from functions.local.folder import LOCK, open_folder
from functions.store.roles import OWNER, make_database
from tests.platform.conftest import Running


def refused(running: Running) -> str:
    assert running.wait() == 1
    lines = running.said().splitlines()
    assert lines[-1].startswith("robotplug: ")
    assert not any("Traceback" in line for line in lines)
    assert running.processes() == {}
    return lines[-1]


def test_a_folder_that_cannot_be_written(platforms, tmp_path: Path):
    (tmp_path / "file").touch()
    line = refused(platforms.start(tmp_path / "file" / "local"))
    assert "cannot write below" in line
    assert "make the folder writable, or run from a copy that is" in line


@pytest.mark.parametrize("version", ["9.6", None])
def test_a_database_that_is_broken_or_of_another_version(platforms, tmp_path: Path, version):
    data = tmp_path / "local" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "base").mkdir()
    (tmp_path / "local" / LOCK).touch()
    (tmp_path / "local" / "secrets.json").write_text('{"postgres": "secret"}')
    if version:
        (data / "PG_VERSION").write_text(version)
    line = refused(platforms.start(tmp_path / "local"))
    assert f"is of PostgreSQL {version or 'an unknown version'}" in line
    assert "make clean" in line


OWNED = """SELECT pg_get_userbyid(datdba), datacl, (SELECT count(*) FROM pg_roles)
    FROM pg_database WHERE datname = %s"""


def test_a_database_that_is_somebody_elses_stays_as_it_is(tmp_path: Path):
    with open_folder(tmp_path / "local") as opened:
        database = Database(opened)
        database.start()
        try:
            with psycopg.connect(database.server.url(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE robotplug")
                before = connection.execute(OWNED, [NAME]).fetchone()
                with psycopg.connect(database.server.url(NAME)) as theirs:
                    theirs.execute("CREATE TABLE invoices ()")
                with pytest.raises(RobotPlugError, match=r"\(invoices.*nothing was changed"):
                    database.prepare()
                assert connection.execute(OWNED, [NAME]).fetchone() == before
        finally:
            database.stop()


def test_a_database_with_foreign_tables(platforms, tmp_path: Path):
    folder = tmp_path / "local"
    with open_folder(folder) as opened:
        database = Database(opened)
        database.start()
        make_database(database.server.url(), NAME, {OWNER: "secret"})
        with psycopg.connect(database.server.url(NAME)) as connection:
            connection.execute("CREATE TABLE invoices ()")
        database.stop()
    assert "holds tables that are not ours (invoices" in refused(platforms.start(folder))


@pytest.mark.parametrize(("name", "value"), [("PORT", "http"), ("PACE", "fast")])
def test_settings_that_make_no_sense(platforms, tmp_path: Path, name, value):
    running = platforms.start(tmp_path / "local", **{name.lower(): value})
    assert running.wait() == 2
    assert f"{name} must be" in running.said()
    assert not (tmp_path / "local").exists()
