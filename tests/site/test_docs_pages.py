"""The index of the docs leads to every page, and the page of formulas says what the code says."""

import html
import re
from pathlib import Path

import pytest

from engine.metrics import catalogue

DOCS = sorted(Path("site/content/docs").glob("*.md"))
WORDS = re.compile(r"\s+")


def text_of(markup: str) -> str:
    return WORDS.sub(" ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def test_the_index_leads_to_every_page_once(site):
    index = (site / "docs/index.html").read_text().partition("<footer")[0]
    for page in DOCS:
        assert index.count(f'href="/docs/{page.stem}/"') == 1, page.stem


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_every_metric_is_explained_as_the_catalogue_has_it(site, metric):
    page = (site / "docs/metrics/index.html").read_text()
    entry = page.partition(f'<div id="{metric.name}">')[2].partition("</div>")[0]
    for said in (metric.title, metric.name, metric.formula, metric.summary, metric.notes):
        assert WORDS.sub(" ", said) in text_of(entry)
    assert page.index(f'id="{metric.group}"') < page.index(f'id="{metric.name}"')


def test_every_symbol_of_a_formula_is_explained(site):
    page = (site / "docs/metrics/index.html").read_text()
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    explained = set(re.findall("<code>(.*?)</code>", table))
    symbols = {
        symbol
        for metric in catalogue().values()
        for symbol in re.findall(r"\b[A-Za-z]+_[a-z0-9T]\b", metric.formula)
    }
    assert len(symbols) > 5
    assert symbols - {"V_s"} <= explained  # s is a session up to t, as its formula says
