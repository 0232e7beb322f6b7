"""PostgreSQL stopped at once, again and again, while robots are being advanced."""

import random
import signal
import time

import pytest

from functions.local.postgres import Server
from functions.local.postgres_program import postmaster, send
from functions.store import migrations, roles
from tests.faults.cloud import Cloud, FileBucket
from tests.faults.evidence import assert_undisturbed
from tests.faults.processes import Crew
from tests.faults.world import SLOTS, live_days, world_over

LIVE = live_days(SLOTS)
STOPS = 3


@pytest.fixture
def server(tmp_path):
    """A server of the test's own, which keeps what it has committed."""
    made = Server(tmp_path / "postgres", tmp_path / "secrets.json")
    with made:
        yield made


@pytest.fixture
def url(server):
    passwords = dict.fromkeys((roles.OWNER, roles.API, roles.JOBS), "secret")
    superuser = server.url()
    roles.make_database(superuser, "robots", passwords)
    place = {"password": "secret", "database": "robots"}
    migrations.migrate(roles.url_for(superuser, role=roles.OWNER, **place))
    return roles.url_for(superuser, role=roles.JOBS, **place)


def test_a_server_stopped_at_once_under_load(server, url, twin, tmp_path):
    dice = random.Random(1)
    with world_over(url, cloud=Cloud(FileBucket(tmp_path / "bucket"))) as world:
        crew = Crew(url, tmp_path / "bucket")
        working = crew.begun([LIVE[::2], LIVE[1::2]])
        for _ in range(STOPS):
            time.sleep(dice.uniform(0.1, 0.6))
            send(postmaster(server.data), signal.SIGQUIT)
            server.stop()
            server.start()
        assert crew.ended(working) <= 3 * SLOTS
        world.start()
        world.deliver()
        assert_undisturbed(world.evidence(), twin)
