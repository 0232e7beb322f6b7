"""Faults that change nothing: worlds on a real PostgreSQL, and what an undisturbed one records.

Where each fault of the platform's list is shown; every test here ends with assert_undisturbed.

| fault | test |
|---|---|
| one event ten times; eight processes on one slot; two slots at once | test_repeated |
| slots in any order; three days lost, caught up and marked | test_repeated |
| processes killed (SIGKILL) at any moment | test_repeated |
| a crash at every external call; any answer lost, a COMMIT's too | test_crashes |
| S3 written and PostgreSQL not, and the reverse | test_crashes |
| PostgreSQL stopped at once under load | test_server |
| a poison robot in a batch of fifty; poison messages; a timeout mid-batch | test_batches |
| a clock that is off; summer time; half days; thirty years | test_clock |
| a provider that fails, drips, tells a part, dirt, restated or re-adjusted bars | test_sources |
| code or parameters changed during a run; two versions; migrations down and up | test_changes |
| all of it at random, from one seed | test_simulation |
| an engine that no longer agrees; a head that moved | services/record/test_advancing |
| rows changed behind the platform's back | services/record/test_tampering |
| dirty data, fault by fault | services/market |
| a robot that hangs or eats memory | comes with user code: only built-in strategies run |
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from functions.store import roles
from tests.faults.evidence import Evidence
from tests.faults.world import SLOTS, World, live_days, world_over


@pytest.fixture(scope="session")
def twin(postgres: Any) -> Iterator[dict[Any, Evidence]]:
    """What the robots record, and publish, where nothing goes wrong."""
    name = f"robotplug_twin_{os.getpid()}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {postgres.template} OWNER {roles.OWNER}")
    roles.make_database(postgres.superuser, name, {})
    secret = postgres.passwords[roles.JOBS]
    url = roles.url_for(postgres.superuser, role=roles.JOBS, password=secret, database=name)
    with world_over(url) as world:
        for day in live_days(SLOTS):
            world.play(day)
        found = world.evidence()
    yield found
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def world(database: Any, twin: Any) -> Iterator[World]:
    """Three robots that were just registered."""
    with world_over(database.jobs) as world:
        yield world
