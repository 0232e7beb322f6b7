"""Sockets on the front door of `robotplug run`, a real database behind it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from functions.services.platform import Platform
from functions.store.session import Session
from tests.builders.fronts import CLOUD, Front
from tests.builders.live import LiveRobot, live_robot


@pytest.fixture(scope="module")
def front(module_database: Any) -> Iterator[Front]:
    with Front(module_database.api) as opened:
        yield opened


@pytest.fixture(scope="module")
def jobs(module_database: Any) -> Iterator[psycopg.Connection[Any]]:
    with module_database.connect("jobs", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def superuser(module_database: Any) -> Iterator[psycopg.Connection[Any]]:
    with module_database.connect("superuser", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def robot(jobs: Any) -> LiveRobot:
    """A public robot whose record grows from test to test."""
    return live_robot(jobs)


@pytest.fixture(scope="module")
def platform(module_database: Any, front: Front) -> Iterator[Platform]:
    """What a job has of the world, as far as it tells who is connected."""
    session = Session(module_database.jobs)
    nothing: Any = None
    named = ("", "", "", "", "sample", f"http://{front.host}", front.connections_url)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CLOUD.items():
            patch.setenv(name, value)
        yield Platform(session.connect, session.connect, nothing, nothing, *named)
    session.close()
