"""A session's date is one thing, in Python and in SQL."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from functions.store.closes import SESSION, session_closed_at

CLOSES = [
    (datetime(2013, 3, 1, 21, tzinfo=UTC), date(2013, 3, 1)),
    (datetime(2013, 3, 2, tzinfo=UTC), date(2013, 3, 1)),
    (datetime(2013, 3, 2, 0, 0, 1, tzinfo=UTC), date(2013, 3, 2)),
    (datetime(2013, 3, 2, 1, tzinfo=timezone(timedelta(hours=1))), date(2013, 3, 1)),
]


@pytest.mark.parametrize(("close", "session"), CLOSES)
def test_midnight_ends_the_day_before(database, close, session):
    assert session_closed_at(close) == session
    with database.connect() as connection:
        row = connection.execute(f"SELECT {SESSION} FROM (SELECT %s AS time) one", [close])
        assert row.fetchone()[0] == session
