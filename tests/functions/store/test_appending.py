"""Rows go into a table as they are, few or many."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from psycopg.errors import UniqueViolation

from functions.store.appending import BULK, append
from functions.store.session import Session


class Row(NamedTuple):
    key: int
    amount: Decimal | None
    told: dict[str, object]


@pytest.fixture
def connection(database):
    session = Session(database.jobs)
    with session.connect() as found:
        found.execute("CREATE TEMPORARY TABLE kept (key int UNIQUE, amount numeric, told jsonb)")
        yield found
    session.close()


def rows(count, amount):
    return [Row(key, amount, {"at": key, "é": "\\ \t"}) for key in range(count)]


@pytest.mark.parametrize("count", [1, BULK + 1])
@pytest.mark.parametrize("amount", [Decimal("0.10000000"), Decimal("NaN"), None])
def test_what_is_appended_is_read_back(connection, count, amount):
    append(connection, "kept", rows(count, amount))
    found = connection.execute("SELECT key, amount::text, told FROM kept ORDER BY key").fetchall()
    assert found == [
        (at, None if amount is None else str(amount), told) for at, _, told in rows(count, 0)
    ]


@pytest.mark.parametrize("count", [1, BULK + 1])
def test_a_row_that_is_there_stays_as_it_is_where_it_is_kept_once(connection, count):
    append(connection, "kept", rows(1, Decimal(1)))
    append(connection, "kept", rows(count, Decimal(2)), once=("key",))
    found = connection.execute("SELECT amount FROM kept ORDER BY key").fetchall()
    assert found == [(Decimal(1),), *[(Decimal(2),)] * (count - 1)]


@pytest.mark.parametrize("count", [1, BULK + 1])
def test_a_row_that_is_there_is_refused_otherwise(connection, count):
    append(connection, "kept", rows(1, Decimal(1)))
    with pytest.raises(UniqueViolation), connection.transaction():
        append(connection, "kept", rows(count, Decimal(2)))
