import threading
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, pool

from engine.errors import RobotPlugError
from functions.store.connection import sqlalchemy_url
from functions.store.migrations import migrate, unmigrate
from functions.store.schema import metadata
from tests.builders.recorded import Recorder


def engine_of(url):
    return create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)


def test_the_migrated_database_is_what_the_schema_describes(database):
    with engine_of(database.owner).connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_migrated_database_has_every_check_of_the_schema(database):
    with engine_of(database.owner).connect() as connection:
        found = {
            check["name"]
            for table in metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    described = {
        check.name
        for table in metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert found == described


def test_migrating_again_changes_nothing(database):
    assert migrate(database.owner) == migrate(database.owner) != "base"


def test_down_and_up_again(database):
    top = migrate(database.owner)
    assert unmigrate(database.owner) == "base"
    with engine_of(database.owner).connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert migrate(database.owner) == top


def test_each_step_goes_down_and_up(database):
    top = int(migrate(database.owner))
    for _ in range(top):
        unmigrate(database.owner, "-1")
    for revision in range(1, top + 1):
        assert migrate(database.owner, "+1") == f"{revision:04}"


def test_what_tapes_name_outlives_the_way_down(database):
    stored = "SELECT id, kind, value, detail FROM corporate_actions ORDER BY kind"
    insert = """
    INSERT INTO corporate_actions (symbol, ex_date, kind, value, detail, data_source, seen_at)
    VALUES ('IBM', '2013-01-02', %s, NULL, %s, 'sample', now())
    """
    with database.connect("jobs") as connection:
        for told in (("delisting", None), ("rename", "INTL")):
            connection.execute(insert, told)
        before = connection.execute(stored).fetchall()
    assert unmigrate(database.owner, "0006") == "0006"
    migrate(database.owner)
    with database.connect("jobs") as connection:
        assert connection.execute(stored).fetchall() == before
    assert [kind for _, kind, *_ in before] == ["delisting", "rename"]


def test_on_the_way_down_a_slot_keeps_the_drift_that_was_found_first(database):
    with database.connect("jobs", autocommit=True) as connection:
        recorder = Recorder(connection)
        robot = recorder.register("sma-cross")
        day = date(2013, 1, 3)
        recorder.advance(robot, day)
        for stored in ("first", "second"):
            recorder.drift(robot, day, "data", (stored, "replayed"))
    assert unmigrate(database.owner, "0009") == "0009"
    with database.connect("jobs") as connection:
        assert connection.execute("SELECT recorded FROM drifts").fetchall() == [("first",)]
    migrate(database.owner)


def test_two_at_once_migrate_once(empty_database):
    results = []
    runs = [
        threading.Thread(target=lambda: results.append(migrate(empty_database.owner)))
        for _ in range(4)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(results) == 4
    assert len(set(results)) == 1


def test_a_database_with_tables_of_somebody_else_is_refused(empty_database):
    with empty_database.connect("owner") as connection:
        connection.execute("CREATE TABLE invoices (id int)")
    with pytest.raises(RobotPlugError, match=r"not ours \(invoices.*nothing was changed"):
        migrate(empty_database.owner)
    with empty_database.connect("owner") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == [("invoices",)]


def test_a_database_of_another_alembic_is_refused(empty_database):
    with empty_database.connect("owner") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('4f2a')")
    with pytest.raises(RobotPlugError, match="revision '4f2a'"):
        migrate(empty_database.owner)


def test_a_wrong_password_is_one_line_without_the_password(database):
    url = database.owner.replace("@", "x@")
    with pytest.raises(RobotPlugError, match=r"\*\*\*@127.0.0.1") as caught:
        migrate(url)
    assert "x@" not in str(caught.value)


def test_without_the_migrations_the_way_out_is_named(database, tmp_path):
    with pytest.raises(RobotPlugError, match="run from a checkout"):
        migrate(database.owner, infra=tmp_path)


@pytest.mark.parametrize("role", ["api", "jobs"])
def test_no_function_may_migrate(empty_database, role):
    with pytest.raises(RobotPlugError, match=r"permission denied.*the owner's"):
        migrate(getattr(empty_database, role))
