"""The published JSON in a local folder, where the site's build reads it."""

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from functions.store.objects import Objects, side_by_side

ROOT = "data/"
ABOUT_ALL = ("platform", "catalogue", "openapi", "health", "parity")
READ = ("data/robots/", *(f"data/{name}.json" for name in ABOUT_ALL))


class Mirror:
    """Follows the bucket: each refresh fetches what changed since the last, and no more."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self.folder = folder
        self._objects = objects
        self._here: dict[str, str] = {}

    def refresh(self, prefixes: Collection[str] = READ) -> int:
        """Make the folder hold what the bucket holds there; how many files were fetched."""
        there = {
            key: etag
            for prefix in prefixes
            for key, etag in self._objects.etags(prefix).items()
            if _is_read(key)
        }
        here = {key for key in self._here if key.startswith(tuple(prefixes))}
        for gone in here - there.keys():
            self._path(gone).unlink(missing_ok=True)
            del self._here[gone]
        changed = [key for key, etag in there.items() if self._here.get(key) != etag]
        side_by_side(self._fetch, changed)
        self._here |= there
        return len(changed)

    def slugs(self) -> set[str]:
        """Return the robots that are here whole: the summary is the last that is written."""
        paths = [PurePosixPath(key) for key in self._here]
        return {path.parent.name for path in paths if path.name == "summary.json"}

    def _fetch(self, key: str) -> None:
        """A body newer than its listed ETag is fetched again next time, which harms nothing."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        body = self._objects.get(key)
        if body is not None:
            path.write_bytes(body)

    def _path(self, key: str) -> Path:
        return self.folder / key.removeprefix(ROOT)


def _is_read(key: str) -> bool:
    """Pages embed the drawings; a figure's JSON is read by the browser alone."""
    return not ("/figures/" in key and key.endswith(".json"))
