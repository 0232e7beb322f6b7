"""Tickets, connections and pushes in the tables, as the roles of the functions reach them."""

import threading

import psycopg
import pytest

from functions.services.live import tickets
from functions.store import limits, sockets
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


def test_a_ticket_is_good_once(api):
    one, other = tickets.issue(api, "here"), tickets.issue(api, "here")
    assert tickets.redeem(api, one.ticket)
    assert tickets.redeem(api, other.ticket)
    assert not tickets.redeem(api, one.ticket)


def test_who_takes_all_tokens_waits_and_nobody_else_does(api):
    assert [limits.take(api, "a", 3, 0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert limits.take(api, "b", 3, 0)


def test_tokens_come_back_with_time_up_to_the_most(api, database):
    def earlier(seconds):
        with database.connect("superuser", autocommit=True) as superuser:
            superuser.execute(
                "UPDATE rate_limits SET refilled_at = refilled_at - make_interval(secs => %s)",
                [seconds],
            )

    for seconds, there in ((0, 3), (1, 2), (1000, 3)):
        earlier(seconds)
        assert [limits.take(api, "a", 3, 2) for _ in range(4)].count(True) == there


def test_of_many_at_once_as_many_as_there_are_tokens_get_one(api, database):
    found = []

    def take():
        with database.connect("api", autocommit=True) as connection:
            found.extend(limits.take(connection, "a", 5, 0) for _ in range(2))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(True) == 5


def test_who_was_not_here_for_an_hour_leaves_no_row(api, database):
    limits.take(api, "a", 3, 1)
    with database.connect("superuser", autocommit=True) as superuser:
        superuser.execute("UPDATE rate_limits SET refilled_at = now() - interval '2 hours'")
    limits.take(api, "b", 3, 1)
    assert api.execute("SELECT key FROM rate_limits").fetchall() == [("b",)]
    limits.take(api, "b", 3, 1)
    assert api.execute("SELECT count(*) FROM rate_limits").fetchone() == (1,)


def test_of_ten_who_use_a_ticket_at_once_one_gets_in(api, database):
    ticket, found = tickets.issue(api, "here").ticket, []

    def use():
        with database.connect("api", autocommit=True) as connection:
            found.append(tickets.redeem(connection, ticket))

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [*[False] * 9, True]


def test_what_has_ended_is_removed_by_who_comes_next(api):
    sockets.connect(api, Connected("old", None), -1)
    assert sockets.connected(api, "old") is None
    sockets.add_ticket(api, "h" * 64, -1)
    sockets.connect(api, Connected("new", None), 60)
    tickets.issue(api, "here")
    assert api.execute("SELECT connection_id FROM socket_connections").fetchall() == [("new",)]
    assert api.execute("SELECT count(*) FROM socket_tickets").fetchone() == (1,)


def test_nobody_who_has_ended_is_told_anything(api, jobs):
    robot = live_robot(jobs)
    sockets.connect(api, Connected("ended", robot.id), -1)
    assert not sockets.anybody(jobs)
    assert sockets.watchers(jobs, [robot.slug], 100) == {}


def test_a_private_robot_is_told_to_nobody(api, jobs):
    robot = live_robot(jobs, "annas-own", visibility="private")
    for name, watched in (("alone", robot.id), ("all", None)):
        sockets.connect(api, Connected(name, watched), 60)
    assert sockets.watchers(jobs, ["annas-own"], 100) == {}


def test_who_watches_all_is_told_of_the_first_hundred(api, jobs):
    for slug in ("robot-a", "robot-b", "robot-c"):
        live_robot(jobs, slug)
    sockets.connect(api, Connected("all", None), 60)
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
