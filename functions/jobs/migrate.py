"""Bring the database to this version's tables; run on deploy, as the owner."""

import os
from pathlib import Path
from typing import Any

from functions.store.migrations import migrate
from functions.store.roles import INFRA


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Migrate to `revision` (default: the newest); answers the revision reached.

    Needs the owner's DATABASE_URL. Running it again, or twice at once, changes nothing.
    """
    infra = Path(event.get("infra", INFRA))
    return {"revision": migrate(os.environ["DATABASE_URL"], event.get("revision", "head"), infra)}
