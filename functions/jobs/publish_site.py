"""The job that turns dirty robots into pages."""

import json
import re
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from engine.errors import ParameterError
from functions import bootstrap
from functions.services.publication.pages import Published, publish_pages
from functions.services.publication.sitebuild import Dirty

SLUG = re.compile(r"[a-z0-9-]{3,60}")
Event = dict[str, Any]


def handler(event: Event, _context: object) -> dict[str, Any]:
    """Build and upload the pages that changed; the same event again uploads nothing.

    event: messages of the publish queue, or directly {"slugs": [...]} or {"slugs": "all"}.
    A message that cannot be read is reported as failed and stops no other.
    """
    if "Records" not in event:
        return _summary(_publish(asked_for(event)))
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=_asked_by):
        answers = processor.process()
    asked = [answer for outcome, answer, _ in answers if outcome == "success"]
    if asked:
        _publish(_together(asked))
    return dict(processor.response())


def asked_for(body: Event) -> Dirty:
    """Return the robots that a request names, or "all"; ParameterError says what is wrong."""
    slugs = body.get("slugs") if isinstance(body, dict) else None
    if slugs == "all":
        return "all"
    if isinstance(slugs, list) and all(isinstance(s, str) and SLUG.fullmatch(s) for s in slugs):
        return set(slugs)
    raise ParameterError(f'slugs must be a list of slugs or "all", was {slugs!r}')


def _asked_by(record: Event) -> Dirty:
    return asked_for(json.loads(record["body"]))


def _together(requests: list[Any]) -> Dirty:
    return "all" if "all" in requests else set().union(*requests)


def _publish(asked: Dirty) -> Published:
    published = publish_pages(bootstrap.platform(), asked)
    bootstrap.logger.info("site published", extra=_summary(published))
    for warning in published.warnings:
        bootstrap.logger.warning("the site's build warns", extra={"warning": warning})
    return published


def _summary(published: Published) -> dict[str, Any]:
    return {"robots": published.robots, **published.uploaded._asdict()}
