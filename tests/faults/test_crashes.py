"""A process dies, or is cut off, at every single call that a slot makes."""

import pytest

from tests.faults.calls import READ, Calls, DeathError, counted
from tests.faults.evidence import assert_undisturbed
from tests.faults.snapshot import Snapshot
from tests.faults.world import SLOTS, World, live_days, robot, world_over

LIVE = live_days(SLOTS)
MONTHS_END = 9
"""The slot that is played: robots trade, a month ends, and metrics last."""


class Stage:
    """The moment before one slot, to which everything is set back."""

    def __init__(self, world: World, calls: Calls, superuser: str) -> None:
        self.world, self.calls = world, calls
        self.before, self.cloud = Snapshot(superuser), world.cloud.copy()
        world.call = self._until_done
        self.set_back()
        self.play(at=0)
        self.total, self.reference = calls.count, world.evidence()

    def set_back(self) -> None:
        self.world.stop()
        self.before.set_back()
        self.world.cloud.set_back(self.cloud)

    def start(self) -> None:
        """A new process, with its clients watched."""
        cloud = self.world.cloud
        self.world.start(self.calls.watched(cloud.s3), self.calls.watched(cloud.sqs))

    def play(self, at: int, mode: str = "dies") -> None:
        self.start()
        self.calls.arm(at, mode)
        self.world.play(LIVE[MONTHS_END])

    def _until_done(self, job, event):
        """Deliver an event until it has been handled, as Scheduler and SQS do."""
        for _ in range(5):
            # Until the server has noticed, it keeps the locks of whoever is gone.
            self.before.wait_for_end_of(self.calls.gone)
            try:
                answer = job(event, None)
            except DeathError:
                self.calls.dead = False
                self.start()
            except Exception:
                # What else could raise here than the call that was cut off?
                if not 0 < self.calls.at <= self.calls.count:
                    raise
            else:
                if not (answer or {}).get("batchItemFailures"):
                    return answer
        raise AssertionError(f"{job.__module__} does not get through")


@pytest.fixture(scope="module")
def stage(module_database):
    two = robot(benchmark="holding"), robot("holding", strategy="buy_and_hold", parameters={})
    with counted() as calls, world_over(module_database.jobs, robots=two) as world:
        for day in LIVE[:MONTHS_END]:
            world.play(day)
        yield Stage(world, calls, module_database.superuser)


def test_a_slot_makes_many_calls_of_every_kind(stage):
    assert stage.total > 60
    assert {"connect", "put_object", "send_message", "send_message_batch"} <= set(stage.calls.names)
    kinds = {name.removesuffix(READ).rpartition(".")[2] for name in stage.calls.names}
    reads = sum(name.endswith(READ) for name in stage.calls.names)
    assert 0 < reads < stage.total / 2
    assert {"_execute_gen", "_enter_gen", "_exit_gen", "copy_to"} <= kinds
    for record in stage.reference.values():
        assert {row[0].day for row in record.tables["performance_metrics"]} == {29}


def test_a_process_may_die_at_any_call(stage):
    """To die before a call, or after one that only reads, is to die after the one before it."""
    stage.set_back()
    stage.play(at=0)
    for at, name in enumerate(list(stage.calls.names), 1):
        if not name.endswith(READ):
            stage.set_back()
            stage.play(at)
            assert stage.calls.count > at or at == stage.total
            assert_undisturbed(stage.world.evidence(), stage.reference, f"died at call {at}")


@pytest.mark.parametrize(("mode", "first"), [("cut off before", 1), ("cut off after", 2)])
def test_any_call_may_fail_and_any_answer_be_lost(stage, mode, first):
    """Every commit's answer among them; of the other calls, every fourth one each way."""
    for at, name in enumerate(list(stage.calls.names), 1):
        if at % 4 == first or "Transaction._exit" in name:
            stage.set_back()
            stage.play(at, mode)
            assert_undisturbed(stage.world.evidence(), stage.reference, f"{mode} call {at}")


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
