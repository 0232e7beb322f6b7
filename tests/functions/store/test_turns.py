"""Turns are given on whatever ends the work that was done in them."""

import pytest

from functions.store.turns import turn


@pytest.fixture
def one(database):
    with database.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture
def other(database):
    with database.connect(autocommit=True) as connection:
        connection.execute("SET lock_timeout = '5s'")
        yield connection


def interrupted(connection):
    """As by Ctrl-C after a query was sent and before its answer is waited for."""
    connection.pgconn.send_query(b"SELECT 1")
    raise KeyboardInterrupt


def test_who_is_killed_gives_the_turn_on(one, other):
    with turn(one, "work"):
        one.close()
        with turn(other, "work"):
            pass


def test_who_is_interrupted_in_a_query_gives_the_turn_on(one, other):
    with pytest.raises(KeyboardInterrupt), turn(one, "work"):
        interrupted(one)
    with turn(other, "work"):
        pass


def test_what_ends_the_work_is_told_as_it_was(one, other):
    with pytest.raises(ZeroDivisionError), turn(one, "work"), one.transaction():
        _ = 1 / 0
    assert not one.closed
    with turn(other, "work"):
        pass
