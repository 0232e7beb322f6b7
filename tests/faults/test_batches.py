"""One bad robot, or one bad message, among many good ones."""

import pytest

import strategies
from functions.jobs import advance_robots
from tests.builders.records import due_message, queued
from tests.faults.evidence import assert_undisturbed, assert_whole
from tests.faults.world import SLOTS, family, live_days, robot, world_over

LIVE = live_days(SLOTS)
POISON = robot("poison", strategy="rsi_reversion", parameters={})
REFUSES = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room for this row'; END $$;
CREATE TRIGGER refuses BEFORE INSERT ON equity_points FOR EACH ROW
    WHEN (NEW.strategy_id = '{robot}') EXECUTE FUNCTION refuse();
"""


def its_strategy_raises(_database, monkeypatch):
    def targets(self, market):
        raise ZeroDivisionError("a strategy's own mistake")

    monkeypatch.setattr(strategies.get("rsi_reversion"), "targets", targets)


def its_rows_are_refused(database, _monkeypatch):
    with database.connect("superuser", autocommit=True) as connection:
        connection.execute(REFUSES.format(robot=POISON.id))


@pytest.mark.parametrize("poison", [its_strategy_raises, its_rows_are_refused])
def test_a_poison_robot_in_a_batch_of_fifty(database, twin, monkeypatch, poison):
    others = [robot(f"other-{at:02}", parameters={"fast": 2, "slow": 6}) for at in range(46)]
    with world_over(database.jobs, robots=(*family(), POISON, *others)) as world:
        poison(database, monkeypatch)
        for at in (SLOTS // 2, SLOTS - 1):
            for day in LIVE[: at + 1]:
                world.collect(day)
            for _ in range(2):
                answer = world.advance_to(LIVE[at])
                assert answer["batchItemFailures"] == [{"itemIdentifier": "message-0"}]
        world.deliver()
        rows = "SELECT count(*) FROM decisions WHERE strategy_id = %s"
        assert world.platform.connect().execute(rows, [POISON.id]).fetchone() == (0,)
        told = "SELECT kind, attempts FROM skips WHERE strategy_id = %s ORDER BY slot"
        skips = world.platform.connect().execute(told, [POISON.id]).fetchall()
        assert skips == [("failed", 2), ("failed", 2)]
        world.robots = [one for one in world.robots if one is not POISON]
        found = world.evidence()
    for record in found.values():
        assert_whole(record)
    assert len({record.head for record in found.values()}) == 49
    assert_undisturbed({one.id: found[one.id] for one in family()}, twin)


POISONOUS = [
    "no json",
    "{}",
    '{"slot": "yesterday", "robots": []}',
    '{"slot": "XNYS/1d/2012-02-15T21:00:00Z"}',
    '{"slot": "XNYS/1d/2012-02-15T21:00:00Z", "robots": ["crossing"]}',
    '{"slot": "XMARS/1d/2012-02-15T21:00:00Z", "robots": %s}',
    '{"slot": "XNYS/7d/2012-02-15T21:00:00Z", "robots": %s}',
]


def test_poison_messages_fail_alone(world, twin):
    for day in LIVE[:2]:
        world.collect(day)
    good = [due_message(day, *world.ids) for day in LIVE[:2]]
    event = queued(good[0], *({} for _ in POISONOUS), good[1])
    for record, body in zip(event["Records"][1:-1], POISONOUS, strict=True):
        record["body"] = body.replace("%s", f'["{world.ids[0]}"]')
    for appended in (2 * len(world.ids), 0):
        answer = world.call(advance_robots.handler, event)
        failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
        assert failed == [f"message-{number}" for number in range(1, len(POISONOUS) + 1)]
        assert answer["appended"] == appended
    for day in LIVE[2:]:
        world.play(day)
    assert_undisturbed(world.evidence(), twin)


def test_a_batch_that_timed_out_comes_again_half_done(world, twin):
    first, *rest = world.ids
    for day in LIVE:
        world.collect(day)
        world.advance(due_message(day, *rest))
        world.advance(due_message(day, first, *rest), due_message(day, *rest))
    world.deliver()
    assert_undisturbed(world.evidence(), twin)
