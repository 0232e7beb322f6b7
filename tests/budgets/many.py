"""A thousand robots: how long all their pages take, and what one changed robot costs."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from functions.services.publication.sitebuild import build
from tests.budgets.places import SITE_URL
from tests.budgets.verdicts import Finding
from tests.site.published import publish, write

ROBOTS = 1_000
SECONDS = 60.0
DOCUMENTS = ("robots/index.json", "parity.json")


def many_robots() -> Iterator[Finding]:
    """Build the whole site for a thousand robots, then for one of them that changed."""
    with tempfile.TemporaryDirectory(prefix="robotplug-many-") as folder:
        data = _published(Path(folder, "data"))
        seconds, cpu, pages = _built(data, Path(folder, "all"), "all")
        words = f"{seconds:.1f} s ({cpu:.1f} s of processor), {pages:,} files"
        yield Finding(f"{ROBOTS:,} robots built", words, "60 s", seconds < SECONDS)
        seconds, cpu, pages = _built(data, Path(folder, "one"), ["sma-cross-0004"])
        own = 20  # its pages, twin and card, its strategy's, and what is about all robots
        words = f"{seconds:.2f} s ({cpu:.2f} s of processor), {pages} files"
        yield Finding("one changed robot built", words, "its own pages", pages <= own)


def _built(data: Path, output: Path, dirty: object) -> tuple[float, float, int]:
    output.mkdir()
    started, before = time.perf_counter(), time.process_time()
    build(data, output, dirty, SITE_URL)  # type: ignore[arg-type]
    seconds = time.perf_counter() - started
    cpu = time.process_time() - before
    return seconds, cpu, sum(path.is_file() for path in output.rglob("*"))


def _published(data: Path) -> Path:
    """Publish six robots, and copies of them under other slugs."""
    publish(data)
    shutil.rmtree(data / "leaves")
    for document in DOCUMENTS:
        told = json.loads((data / document).read_text())
        told["robots"] = [
            _copy(one, at) for at in range(ROBOTS) for one in [told["robots"][at % 6]]
        ]
        write(data / document, told)
    first = {
        folder.name: folder for folder in sorted((data / "robots").iterdir()) if folder.is_dir()
    }
    for number in range(ROBOTS):
        slug = sorted(first)[number % 6]
        _copy_folder(first[slug], f"{slug}-{number:04}")
    return data


def _copy(robot: dict[str, object], number: int) -> dict[str, object]:
    return robot | {"slug": f"{robot['slug']}-{number:04}", "name": f"{robot['name']} {number}"}


def _copy_folder(folder: Path, slug: str) -> None:
    place = shutil.copytree(folder, folder.with_name(slug))
    for path in place.glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"slug": slug}))
