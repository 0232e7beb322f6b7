"""What was installed as a plugin and does not load: left out everywhere, so it is told once."""

from functools import cache
from logging import Logger

import strategies
from engine import cost_models, metrics
from functions import providers, trackers

KINDS = {
    "strategy": strategies,
    "metric": metrics,
    "cost model": cost_models,
    "provider": providers,
    "tracker": trackers,
}


@cache
def warn_of_failures(logger: Logger) -> None:
    """Log every plugin that does not load, with its reason, once in a process."""
    for kind, plugins in KINDS.items():
        for name, reason in plugins.failures().items():
            logger.warning(
                "plugin does not load", extra={"kind": kind, "plugin": name, "reason": reason}
            )
