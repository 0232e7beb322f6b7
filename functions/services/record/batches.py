"""A queue message's robots, advanced together; one that fails stops no other."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from functions.services.platform import Platform
from functions.services.record.advancing import Due, Outcome, advance_records
from functions.services.record.archive import Archive
from functions.services.record.delivering import deliver


class Advanced(NamedTuple):
    """What became of a message's robots; errors: by slug. outbox: positions to deliver."""

    outcomes: list[Outcome]
    errors: dict[str, Exception]
    outbox: list[int]


def advance_all(archive: Archive, robots: Sequence[UUID], due: Due) -> Advanced:
    """Advance each robot to the slot; nothing is delivered."""
    records = archive.records(robots)
    done = advance_records(archive, records, due)
    found = Advanced([], {}, list(done.outbox))
    for record, result in zip(records, done.results, strict=True):
        if isinstance(result, Exception):
            found.errors[record.robot.slug] = result
        else:
            found.outcomes.append(result)
            found.outbox.extend(result.outbox)
    return found


def advance_robots(platform: Platform, robots: Sequence[UUID], due: Due) -> Advanced:
    """Advance each robot to the slot, then deliver what their commit brought.

    Delivered once all stand at the slot: a robot's chart shows its benchmark's newest session.
    """
    done = advance_all(platform.archive, robots, due)
    deliver(platform, done.outbox)
    return done
