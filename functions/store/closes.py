"""The session that a closing instant ended: rows keep the instant, documents tell the day."""

from datetime import UTC, date, datetime, timedelta

SESSION = "((time - interval '1 microsecond') AT TIME ZONE 'UTC')::date"
"""`session_closed_at` in SQL, of a column `time`."""


def session_closed_at(time: datetime) -> date:
    """Return the date, in UTC, of the moment before a close: midnight ends the day before.

    >>> session_closed_at(datetime(2013, 3, 1, 21, tzinfo=UTC)).isoformat()
    '2013-03-01'
    >>> session_closed_at(datetime(2013, 3, 2, tzinfo=UTC)).isoformat()
    '2013-03-01'
    """
    return (time.astimezone(UTC) - timedelta(microseconds=1)).date()
