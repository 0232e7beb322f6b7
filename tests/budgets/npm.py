"""What npm has installed for measuring."""

import os
from pathlib import Path

SITE = Path(__file__).parents[2] / "site"


def installed(path: str) -> Path:
    """Find a file of site/node_modules, or of NODE_MODULES where that is set."""
    folder = Path(os.environ.get("NODE_MODULES") or SITE / "node_modules")
    found = folder / path
    if not found.exists():
        raise SystemExit(f"no {path} in {folder}; run `npm install --ignore-scripts` in site/")
    return found
