"""The sitemaps and robots.txt: which addresses there are.

Robots come and change between two whole builds, so they have a sitemap of their own, which every
build writes; the pages of a whole build are listed as they stand in its output.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pelican import Pelican
from pelican.plugins import signals

OPENING = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
INDEX, PAGES, ROBOTS = "sitemap.xml", "sitemap-pages.xml", "sitemap-robots.xml"


def write_addresses(pelican: Pelican) -> None:
    """Write the robots' sitemap, and with a whole build the rest."""
    output, url = Path(pelican.output_path), pelican.settings["SITEURL"].rstrip("/")
    output.mkdir(parents=True, exist_ok=True)
    robots = _robots(Path(pelican.settings["ROBOT_DATA"]))
    _write_urls(output / ROBOTS, [(f"{url}/{path}", day) for path, day in robots])
    if pelican.settings["DIRTY_SLUGS"] != "all":
        return
    _write_urls(output / PAGES, [(f"{url}/{path}", "") for path in sorted(_pages(output))])
    maps = "".join(
        f"<sitemap><loc>{escape(url)}/{name}</loc></sitemap>" for name in (PAGES, ROBOTS)
    )
    _write(output / INDEX, [f'<sitemapindex xmlns="{NAMESPACE}">', maps, "</sitemapindex>"])
    rules = f"User-agent: *\nAllow: /\nDisallow: /api/\nSitemap: {url}/{INDEX}\n"
    (output / "robots.txt").write_text(rules, encoding="utf-8")


def _robots(data: Path) -> Iterator[tuple[str, str]]:
    """The addresses of the robots' pages, each with the day of its newest decision."""
    listed: list[Mapping[str, Any]] = json.loads((data / "robots/index.json").read_bytes())[
        "robots"
    ]
    for robot in listed:
        day = (robot.get("as_of") or "")[:10]
        yield f"robots/{robot['slug']}/", day
        yield f"robots/{robot['slug']}/parity/", day


def _pages(output: Path) -> Iterator[str]:
    for path in output.rglob("index.html"):
        page = path.parent.relative_to(output).as_posix()
        if not page.startswith("robots/"):
            yield "" if page == "." else f"{page}/"


def _write_urls(path: Path, urls: list[tuple[str, str]]) -> None:
    lines = [
        f"<url><loc>{escape(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for url, day in urls
    ]
    _write(path, [f'<urlset xmlns="{NAMESPACE}">', *lines, "</urlset>"])


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join([OPENING, *lines, ""]), encoding="utf-8")


def register() -> None:
    """List the addresses when all pages are written."""
    signals.finalized.connect(write_addresses)
