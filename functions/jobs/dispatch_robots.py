"""Send the robots whose slot has come to the queue."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.market.slots import anchor_for, slot_of
from functions.services.record.delivering import sweep
from functions.services.record.dispatching import dispatch_robots


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Dispatch once for every slot; an older event finds nobody, a repeated one does no harm."""
    platform = bootstrap.platform()
    slot = slot_of(event, anchor_for(event, platform.provider))
    sweep(platform)
    deadline = bool(event["detail"].get("deadline"))
    sent = dispatch_robots(platform, slot, deadline=deadline)
    bootstrap.logger.info("dispatched", extra={"slot": str(slot), **sent})
    return sent
