"""What a run's result follows from, and the one hash that stands for it."""

import hashlib
import platform as machine
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engine import Run
from functions.services.record.definition import Definition
from functions.services.record.leaf import canonical
from functions.services.record.tape import Tape

COMPUTES = ("numpy", "numba", "pandas", "TA-Lib")
"""The packages whose versions can change a number."""

MACHINE = ("packages", "python", "platform")
"""What is not the run's own: elsewhere the same run may come out alike, or not."""


def identity_content(run: Run, tape: Tape, definition: Definition, cash: str) -> dict[str, Any]:
    """Return all that a run's result follows from."""
    return {
        "code": definition.code,
        "parameters": definition.parameters,
        "options": dict(definition.options.to_dict()),
        "rules": definition.rules,
        "tape": tape.hash,
        "symbols": list(tape.symbols),
        "start": str(run.sessions[0]),
        "cash": cash,
        "packages": dict(_packages()),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "platform": f"{machine.system()}-{machine.machine()}",
    }


def identity_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what a run follows from."""
    return hashlib.sha256(canonical(content)).hexdigest()


@cache
def _packages() -> dict[str, str | None]:
    return {name: _version(name) for name in COMPUTES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
