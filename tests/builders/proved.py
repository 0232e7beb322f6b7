"""A record to be proved or damaged: made once for a module, on the database alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from functions.services.market.calendars import Session
from functions.services.platform import Platform
from functions.services.record import reading
from functions.store.session import Session as Connections
from tests.builders.records import advance, collect_until, registered, sma_robot, tamper

ROBOT = sma_robot(backtest_from=date(2000, 6, 1))
HISTORY = 300
"""Sessions before the record: enough to decide, few enough to be read again for every test."""

FASTER = "UPDATE strategies SET config = jsonb_set(config, '{parameters,fast}', '7')"


class Queue:
    """Takes what registering queues, and forgets it."""

    def send_message(self, **_message: object) -> dict[str, object]:
        return {}


@contextmanager
def platform_without_cloud(url: str) -> Iterator[Platform]:
    """The jobs' platform over a database alone."""
    session = Connections(url)
    nothing: Any = None
    queue: Any = Queue()
    reading.forget()
    yield Platform(session.connect, session.connect, nothing, queue, "", "", "", "", "sample", "")
    session.close()
    reading.forget()


def two_segments(platform: Platform, database: Any) -> Sequence[Session]:
    """Record twenty slots, one by one from the tenth on, then ten under other parameters.

    The seventeenth read a bar of MSFT that had been restated. Returns the sessions.
    """
    sessions = registered(platform, ROBOT, at=HISTORY)
    collect_until(platform, sessions[35])
    tamper(
        database,
        """INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,
        seen_at, reason) SELECT id, 2, open, high, low, close, volume + 1,
            timestamp + interval '22 hours', 'restated'
        FROM market_data WHERE symbol = 'MSFT' AND timestamp = %s""",
        sessions[16].session,
    )
    for at in range(10, 20):
        advance(platform, sessions[at], ROBOT.id)
    tamper(database, FASTER)
    advance(platform, sessions[29], ROBOT.id)
    return sessions
