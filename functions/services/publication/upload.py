"""A built site into the bucket: what changed, and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from functions.services.publication.documents import encode
from functions.store.objects import Objects, sha256, side_by_side

MANIFEST = "site-manifest.json"
VERSION = 1


class Uploaded(NamedTuple):
    """What one upload did."""

    written: int
    removed: int
    unchanged: int


class Manifest(NamedTuple):
    """What the bucket holds of the site: which version of it, and each file's SHA-256."""

    site: str
    files: Mapping[str, str]


NOTHING = Manifest("", {})


def upload(objects: Objects, output: Path, site: str, before: Manifest, *, whole: bool) -> Uploaded:
    """Write files that differ from the manifest, pages after the assets that they load.

    site: the version of the site that output was built from. before: what is taken to be there.
    whole: what is not in output is removed; else output is a part of the site.
    One uploader at a time; the manifest goes last, so a run cut short is made good by the next.
    """
    bodies = {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }
    built = {key: sha256(body) for key, body in bodies.items()}
    changed = [key for key, digest in built.items() if before.files.get(key) != digest]
    gone = sorted(before.files.keys() - built.keys()) if whole else []
    assets = [key for key in changed if not _is_page(key)]
    pages = [key for key in changed if _is_page(key)]
    for keys in (assets, pages):
        side_by_side(lambda key: objects.put(key, bodies[key]), keys)
    objects.delete(gone)
    after = Manifest(site, built if whole else {**before.files, **built})
    if after != before:
        objects.put(MANIFEST, encode({"v": VERSION, **after._asdict()}))
    return Uploaded(len(changed), len(gone), len(built) - len(changed))


def read_manifest(objects: Objects) -> Manifest:
    """Return what was uploaded; NOTHING before the first time."""
    body = objects.get(MANIFEST)
    if body is None:
        return NOTHING
    told = json.loads(body)
    return Manifest(told["site"], told["files"])


def _is_page(key: str) -> bool:
    return key.endswith(".html")
