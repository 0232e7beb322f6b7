"""A queue message's robots, advanced together; one that fails stops no other."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from functions.services.platform import Platform
from functions.services.record.advancing import Due, Outcome, advance_records
from functions.services.record.archive import Archive
from functions.services.record.delivering import deliver
from functions.store.records import Head


class Advanced(NamedTuple):
    """What became of a message's robots; errors: by slug. outbox: positions to deliver."""

    outcomes: list[Outcome]
    errors: dict[str, Exception]
    outbox: list[int]


def advance_all(archive: Archive, robots: Sequence[UUID], due: Due) -> Advanced:
    """Advance each robot to the slot; nothing is delivered.

    Whom another call advanced meanwhile is looked at again, since that call's slot may be an
    earlier one; not where its head stands as it stood.
    """
    found, left, heads = Advanced([], {}, []), list(robots), dict[UUID, Head]()
    while left:
        records, left = archive.records(left), []
        done = advance_records(archive, records, due)
        found.outbox.extend(done.outbox)
        for record, result in zip(records, done.results, strict=True):
            if isinstance(result, Exception):
                found.errors[record.robot.slug] = result
            elif result.moved and heads.get(record.owner.strategy_id) != record.head:
                heads[record.owner.strategy_id] = record.head
                left.append(record.owner.strategy_id)
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
