"""PostgreSQL stopped at once, again and again, while robots are being advanced."""

import random
import signal
import time

import psycopg
import pytest

from functions.local.postgres import Server
from functions.local.postgres_program import postmaster, send
from functions.store import migrations, roles
from tests.faults.cloud import Cloud, FileBucket
from tests.faults.evidence import assert_undisturbed
from tests.faults.processes import Crew
from tests.faults.world import SLOTS, live_days, world_over

LIVE = live_days(SLOTS)
STOPS = (1, 3, 5)
"""After how many slots the server is stopped; far fewer than there are to play."""
MOST_LOOKS = 20_000


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


def recorded(url):
    """How many decisions there are."""
    with psycopg.connect(url) as database:
        return database.execute("SELECT count(*) FROM decisions").fetchone()[0]


def until(comes):
    """Wait for something that the processes at work are to bring about."""
    for _ in range(MOST_LOOKS):
        if comes():
            return
        time.sleep(0.01)
    raise AssertionError("the processes at work do not bring it about")


def test_a_server_stopped_at_once_under_load(server, url, twin, tmp_path):
    dice = random.Random(1)
    with world_over(url, cloud=Cloud(FileBucket(tmp_path / "bucket"))) as world:
        crew = Crew(url, tmp_path / "bucket")
        working = crew.begun([LIVE[::2], LIVE[1::2]])
        for slots in STOPS:
            until(lambda slots=slots: recorded(url) >= slots * len(world.ids))
            time.sleep(dice.uniform(0.0, 0.1))
            failed = working.shared.failed.value
            send(postmaster(server.data), signal.SIGQUIT)
            server.stop()
            server.start()
            assert recorded(url) < SLOTS * len(world.ids), "nobody was at work any more"
            until(lambda failed=failed: working.shared.failed.value > failed)
        assert crew.ended(working) <= SLOTS * len(world.ids)
        world.start()
        world.deliver()
        assert_undisturbed(world.evidence(), twin)
