"""Send the robots whose slot has come to the queue."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.market.slots import slot_of
from functions.services.record.delivering import sweep
from functions.services.record.dispatching import dispatch_robots


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Dispatch once for every slot; an older event finds nobody, a repeated one does no harm."""
    platform, slot = bootstrap.platform(), slot_of(event)
    sweep(platform)
    deadline = bool(event["detail"].get("deadline"))
    sent = dispatch_robots(platform, slot, deadline=deadline)
    bootstrap.logger.info("dispatched", extra={"slot": str(slot), **sent})
    return sent
