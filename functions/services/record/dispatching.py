"""Dispatching a slot: which robots it concerns, in messages of fifty."""

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.store import robots

Part = TypeVar("Part")

ROBOTS_PER_MESSAGE = 50
MESSAGES_PER_CALL = 10
"""The most that SQS takes at once."""


def dispatch_robots(platform: Platform, slot: Slot, *, deadline: bool) -> dict[str, int]:
    """Send every robot whose record ends before the slot; one that has it is left out.

    RuntimeError where the queue refuses a message; sending again is harmless.
    """
    due = robots.due_robots(platform.connect(), slot.calendar, slot.bar, slot.closes_at)
    bodies = [_body(slot, batch, deadline) for batch in _parts(due, ROBOTS_PER_MESSAGE)]
    for batch in _parts(bodies, MESSAGES_PER_CALL):
        entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(batch)]
        answer = platform.sqs.send_message_batch(
            QueueUrl=platform.robot_queue_url,
            Entries=entries,  # type: ignore[arg-type]  # the stubs want their own TypedDict
        )
        if refused := answer.get("Failed"):
            raise RuntimeError(f"the robot queue refused {len(refused)} messages: {refused}")
    return {"robots": len(due), "messages": len(bodies)}


def _body(slot: Slot, batch: Sequence[UUID], deadline: bool) -> str:
    body = {"slot": str(slot), "robots": [str(robot) for robot in batch]}
    return json.dumps({**body, "deadline": True} if deadline else body)


def _parts(whole: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    for first in range(0, len(whole), size):
        yield whole[first : first + size]
