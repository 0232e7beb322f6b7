"""Tickets, connections and pushes in the tables, as the roles of the functions reach them."""

import threading
import uuid

import psycopg
import pytest

from functions.services.live import tickets
from functions.store import sockets
from functions.store.sockets import Connected
from tests.builders.live import live_robot


@pytest.fixture
def api(database):
    with database.connect("api", autocommit=True) as connection:
        yield connection


@pytest.fixture
def jobs(database):
    with database.connect("jobs", autocommit=True) as connection:
        yield connection


def test_a_ticket_is_good_once_and_says_whose_it_is(api, database):
    user = uuid.UUID(int=7)
    with database.connect("superuser", autocommit=True) as superuser:
        superuser.execute(
            "INSERT INTO users (id, email, password_hash) VALUES (%s, 'a@b.example', 'x')", [user]
        )
    own, strangers = tickets.issue(api, user), tickets.issue(api)
    assert tickets.redeem(api, own.ticket) == (user,)
    assert tickets.redeem(api, strangers.ticket) == (None,)
    assert tickets.redeem(api, own.ticket) is None


def test_of_ten_who_use_a_ticket_at_once_one_gets_in(api, database):
    ticket, found = tickets.issue(api).ticket, []

    def use():
        with database.connect("api", autocommit=True) as connection:
            found.append(tickets.redeem(connection, ticket))

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == [(None,), *[None] * 9]


def test_what_has_ended_is_removed_by_who_comes_next(api):
    sockets.connect(api, Connected("old", None, None), -1)
    assert sockets.connected(api, "old") is None
    sockets.add_ticket(api, "h" * 64, None, -1)
    sockets.connect(api, Connected("new", None, None), 60)
    tickets.issue(api)
    assert api.execute("SELECT connection_id FROM socket_connections").fetchall() == [("new",)]
    assert api.execute("SELECT count(*) FROM socket_tickets").fetchone() == (1,)


def test_nobody_who_has_ended_is_told_anything(api, jobs):
    robot = live_robot(jobs)
    sockets.connect(api, Connected("ended", robot.id, None), -1)
    assert not sockets.anybody(jobs)
    assert sockets.watchers(jobs, [robot.slug], 100) == {}


def test_a_private_robot_is_told_to_its_owner_alone(api, jobs, database):
    anna, bert = uuid.UUID(int=1), uuid.UUID(int=2)
    with database.connect("superuser", autocommit=True) as superuser:
        for user in (anna, bert):
            superuser.execute(
                "INSERT INTO users (id, email, password_hash) VALUES (%s, %s, 'x')", [user, user]
            )
    robot = live_robot(jobs, "annas-own", visibility="private", user_id=anna)
    for name, watched, user in (
        ("anna", robot.id, anna),
        ("bert", robot.id, bert),
        ("stranger", robot.id, None),
        ("anna, all", None, anna),
    ):
        sockets.connect(api, Connected(name, watched, user), 60)
    assert sockets.watchers(jobs, ["annas-own"], 100) == {"annas-own": ["anna"]}


def test_who_watches_all_is_told_of_the_first_hundred(api, jobs):
    for slug in ("robot-a", "robot-b", "robot-c"):
        live_robot(jobs, slug)
    sockets.connect(api, Connected("all", None, None), 60)
    found = sockets.watchers(jobs, ["robot-a", "robot-b", "robot-c"], 2)
    assert found == {"robot-a": ["all"], "robot-b": ["all"]}


def test_of_eight_who_would_tell_of_a_robot_one_does(jobs, database):
    robot, found = live_robot(jobs), []

    def claim():
        with database.connect("jobs", autocommit=True) as connection:
            found.append(sockets.claim(connection, {robot.id: 3}, 60))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=len) == [*[{}] * 7, {robot.id: 2}]
    assert 50 < sockets.due_in(jobs, [robot.slug], 60) <= 60


def test_a_late_claim_does_not_turn_the_seq_back(jobs):
    robot = live_robot(jobs)
    assert sockets.claim(jobs, {robot.id: 9}, 0) == {robot.id: 8}
    assert sockets.claim(jobs, {robot.id: 5}, 0) == {robot.id: 9}
    assert sockets.claim(jobs, {robot.id: 9}, 0) == {robot.id: 9}


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("jobs", "SELECT * FROM socket_tickets"),
        ("jobs", "INSERT INTO socket_connections (connection_id, expires_at) VALUES ('x', now())"),
        ("api", "SELECT * FROM socket_pushes"),
        ("api", "UPDATE socket_tickets SET expires_at = now()"),
        ("jobs", "DELETE FROM socket_pushes"),
    ],
)
def test_each_role_reaches_what_is_its_business(database, role, statement):
    with (
        database.connect(role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
