"""Deliver what earlier jobs left in the outbox."""

from collections.abc import Mapping
from typing import Any

from functions import bootstrap
from functions.services.record.delivering import sweep


def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Deliver all that waits; what fails keeps its error and waits for the next call."""
    counts = sweep(bootstrap.platform())._asdict()
    bootstrap.logger.info("outbox swept", extra=counts)
    return counts
