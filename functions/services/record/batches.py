"""A queue message's robots, one after the other; one that fails stops no other."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from functions.services.platform import Platform
from functions.services.record.advancing import Due, Outcome, advance_robot
from functions.services.record.delivering import deliver
from functions.store.records import read_records


class Advanced(NamedTuple):
    """What became of a message's robots; errors: by slug."""

    outcomes: list[Outcome]
    errors: dict[str, Exception]


def advance_robots(platform: Platform, robots: Sequence[UUID], due: Due) -> Advanced:
    """Advance each robot to the slot, then deliver what their commits brought.

    Delivered once all stand at the slot: a robot's chart shows its benchmark's newest session.
    """
    done = Advanced([], {})
    for record in read_records(platform.connect(), robots):
        try:
            done.outcomes.append(advance_robot(platform, record, due))
        except Exception as error:
            done.errors[record.robot.slug] = error
    deliver(platform, [at for outcome in done.outcomes for at in outcome.outbox])
    return done
