"""A simulation's stage on a real PostgreSQL, by the jobs' handlers."""

from dataclasses import dataclass

from engine.errors import RobotPlugError
from tests.builders.records import due_message
from tests.faults.calls import Calls
from tests.faults.simulation import Advance, Collect, Trouble
from tests.faults.world import World

CALLS_FOR_ONE = 5
"""A job makes so many more calls than an archive in memory sees."""


@dataclass
class InPostgres:
    """A world, one of whose calls may go wrong; what overtakes needs processes of its own."""

    world: World
    calls: Calls

    def new_process(self) -> None:
        cloud = self.world.cloud
        self.calls.arm(0)
        self.world.start(self.calls.watched(cloud.s3), self.calls.watched(cloud.sqs))

    def collect(self, event: Collect) -> None:
        self.calls.arm(0)
        self.world.market.failing = set(event.failing)
        try:
            self.world.collect(event.day)
        except RobotPlugError:
            assert event.failing

    def advance(self, event: Advance, trouble: Trouble | None = None) -> bool:
        self.calls.arm(0)
        if trouble and not trouble.meanwhile:
            cut = "cut off after" if trouble.answered else "cut off before"
            self.calls.arm(trouble.at * CALLS_FOR_ONE, "dies" if trouble.dies else cut)
        body = due_message(event.day, *event.robots, deadline=event.deadline)
        try:
            return not self.world.advance(body)["batchItemFailures"]
        except Exception:
            # A call that fails is made again, as Lambda makes it.
            assert trouble
            return False
