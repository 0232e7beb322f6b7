import pytest

from engine.errors import RobotPlugError
from functions.jobs import migrate
from functions.store.roles import INFRA

NEWEST = max(path.name.split("_")[0] for path in (INFRA / "migrations" / "versions").glob("*.py"))


def test_an_empty_database_gets_the_newest_tables(empty_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_database.owner)
    assert migrate.handler({}, None) == {"revision": NEWEST}
    assert migrate.handler({}, None) == {"revision": NEWEST}
    with empty_database.connect("jobs") as connection:
        assert connection.execute("SELECT count(*) FROM strategies").fetchone() == (0,)


def test_a_revision_may_be_named(empty_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_database.owner)
    assert migrate.handler({"revision": "0001"}, None) == {"revision": "0001"}


def test_a_folder_without_migrations_is_named(empty_database, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", empty_database.owner)
    with pytest.raises(RobotPlugError, match="no migrations in"):
        migrate.handler({"infra": str(tmp_path)}, None)


def test_the_owner_alone_may_migrate(database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database.jobs)
    with pytest.raises(RobotPlugError, match="permission denied"):
        migrate.handler({}, None)
