"""The worker on one machine: it owns the clock, and calls the functions as AWS would."""

import argparse
import os
import signal
import threading
import time
from dataclasses import replace

from functions import bootstrap
from functions.local import lifeline
from functions.local.clock import Clock
from functions.local.deployment import read
from functions.local.handlers import Handlers
from functions.local.queues import Queues, make_resources
from functions.local.scheduler import Scheduler
from functions.local.start import Start
from functions.services.platform import Platform
from functions.services.publication.rebuild import rebuild_leaves
from functions.store.session import Session


def keep_time(scheduler: Scheduler, clock: Clock, pace: float, stop: threading.Event) -> None:
    """Make one more session today every `pace` seconds, until the sample ends."""
    began = time.monotonic()
    while clock.left:
        lifeline.tell(session=clock.today.isoformat(), left=clock.left)
        if stop.wait(max(0.0, began + pace - time.monotonic())):
            return
        began = time.monotonic()
        scheduler.play(clock.advance())
    if not stop.is_set():
        lifeline.tell(ended=clock.today.isoformat())
        stop.wait()


def _rebuild_leaves(platform: Platform) -> None:
    """Write the leaves of earlier days beside the clock, on a connection of its own."""
    own = Session(os.environ["DATABASE_URL"])
    try:
        rebuild_leaves(replace(platform, connect=own.connect))
    finally:
        own.close()


def main() -> None:
    """Bring the platform to where it stood, then keep time until told to stop."""
    lifeline.hold()
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pace", type=float, required=True)
    pace = arguments.parse_args().pace
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    deployment, platform = read(), bootstrap.platform()
    make_resources(platform.s3, platform.sqs, deployment)
    handlers = Handlers(deployment.functions)
    queues = Queues(platform.sqs, deployment, handlers)
    scheduler = Scheduler(deployment.schedules, handlers, queues, stop.is_set)
    clock = Start(platform, scheduler, queues).bring_up()
    lifeline.tell(ready=True)
    threading.Thread(target=_rebuild_leaves, args=(platform,), daemon=True).start()
    keep_time(scheduler, clock, pace, stop)


if __name__ == "__main__":
    main()
