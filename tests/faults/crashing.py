"""A moment to which everything is set back, to play what follows with one call that fails."""

from collections.abc import Callable, Iterator
from typing import Any

from functions.services.publication import pages
from tests.faults.calls import READ, Calls, DeathError, Mode
from tests.faults.snapshot import Snapshot
from tests.faults.world import Event, Handler, World

CUTS: tuple[Mode, ...] = ("cut off before", "cut off after")
"""The process lives and sees an error; the call had no effect, or had it."""
MOST_TRIES = 5
MOST_MISSED = 3
"""Calls that are made side by side are one more or less from time to time."""


class Crashing:
    """What is played from one moment on, again and again.

    reference: the evidence that is left where nothing goes wrong. names: the calls it makes then.
    """

    def __init__(
        self,
        world: World,
        calls: Calls,
        superuser: str,
        play: Callable[[World], None],
        evidence: Callable[[World], Any] = World.evidence,
    ) -> None:
        self.world, self.calls = world, calls
        self._play, self._evidence = play, evidence
        self._before, self._cloud = Snapshot(superuser), world.cloud.copy()
        self._missed = 0
        world.call = self._until_done
        self.reference = self.played()
        self.names = list(calls.names)

    def close(self) -> None:
        """Be done."""
        self._before.close()

    def played(self, at: int = 0, mode: Mode = "dies") -> Any:
        """Set everything back and play; what is left. at: the call at which something happens."""
        self.world.stop()
        self._before.set_back()
        self.world.cloud.set_back(self._cloud)
        self._start()
        self.calls.arm(at, mode)
        self._play(self.world)
        self._missed += self.calls.count < at
        assert self._missed <= MOST_MISSED, f"call {at} was never made, nor others"
        return self._evidence(self.world)

    def deaths(self) -> Iterator[int]:
        """The calls after which a process is to die: after those that only read it need not.

        To die before a call, or after one that only reads, is to die after the one before it.
        """
        return (at for at, name in enumerate(self.names, 1) if not name.endswith(READ))

    def lost(self, mode: Mode, of_reads: int) -> Iterator[int]:
        """The calls to be cut off: every one that writes, and of those that only read a share."""
        first = CUTS.index(mode)
        for at, name in enumerate(self.names, 1):
            if not name.endswith(READ) or at % of_reads == first:
                yield at

    def _start(self) -> None:
        """A new process, with its clients watched."""
        cloud = self.world.cloud
        pages._mirror.cache_clear()
        self.world.start(self.calls.watched(cloud.s3), self.calls.watched(cloud.sqs))

    def _until_done(self, job: Handler, event: Event) -> Any:
        """Deliver an event until it has been handled, as Scheduler and SQS do."""
        for _ in range(MOST_TRIES):
            # Until the server has noticed, it keeps the locks of whoever is gone.
            self._before.wait_for_end_of(self.calls.gone)
            try:
                answer = job(event, None)
            except DeathError:
                self.calls.dead = False
                self._start()
            except Exception:
                # What else could raise here than the call that was cut off?
                if not 0 < self.calls.at <= self.calls.count:
                    raise
            else:
                if not (isinstance(answer, dict) and answer.get("batchItemFailures")):
                    return answer
        raise AssertionError(f"{job.__module__} does not get through")
