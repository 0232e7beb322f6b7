"""`make screenshots`: the pages at 390 and 1440 px in both schemes, and a sheet of them.

Every page of words, and one of each kind of the others; --quick takes one of each kind alone.
A folder is written, .local/screenshots unless another is named: one PNG for each way, and
contact-sheet.html with contact-sheet.png.
"""

import argparse
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from html import escape
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from tests.budgets.looking import DESKTOP, PHONE, chromium, looking
from tests.budgets.places import kinds_of, own_platform, paths_of, sample_pages, worth_seeing

SIZES = {"390": PHONE, "1440": DESKTOP}
SETTLED = 900  # milliseconds
STYLE = (
    "body{font:14px sans-serif;margin:24px;background:#ddd}section{margin-bottom:32px}"
    "div{display:flex;gap:16px}figure{margin:0;max-height:720px;overflow:hidden;background:#fff}"
    "img{display:block;width:100%}.w390{flex:390 1 0}.w1440{flex:900 1 0}"
)


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--address", help="of a platform that runs")
    parser.add_argument("--sample", action="store_true", help="the sample's pages, without an API")
    parser.add_argument("--path", action="append", help="only these pages")
    parser.add_argument("--all", action="store_true", help="every page, all robots too")
    parser.add_argument("--quick", action="store_true", help="one page of each kind")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".local/screenshots"))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with _place(asked) as address, chromium() as browser:
        paths = asked.path or _chosen(asked, paths_of(address))
        for path in paths:
            for way in product(SIZES, ("light", "dark")):
                _take(browser, address, path, way, asked.folder)
        _sheet(browser, paths, asked.folder)
    sys.stdout.write(f"{len(paths) * 4} screenshots and contact-sheet.png in {asked.folder}\n")


def _chosen(asked: argparse.Namespace, listed: list[str]) -> list[str]:
    if asked.all:
        return listed
    return kinds_of(listed) if asked.quick else worth_seeing(listed)


def _place(asked: argparse.Namespace) -> AbstractContextManager[str]:
    if asked.address:
        return nullcontext(asked.address.rstrip("/"))
    return sample_pages() if asked.sample else own_platform()


def _take(browser: Browser, address: str, path: str, way: tuple[str, str], folder: Path) -> None:
    width, theme = way
    with looking(browser, address, path, SIZES[width], theme=theme) as look:
        look.scroll_through()
        look.page.wait_for_timeout(SETTLED)
        look.page.screenshot(path=folder / _name(path, way), full_page=True)


def _name(path: str, way: tuple[str, str]) -> str:
    words = re.sub(r"[^\w.-]+", "-", path).strip("-") or "home"
    return f"{words}-{way[0]}-{way[1]}.png"


def _sheet(browser: Browser, paths: list[str], folder: Path) -> None:
    rows = "".join(
        f"<section><h2>{escape(path)}</h2><div>"
        + "".join(
            f'<figure class="w{way[0]}"><img src="{_name(path, way)}" alt="{way[1]}"></figure>'
            for way in product(SIZES, ("light", "dark"))
        )
        + "</div></section>"
        for path in paths
    )
    page = f"<!doctype html><meta charset=utf-8><title>Pages</title><style>{STYLE}</style>{rows}"
    sheet = folder / "contact-sheet.html"
    sheet.write_text(page, encoding="utf-8")
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    opened = context.new_page()
    opened.goto(sheet.absolute().as_uri())
    opened.screenshot(path=folder / "contact-sheet.png", full_page=True)
    context.close()


if __name__ == "__main__":
    main()
