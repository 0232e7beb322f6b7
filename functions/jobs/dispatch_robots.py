"""Send the robots whose slot has come to the queue."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.delivering import sweep
from functions.services.dispatching import dispatch_robots
from functions.services.slots import slot_of


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Dispatch once for every slot; an older event finds nobody, a repeated one does no harm."""
    platform, slot = bootstrap.platform(), slot_of(event)
    sweep(platform)
    deadline = bool(event["detail"].get("deadline"))
    sent = dispatch_robots(platform, slot, deadline=deadline)
    bootstrap.logger.info("dispatched", extra={"slot": str(slot), **sent})
    return sent
