"""The passwords and keys of one installation: a JSON file that only its owner may read."""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import Any

from engine.errors import RobotPlugError


def secret(path: Path, name: str) -> str:
    """Return the secret of this name; on first use it is made (32 random bytes) and kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = read_secrets(path)
        if name not in known:
            known[name] = secrets.token_urlsafe(32)
            _replace(path, json.dumps(known, indent=1, sort_keys=True))
        return str(known[name])


def read_secrets(path: Path) -> dict[str, Any]:
    """Return all secrets by name; none when there is no file yet."""
    if not path.exists():
        return {}
    try:
        known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise RobotPlugError(
            f"{path} is not JSON ({error}); `make clean` removes it with all it opens"
        ) from error
    return known


def write_for_owner(path: Path, content: str) -> None:
    """Write a file that nobody else could read at any moment, whatever stood in its place."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _replace(path: Path, content: str) -> None:
    fresh = path.with_suffix(".new")
    write_for_owner(fresh, content)
    fresh.replace(path)
