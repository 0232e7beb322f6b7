"""Advance the robots that a queue message names."""

import json
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from functions import bootstrap
from functions.services.market.slots import Slot
from functions.services.plugins import warn_of_failures
from functions.services.record.advancing import Due, Outcome
from functions.services.record.batches import advance_robots
from functions.services.record.delivering import sweep


class RobotsFailed(Exception):  # noqa: N818 - the answer to a message, not a bug
    """Some of a message's robots raised; those that did not are advanced."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Advance each message's robots; a message with one that raised is reported as failed.

    Messages delivered again, late or out of order change nothing. Besides the failures the
    answer counts appended slots, waiting robots and drifts.
    """
    warn_of_failures(bootstrap.logger)
    sweep(bootstrap.platform())
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=_advance):
        answers = processor.process()
    done = [found for outcome, found, _ in answers if outcome == "success"]
    outcomes: list[Outcome] = [outcome for found in done for outcome in found]
    return {**processor.response(), **_summary(outcomes)}


def _advance(record: dict[str, Any]) -> list[Outcome]:
    body = json.loads(record["body"])
    due = Due(Slot.parse(body["slot"]), bool(body.get("deadline")))
    robots = [UUID(robot) for robot in body["robots"]]
    advanced = advance_robots(bootstrap.platform(), robots, due)
    for outcome in advanced.outcomes:
        _log(outcome, body["slot"])
    for slug, error in advanced.errors.items():
        bootstrap.logger.error("robot failed", exc_info=error, extra={"robot": slug})
    if advanced.errors:
        raise RobotsFailed(", ".join(sorted(advanced.errors)))
    return advanced.outcomes


def _log(outcome: Outcome, slot: str) -> None:
    about = {"robot": outcome.robot, "slot": slot}
    if outcome.drift:
        told = outcome.drift._asdict()
        bootstrap.logger.error("record drifted", extra={**about, **told})
    elif outcome.waiting:
        bootstrap.logger.info("slot waits", extra={**about, "reason": outcome.waiting})


def _summary(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "appended": sum(outcome.appended for outcome in outcomes),
        "waiting": {one.robot: one.waiting for one in outcomes if one.waiting},
        "drifted": {one.robot: one.drift._asdict() for one in outcomes if one.drift},
    }
