"""The API as the cloud calls it: HTTP API events into the Mangum handler, a real database."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.builders.requests import Client


@pytest.fixture
def jobs(database: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection that writes as the jobs do, each statement at once."""
    with database.connect("jobs", autocommit=True) as connection:
        yield connection


@pytest.fixture
def client(database: Any) -> Iterator[Client]:
    """The handler over this test's own database."""
    with Client.over(database.api) as made:
        yield made


@pytest.fixture(scope="module")
def writer(module_database: Any) -> Iterator[psycopg.Connection[Any]]:
    """Fills the database that a module's tests share."""
    with module_database.connect("jobs", autocommit=True) as connection:
        yield connection


@pytest.fixture
def reader(module_database: Any) -> Iterator[Client]:
    """The handler over the database that the module's tests share."""
    with Client.over(module_database.api) as made:
        yield made


@pytest.fixture
def alone() -> Iterator[Client]:
    """The handler without a database: what it answers, it answers before it reads."""
    with Client.over("") as made:
        yield made
