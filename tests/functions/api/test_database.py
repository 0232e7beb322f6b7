import pytest

from functions.local.postgres import Server
from functions.store import migrations, roles
from tests.builders.requests import Client
from tests.builders.stored import make_robot

PASSWORDS = dict.fromkeys((roles.OWNER, roles.API, roles.JOBS), "a-test's-own")


def away(answer):
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json["type"].endswith("#unavailable")
    assert "127.0.0.1" not in answer.text
    return True


@pytest.mark.database
def test_a_stopped_server_is_unavailable_until_it_is_back(tmp_path):
    with Server(tmp_path / "postgres", tmp_path / "secrets.json", durable=False) as server:
        roles.make_database(server.url(), "robotplug", PASSWORDS)
        url = {
            role: roles.url_for(server.url(), role=role, password=password, database="robotplug")
            for role, password in PASSWORDS.items()
        }
        migrations.migrate(url[roles.OWNER])
        with Client.over(url[roles.API]) as client:
            assert client.get("/strategies").status == 200
            server.stop()
            assert away(client.get("/strategies"))
            assert away(client.get("/health/ready"))
            assert client.get("/health").status == 200
            server.start()
            assert client.get("/strategies").status == 200


def test_a_connection_that_broke_between_two_requests_is_replaced(client, database):
    assert client.get("/strategies").status == 200
    with database.connect("superuser", autocommit=True) as superuser:
        ended = superuser.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'robotplug-api' AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
    assert client.get("/strategies").status == 200


def test_one_process_keeps_one_connection(client, database):
    for _ in range(5):
        assert client.get("/health/ready").status == 200
        assert client.get("/trades", limit=0).status == 422
        assert client.get("/strategies/none").status == 404
    with database.connect("superuser") as superuser:
        (count,) = superuser.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE usename = 'robotplug_api' AND datname = current_database() AND state = 'idle'"
        ).fetchone()
    assert count == 1


def test_a_query_that_takes_too_long_is_given_up(database):
    with (
        database.connect("superuser") as superuser,
        Client.over(database.api, timeout_ms=100) as client,
    ):
        assert client.get("/health/ready").status == 200
        superuser.execute("LOCK TABLE strategies IN ACCESS EXCLUSIVE MODE")
        assert away(client.get("/health/ready"))
        superuser.rollback()
        assert client.get("/health/ready").status == 200


def test_without_an_address_only_the_process_is_healthy():
    with Client.over("") as client:
        assert client.get("/health").json == {"status": "ok"}
        assert away(client.get("/health/ready"))


def test_a_replica_is_read_where_there_is_one(database, jobs):
    make_robot(jobs)
    with Client.over("postgresql://nobody@127.0.0.1:1/x", replica_url=database.api) as client:
        assert client.get("/strategies").json["total"] == 1


def test_a_request_is_one_snapshot_that_cannot_write(client, jobs):
    with client.database.reading() as connection:
        before = connection.execute("SELECT count(*) AS n FROM strategies").fetchone()
        make_robot(jobs)
        after = connection.execute("SELECT count(*) AS n FROM strategies").fetchone()
        modes = connection.execute("SHOW transaction_read_only").fetchone()
    assert before == after == {"n": 0}
    assert modes == {"transaction_read_only": "on"}
