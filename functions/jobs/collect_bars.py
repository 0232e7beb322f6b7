"""Fetch the bars and actions that a slot has reached."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.market.collecting import collect
from functions.services.market.slots import slot_of, time_of
from functions.services.plugins import warn_of_failures


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Collect once for all robots; an event delivered again changes nothing."""
    warn_of_failures(bootstrap.logger)
    slot, seen_at = slot_of(event), time_of(event)
    counts = collect(bootstrap.platform(), slot, seen_at)
    bootstrap.logger.info("collected", extra={"slot": str(slot), **counts})
    return counts
