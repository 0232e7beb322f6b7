"""A process dies, or is cut off, at every single call that a slot makes."""

from contextlib import closing

import pytest

from tests.faults.calls import READ, counted
from tests.faults.crashing import CUTS, Crashing
from tests.faults.evidence import assert_undisturbed
from tests.faults.world import SLOTS, SYMBOLS, Walks, live_days, robot, world_over

LIVE = live_days(SLOTS)
MONTHS_END = 9
"""The slot that is played: robots trade, a month ends, and metrics last."""
OF_READS = 6
"""Of the calls that only read, so many are tried in neither way for each that is cut off."""


@pytest.fixture(scope="module")
def stage(module_database):
    # The calls for a third symbol would be those for the second once more.
    of = {"symbols": SYMBOLS[:2]}
    two = (
        robot(benchmark="holding", **of),
        robot("holding", strategy="buy_and_hold", parameters={}, **of),
    )
    more = {"market": Walks(symbols=SYMBOLS[:2]), "robots": two}
    with counted() as calls, world_over(module_database.jobs, **more) as world:
        for day in LIVE[:MONTHS_END]:
            world.play(day)
        superuser = module_database.superuser
        with closing(
            Crashing(world, calls, superuser, lambda world: world.play(LIVE[MONTHS_END]))
        ) as crashing:
            yield crashing


def test_a_slot_makes_many_calls_of_every_kind(stage):
    total = len(stage.names)
    assert total > 60
    assert {"connect", "put_object", "send_message", "send_message_batch"} <= set(stage.names)
    kinds = {name.removesuffix(READ).rpartition(".")[2] for name in stage.names}
    reads = sum(name.endswith(READ) for name in stage.names)
    assert 0 < reads < total / 2
    assert {"_execute_gen", "_enter_gen", "_exit_gen", "copy_to"} <= kinds
    for record in stage.reference.values():
        assert {row[0].day for row in record.tables["performance_metrics"]} == {29}
    traded = [row[10] for record in stage.reference.values() for row in record.tables["trades"]]
    assert LIVE[MONTHS_END].session in {time.date() for time in traded}


def test_a_process_may_die_at_any_call(stage):
    for at in stage.deaths():
        assert_undisturbed(stage.played(at), stage.reference, f"died at call {at}")


@pytest.mark.parametrize("mode", CUTS)
def test_any_call_may_fail_and_any_answer_be_lost(stage, mode):
    """Every call that writes, each way; of those that only read, a share."""
    for at in stage.lost(mode, OF_READS):
        assert_undisturbed(stage.played(at, mode), stage.reference, f"{mode} call {at}")


def test_a_bucket_that_was_written_before_the_record(world, twin):
    """S3 has what a process wrote whose transaction was lost."""
    for record in twin.values():
        for key, body in record.documents.items():
            if key.startswith("data/leaves/"):
                world.cloud.s3.put_object(Bucket="site", Key=key, Body=body)
    for day in LIVE:
        world.play(day)
    assert_undisturbed(world.evidence(), twin)


def test_a_record_that_was_written_before_the_bucket(world, twin, monkeypatch):
    """PostgreSQL has what S3 refused for days."""

    def refused(**_told):
        raise ConnectionError("S3 does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(world.cloud.s3, "put_object", refused)
        for day in LIVE:
            world.collect(day)
            assert world.advance_to(day)["appended"] == len(world.ids)
    assert not any(key.startswith("data/leaves") for key in world.cloud.objects())
    world.deliver()
    assert_undisturbed(world.evidence(), twin)
