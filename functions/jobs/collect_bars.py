"""Fetch the bars and actions that a slot has reached."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.market.collecting import collect
from functions.services.market.slots import anchor_for, slot_of, time_of
from functions.services.platform import Platform
from functions.services.plugins import warn_of_failures
from functions.services.publication.health import publish_health


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Collect once for all robots; an event delivered again changes nothing.

    What is known of the data's health is published also where a symbol could not be read. Where
    it cannot be published the bars are stored all the same, and the next slot publishes it.
    """
    warn_of_failures(bootstrap.logger)
    seen_at, platform = time_of(event), bootstrap.platform()
    slot = slot_of(event, anchor_for(event, platform.provider))
    try:
        counts = collect(platform, slot, seen_at)
    finally:
        _publish(platform)
    bootstrap.logger.info("collected", extra={"slot": str(slot), **counts})
    return counts


def _publish(platform: Platform) -> None:
    try:
        publish_health(platform)
    except Exception as error:
        bootstrap.logger.error("health is not published", exc_info=error)
