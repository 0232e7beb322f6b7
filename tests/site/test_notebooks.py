"""Notebooks are handed out as they are, beside the page that speaks of them."""

import re
from pathlib import Path

from functions.services.publication.sitebuild import build
from functions.store.delivery import content_type_of
from tests.site.conftest import SITE_URL

CONTENT = Path("site/content")
NOTEBOOKS = sorted((CONTENT / "notebooks").glob("*.ipynb"))
PAGE = "docs/notebook/index.html"


def test_every_notebook_is_there_byte_for_byte(site):
    assert NOTEBOOKS
    for notebook in NOTEBOOKS:
        assert (site / "docs/notebook" / notebook.name).read_bytes() == notebook.read_bytes()


def test_the_page_links_to_each_and_to_none_that_is_not_there(site):
    linked = re.findall(r'href="/(docs/notebook/[^"]+\.ipynb)"', (site / PAGE).read_text())
    assert sorted(set(linked)) == [f"docs/notebook/{notebook.name}" for notebook in NOTEBOOKS]


def test_a_build_of_robots_alone_writes_none(published, tmp_path):
    build(published, tmp_path / "out", ["sma-cross"], SITE_URL)
    assert list((tmp_path / "out").rglob("*.ipynb")) == []


def test_a_browser_is_told_what_it_gets():
    assert content_type_of("docs/notebook/first-backtest.ipynb") == "application/x-ipynb+json"
