"""`robotplug rebuild`: everything in S3 anew, from PostgreSQL."""

import json
import os
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local import console
from functions.local.folder import running_file, runs_in

_CLOUD = ("DATABASE_URL", "SITE_BUCKET")


def print_rebuilt(folder: Path, *, as_json: bool) -> None:
    """Rebuild and say how much was written and removed."""
    counts = rebuilt(folder)
    if as_json:
        print(json.dumps(counts, indent=2))  # noqa: T201
        return
    removed = counts.pop("removed")
    written = ", ".join(f"{count} {name}" for name, count in counts.items())
    console.say(f"{written} written, {removed} removed")


def rebuilt(folder: Path) -> dict[str, int]:
    """Rebuild for the functions' environment if it is set, else for the platform in the folder.

    Returns how much was written of what. RobotPlugError when there is neither.
    """
    if not all(name in os.environ for name in _CLOUD):
        os.environ.update(_environment(folder.absolute()))
    from functions import bootstrap
    from functions.api.app import description
    from functions.services.publication.rebuild import rebuild

    written = rebuild(bootstrap.platform(), description())
    names = ("documents", "pages", "leaves", "removed")
    return {name: getattr(written, name) for name in names}


def _environment(folder: Path) -> dict[str, str]:
    if not runs_in(folder):
        raise RobotPlugError(
            f"no platform runs in {folder}; start it, which rebuilds its S3 from PostgreSQL, "
            f"or set {' and '.join(_CLOUD)}"
        )
    environment: dict[str, str] = json.loads(running_file(folder).read_text())
    return environment
