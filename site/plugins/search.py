"""/search/ and the index that it looks in, made by Pagefind from the pages of a whole build.

The index is a handful of files beside the pages: whoever looks something up asks nobody else.
"""

import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pagefind_bin
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

FOLDER = "pagefind"
KEPT = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "wasm.en.pagefind")
KEPT_KINDS = ("*.pf_meta", "index", "fragment")
LEFT_OUT = (
    "svg, nav, .crumbs, .toc, .visually-hidden, league-table, [data-rows], [aria-hidden], "
    "math, .formula-frame, .symbols, .metric-facts span, .known"
)
NOT_FOUND_BY = ("search", "dashboard", "status")
INLINE_SEAM = re.compile(
    r"(?:(?<=</code)|(?<=</span)|(?<=</dt)|(?<=</dd))><(?=(?:code|span|dd|dt)\b)"
)
HEAD = re.compile(r"<header class=\"page-head.*?</header>", re.DOTALL)


class SearchPage(Generator):
    """Writes the page, which lists all others for whoever has no scripts."""

    def generate_output(self, writer: Writer) -> None:
        """Write it with every whole build."""
        if self.settings["DIRTY_SLUGS"] == "all":
            template = self.get_template("search")
            writer.write_file("search/index.html", template, self.context, url="search/")


def write_index(pelican: Pelican) -> None:
    """Index the pages of a whole build."""
    if pelican.settings["DIRTY_SLUGS"] != "all":
        return
    output = Path(pelican.output_path)
    with tempfile.TemporaryDirectory(prefix="robotplug-search-") as folder:
        site, bundle = Path(folder, "site"), Path(folder, "bundle")
        for page, text in _pages(output):
            place = site / page
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        site.mkdir(exist_ok=True)
        if _run(site, bundle):
            _keep(bundle, output / FOLDER)


def _pages(output: Path) -> Iterator[tuple[Path, str]]:
    """The pages that can be found; of a robot's what it is, since its figures change."""
    for path in sorted(output.rglob("index.html")):
        page = path.relative_to(output)
        first, *rest = page.parts
        text = INLINE_SEAM.sub("> <", path.read_text(encoding="utf-8"))
        if first == "robots" and len(rest) == 2:
            yield page, robot_alone(text)
        elif first not in NOT_FOUND_BY and not (first == "robots" and len(rest) > 2):
            yield page, text


def robot_alone(page: str) -> str:
    """Return a robot's page with nothing in it but its head.

    >>> robot_alone('<main id="c"><header class="page-head">A</header><p>1%</p></main>')[31:]
    '<main><header class="page-head">A</header></main></html>'
    """
    found = HEAD.search(page)
    return f'<!doctype html><html lang="en"><main>{found[0] if found else ""}</main></html>'


def _run(site: Path, bundle: Path) -> bool:
    """Run Pagefind; where it cannot run the pages are published all the same, and that is said."""
    command = [
        str(pagefind_bin.get_executable()),
        "--site",
        str(site),
        "--output-path",
        str(bundle),
    ]
    options = ["--root-selector", "main", "--exclude-selectors", LEFT_OUT, "--quiet"]
    options += ["--include-characters", "_", "--force-language", "en"]
    try:
        subprocess.run([*command, *options], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        logging.getLogger("pelican.plugins.search").warning(
            "no search index: Pagefind did not run (%s); the search page lists all pages instead",
            said.strip(),
        )
        return False
    return True


def _keep(bundle: Path, place: Path) -> None:
    """Leave out Pagefind's own page elements: ours are smaller, and styled as the site is."""
    place.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (bundle / name).is_file():
            shutil.copyfile(bundle / name, place / name)
    for kind in KEPT_KINDS:
        for found in bundle.glob(kind):
            if found.is_dir():
                shutil.copytree(found, place / found.name, dirs_exist_ok=True)
            else:
                shutil.copyfile(found, place / found.name)


def _generator(_pelican: Pelican) -> type[Generator]:
    return SearchPage


def register() -> None:
    """Add the page to every whole build, and index when all pages stand."""
    signals.get_generators.connect(_generator)
    signals.finalized.connect(write_index)
