"""Code, parameters, engine and tables that change while robots live on."""

import pytest

from functions.services.record import definition, planning
from functions.store.archive import PostgresArchive
from functions.store.migrations import migrate, unmigrate
from tests.builders.records import tamper
from tests.faults.evidence import assert_undisturbed, assert_whole
from tests.faults.world import SLOTS, live_days, robot, world_over

LIVE = live_days(SLOTS)
CHANGE = "UPDATE strategies SET config = jsonb_set(config, '{parameters,fast}', '3')"


@pytest.fixture
def alone(database):
    with world_over(database.jobs, robots=(robot(),)) as world:
        yield world


def segments_of(world):
    (record,) = world.evidence().values()
    assert_whole(record)
    return record, [(row[1], row[-1]) for row in record.tables["segments"]]


def test_parameters_that_change_between_replay_and_append_wait_for_the_next_slot(
    alone, database, monkeypatch
):
    honest, changed = PostgresArchive.append, []

    def append(self, additions):
        if not changed:
            changed.append(tamper(database, CHANGE))
        return honest(self, additions)

    for day in LIVE[:5]:
        alone.play(day)
    monkeypatch.setattr(PostgresArchive, "append", append)
    for day in LIVE[5:]:
        alone.play(day)
    assert changed
    record, segments = segments_of(alone)
    assert segments == [(1, "registered"), (7, "parameters changed")]
    fast = [row[4].count('"fast":3') for row in record.tables["decisions"]]
    assert fast == [0] * 6 + [1] * (SLOTS - 6)


def rules(monkeypatch, version):
    resolve = definition.resolve

    def resolved(code, config):
        return resolve(code, config)._replace(rules=version)

    for module in (definition, planning):
        monkeypatch.setattr(module, "resolve", resolved)


def test_two_versions_side_by_side_that_agree_are_one_segment(world, twin, monkeypatch):
    for at, day in enumerate(LIVE):
        with monkeypatch.context() as patch:
            if at % 2:
                rules(patch, "another")
            world.start()
            world.play(day)
    assert_undisturbed(world.evidence(), twin)


def test_two_versions_side_by_side_with_other_code_are_one_chain(alone, monkeypatch):
    source = definition.strategies.source
    for at, day in enumerate(LIVE):
        with monkeypatch.context() as patch:
            if at % 2:
                patch.setattr(definition.strategies, "source", lambda name: source(name) + "#")
            alone.start()
            alone.play(day)
            alone.play(day)
    _, segments = segments_of(alone)
    assert segments[0] == (1, "registered")
    assert segments[1:] == [(seq, "code changed") for seq in range(2, SLOTS + 1)]


def test_tables_go_down_and_up_again_under_a_record(world, twin, database):
    for day in LIVE[:7]:
        world.play(day)
    world.stop()
    assert unmigrate(database.owner, "0006") == "0006"
    migrate(database.owner)
    world.start()
    for day in LIVE[7:]:
        world.play(day)
    assert_undisturbed(world.evidence(), twin)
