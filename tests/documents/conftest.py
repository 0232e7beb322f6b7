"""The real API over a real database, on a port, with one robot to ask about."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from functions.api.app import create_app
from functions.api.database import Database
from tests.builders.stored import make_robot, make_run

SYMBOL = "AAPL"
HEALTH = """INSERT INTO data_health (symbol, data_source, bar_length, calendar, checked_at)
VALUES (%s, 'sample', '1d', 'XNYS', '2013-03-01T21:20:00Z')"""


@pytest.fixture(scope="module")
def api(module_database: Any) -> Iterator[str]:
    """The address of the API; `sma-cross` has a backtest and a record there."""
    with module_database.connect("jobs", autocommit=True) as jobs:
        robot = make_robot(jobs)
        for kind in ("backtest", "paper"):
            make_run(jobs, robot, kind)
        jobs.execute(HEALTH, [SYMBOL])
    database = Database(module_database.api)
    config = uvicorn.Config(create_app(database), port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield _address(server)
    finally:
        server.should_exit = True
        thread.join()
        database.close()


def _address(server: uvicorn.Server) -> str:
    until = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < until, "the API did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"
