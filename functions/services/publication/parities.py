"""The parity of all robots in one document, made of what is published of each."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions.services.publication.documents import VERSION, Document, encode
from functions.store.objects import Objects
from functions.store.parity import CHECKED

KEY = "data/parity.json"


def publish_parities(objects: Objects, folder: Path, slugs: Iterable[str]) -> bool:
    """Write one line for each robot; False where all are as they were.

    folder: what lies below `data/` in the bucket. For the one that builds the site, and nobody
    else at the same time.
    """
    found = [json.loads((folder / f"robots/{slug}/parity.json").read_bytes()) for slug in slugs]
    body = encode(parities(found))
    there = folder / "parity.json"
    if there.is_file() and there.read_bytes() == body:
        return False
    objects.put(KEY, body)
    return True


def parities(found: Iterable[dict[str, Any]]) -> Document:
    """Return the table by slug, and what its columns add up to."""
    robots = sorted((_line(each) for each in found), key=lambda line: str(line["slug"]))
    names = ("slots", "advances", *CHECKED, "drifts", "restated")
    return {
        "v": VERSION,
        "counts": {
            "robots": len(robots),
            "drifted": sum(line["status"] == "drifted" for line in robots),
            **{name: sum(line[name] for line in robots) for name in names},
        },
        "robots": robots,
    }


def _line(parity: dict[str, Any]) -> Document:
    same = ("slug", "name", "status", "slots", "advances", *CHECKED, "as_of", "checked_at")
    skips = parity["skips"]
    return {name: parity[name] for name in same} | {
        "drifts": parity["drifts"]["count"],
        "backfilled": parity["backfilled"]["count"],
        "late": skips["late"],
        "open": skips["count"] - skips["late"],
        "restated": parity["restated"]["count"],
    }
