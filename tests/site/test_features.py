"""What the page of features counts and names is there."""

import re
from pathlib import Path

import pytest

from engine.metrics import catalogue

TEXT = Path("site/content/pages/features.md").read_text(encoding="utf-8")


def test_it_counts_the_figures_that_there_are():
    built_in = [each for each in catalogue().values() if each.compute.__module__[:6] == "engine"]
    assert re.findall(r"\*\*(\d+) figures, explained", TEXT) == [str(len(built_in))]


@pytest.mark.parametrize("page", sorted(set(re.findall(r"\]\((/[a-z/-]+/)(?:#[^)]*)?\)", TEXT))))
def test_every_page_that_it_names_is_there(site, page):
    assert (site / page[1:] / "index.html").is_file()
