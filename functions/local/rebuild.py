"""`robotplug rebuild`: everything in S3 anew, from PostgreSQL."""

import json
import os
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local.folder import running_file, runs_in

_CLOUD = ("DATABASE_URL", "SITE_BUCKET")


def rebuild_bucket(folder: Path) -> str:
    """Rebuild for the functions' environment if it is set, else for the platform in the folder.

    Returns what was written, in words. RobotPlugError when there is neither.
    """
    if not all(name in os.environ for name in _CLOUD):
        os.environ.update(_environment(folder.absolute()))
    from functions import bootstrap
    from functions.api.app import description
    from functions.services.publication.rebuild import rebuild

    written = rebuild(bootstrap.platform(), description())
    return (
        f"{written.documents} documents, {written.pages} pages, {written.leaves} leaves written, "
        f"{written.removed} removed"
    )


def _environment(folder: Path) -> dict[str, str]:
    if not runs_in(folder):
        raise RobotPlugError(
            f"no platform runs in {folder}; start it, which rebuilds its S3 from PostgreSQL, "
            f"or set {' and '.join(_CLOUD)}"
        )
    environment: dict[str, str] = json.loads(running_file(folder).read_text())
    return environment
