"""The worker on one machine: it owns the clock, and calls the functions as AWS would."""

import argparse
import os
import signal
import sys
import threading
from dataclasses import replace

from engine.errors import DataError, OrderError, ParameterError, RobotPlugError
from functions import bootstrap
from functions.local import lifeline
from functions.local.choice import Choice
from functions.local.deployment import read
from functions.local.handlers import Handlers
from functions.local.live import Live
from functions.local.played import Played
from functions.local.queues import Queues, make_resources
from functions.local.scheduler import Scheduler
from functions.local.start import Start
from functions.services.platform import Platform
from functions.services.publication.rebuild import rebuild_leaves
from functions.store.session import Session


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
    start = Start(platform, scheduler, queues, Choice.read())
    course = _brought_up(start, pace)
    lifeline.tell(ready=True)
    threading.Thread(target=_rebuild_leaves, args=(platform,), daemon=True).start()
    course.keep_time(stop)


def _brought_up(start: Start, pace: float) -> Played | Live:
    """Bring up the clock that fits the data; what a user can mend is told in words."""
    try:
        ends = start.choice.source().coverage() is not None
        course = Played(start, pace) if ends else Live(start)
        course.bring_up()
    except RobotPlugError as error:
        mend = isinstance(error, DataError | OrderError | ParameterError)
        lifeline.tell(failed=str(error), mend=mend)
        sys.exit(1)
    return course


if __name__ == "__main__":
    main()
