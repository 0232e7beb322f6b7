"""What each role may do, asked of the database itself."""

import uuid

import psycopg
import pytest

from engine.errors import RobotPlugError
from functions.store.roles import make_roles
from functions.store.schema import metadata

APPEND_ONLY = (
    "trades",
    "decisions",
    "tapes",
    "market_data",
    "bar_versions",
    "corporate_actions",
    "segments",
    "equity_points",
    "drifts",
    "performance_metrics",
    "quarantined_bars",
    "noted_bars",
    "strategy_versions",
)
BY_VISIBILITY = (
    "strategies",
    "executions",
    "trades",
    "performance_metrics",
    "segments",
    "decisions",
    "drifts",
    "equity_points",
)
ANNA, BERT = uuid.UUID(int=1), uuid.UUID(int=2)
TABLES = sorted(metadata.tables)


def rows(connection, statement, *values):
    return connection.execute(statement, values or None).fetchall()


def read_as(database, user, statement):
    with database.connect("api") as connection:
        connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user or "")])
        return rows(connection, statement)


@pytest.fixture
def database(module_database):
    """One for all: whoever changes anything undoes it."""
    return module_database


@pytest.fixture(scope="module")
def template(postgres):
    """Anna and Bert, each with a private robot with one row in every table; and a public one."""
    robots = {"anna": (ANNA, "private"), "bert": (BERT, "private"), "shown": (None, "public")}
    with postgres.copy() as made:
        with made.connect("superuser") as connection:
            for user in (ANNA, BERT):
                connection.execute(
                    "INSERT INTO users (id, email, password_hash) VALUES (%s, %s, 'x')",
                    [user, user],
                )
            for slug, (user, visibility) in robots.items():
                _robot(connection, slug, user, visibility)
        yield made.name


@pytest.fixture(scope="module")
def peopled(postgres, template):
    """Only to be looked at."""
    with postgres.copy(template) as made:
        yield made


@pytest.fixture
def own_people(postgres, template):
    """One that a test may change."""
    with postgres.copy(template) as made:
        yield made


def _robot(connection, slug, user, visibility):
    owned = {"user_id": user, "visibility": visibility}

    def insert(table, **values):
        names = ", ".join(values)
        places = ", ".join(["%s"] * len(values))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id"
        return connection.execute(statement, list(values.values())).fetchone()[0]

    robot = insert("strategies", name=slug, slug=slug, strategy_code="builtin:x", **owned)
    now = "2013-03-01T21:00:00Z"
    run = insert("executions", strategy_id=robot, kind="paper", **owned)
    of = {"strategy_id": robot, "execution_id": run, **owned}
    insert(
        "strategy_versions",
        strategy_id=robot,
        user_id=user,
        hash="h",
        code="c",
        source="s",
        parameters="{}",
    )
    insert(
        "trades", sequence=0, symbol="A", side="buy", quantity=1, price=1, execution_time=now, **of
    )
    insert("performance_metrics", metric_name="m", calculation_time=now, **of)
    segment = insert(
        "segments",
        **{"number": 0, "first_seq": 0, "history": "h", "prev": "p", "code": "c", **of},
        parameters="{}",
        rules="1",
        options="{}",
        opening="{}",
        reason="r",
    )
    insert(
        "decisions",
        **{"segment_id": segment, "seq": 0, "slot": "s", "closes_at": now, "tape": "t", **of},
        leaf="{}",
        hash="h",
    )
    insert("drifts", slot="s", seq=0, kind="data", recorded="a", replayed="b", **of)
    insert("equity_points", sequence=0, time=now, equity=1, cash=1, **of)


def test_every_table_forces_row_level_security(database):
    with database.connect("owner") as connection:
        forced = rows(
            connection,
            """SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity
            AND relforcerowsecurity AND relnamespace = 'public'::regnamespace ORDER BY 1""",
        )
    assert [name for (name,) in forced] == TABLES


def test_the_roles_are_no_superusers_and_own_nothing(database):
    with database.connect("superuser") as connection:
        roles = rows(
            connection,
            """SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles
            WHERE rolname LIKE 'robotplug%' ORDER BY 1""",
        )
        owners = rows(
            connection, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
    names = ("robotplug_api", "robotplug_jobs", "robotplug_owner")
    assert roles == [(name, False, False, False, False) for name in names]
    assert owners == [("robotplug_owner",)]


@pytest.mark.parametrize("right", ["SUPERUSER", "BYPASSRLS"])
@pytest.mark.parametrize("role", ["robotplug_api", "robotplug_owner"])
def test_a_role_that_was_there_before_loses_what_passes_by_policies(database, role, right):
    with database.connect("superuser") as connection:
        connection.execute(f"ALTER ROLE {role} {right}")
        make_roles(connection)
        asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"
        assert rows(connection, asked, role) == [(False,)]
        connection.rollback()


def test_where_the_administrator_may_not_take_it_away_the_way_out_is_named(database):
    told = "role robotplug_jobs .* run: ALTER ROLE robotplug_jobs NOSUPERUSER NOBYPASSRLS"
    with database.connect("superuser") as connection:
        connection.execute("ALTER ROLE robotplug_jobs BYPASSRLS")
        connection.execute("CREATE ROLE clouds_administrator CREATEROLE")
        connection.execute("SET LOCAL ROLE clouds_administrator")
        with pytest.raises(RobotPlugError, match=told):
            make_roles(connection)
        connection.rollback()


@pytest.mark.parametrize("role", ["robotplug_api", "robotplug_jobs"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_recorded_cannot_be_changed(database, role, table):
    with database.connect("superuser") as connection:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert rows(
                connection, "SELECT has_table_privilege(%s, %s, %s)", role, table, right
            ) == [(False,)]
        columns = "SELECT has_any_column_privilege(%s, %s, 'UPDATE')"
        assert rows(connection, columns, role, table) == [(False,)]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_api_cannot_add_to_the_record_either(database, table):
    with database.connect("superuser") as connection:
        asked = "SELECT has_any_column_privilege('robotplug_api', %s, 'INSERT')"
        assert rows(connection, asked, table) == [(False,)]


@pytest.mark.parametrize("statement", ["UPDATE trades SET price = 2", "DELETE FROM decisions"])
@pytest.mark.parametrize("role", ["api", "jobs"])
def test_trying_to_change_the_record_is_refused(peopled, role, statement):
    with (
        peopled.connect(role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        connection.execute(statement)


@pytest.mark.parametrize("role", ["api", "jobs"])
def test_no_function_makes_tables(database, role):
    with database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("table", BY_VISIBILITY)
def test_a_visitor_sees_public_rows_and_a_user_also_her_own(peopled, table):
    asked = f"SELECT user_id FROM {table}"
    assert read_as(peopled, None, asked) == [(None,)]
    assert set(read_as(peopled, ANNA, asked)) == {(ANNA,), (None,)}


@pytest.mark.parametrize("table", BY_VISIBILITY)
def test_without_a_setting_the_api_sees_public_rows(peopled, table):
    with peopled.connect("api") as connection:
        assert rows(connection, f"SELECT user_id FROM {table}") == [(None,)]


def test_source_is_seen_when_it_is_ones_own_or_public(own_people):
    asked = "SELECT count(*) FROM strategy_versions"
    assert read_as(own_people, None, asked) == [(0,)]
    assert read_as(own_people, ANNA, asked) == [(1,)]
    with own_people.connect("superuser") as connection:
        connection.execute("UPDATE strategy_versions SET source_public = user_id IS NULL")
    assert read_as(own_people, None, asked) == [(1,)]
    assert read_as(own_people, ANNA, asked) == [(2,)]


def test_users_see_and_change_only_themselves(own_people):
    assert read_as(own_people, None, "SELECT id FROM users") == []
    assert read_as(own_people, ANNA, "SELECT id FROM users") == [(ANNA,)]
    changed = "UPDATE users SET name = 'x' RETURNING id"
    assert read_as(own_people, ANNA, changed) == [(ANNA,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(own_people, ANNA, "UPDATE users SET role = 'admin' RETURNING id")


def test_nobody_makes_a_key_for_somebody_else(own_people):
    made = """INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes)
        VALUES ('{}', 'n', 'p', 'h', '{{}}') RETURNING user_id"""
    assert read_as(own_people, ANNA, made.format(ANNA)) == [(ANNA,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        read_as(own_people, ANNA, made.format(BERT))


@pytest.mark.parametrize("table", ["outbox"])
def test_what_the_api_has_no_business_with_it_cannot_read(peopled, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(peopled, ANNA, f"SELECT * FROM {table}")


@pytest.mark.parametrize("table", ["users", "api_keys", "refresh_tokens", "idempotency_keys"])
def test_jobs_know_nothing_of_people(peopled, table):
    with peopled.connect("jobs") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT * FROM {table}")


def test_jobs_see_every_robot_and_move_its_status(own_people):
    with own_people.connect("jobs") as connection:
        locked = rows(connection, "SELECT slug FROM strategies ORDER BY slug FOR UPDATE")
        assert locked == [("anna",), ("bert",), ("shown",)]
        connection.execute("UPDATE strategies SET status = 'drifted', updated_at = now()")
        connection.execute("UPDATE executions SET status = 'running', progress = 0.5")


@pytest.mark.parametrize("column", ["registered_at", "config", "strategy_code", "visibility"])
@pytest.mark.parametrize("role", ["robotplug_api", "robotplug_jobs"])
def test_nobody_moves_what_a_robot_was_registered_with(database, role, column):
    asked = "SELECT has_column_privilege(%s, 'strategies', %s, 'UPDATE')"
    with database.connect("superuser") as connection:
        assert rows(connection, asked, role, column) == [(False,)]


def test_a_login_of_somebody_else_does_not_get_in(postgres, database):
    postgres.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
    try:
        url = database.api.replace(database.api.split("@")[0], "postgresql://stranger:x")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url)
    finally:
        postgres.execute("DROP ROLE stranger")


def test_sessions_of_every_role_are_in_utc(database):
    for role in ("owner", "api", "jobs"):
        with database.connect(role) as connection:
            assert rows(connection, "SHOW timezone") == [("UTC",)]
