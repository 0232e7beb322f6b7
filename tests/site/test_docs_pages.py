"""The index of the docs leads to every page, and the page of formulas says what the code says."""

import html
import inspect
import re
import shutil
import unicodedata
from doctest import DocTestParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.metrics import catalogue
from functions.services.publication.sitebuild import build
from tests.site.test_house import PLUGINS
from tests.site.test_house import load as load_file

DOCS = sorted(Path("site/content/docs").glob("*.md"))
WORDS = re.compile(r"\s+")


def load(plugin: str):
    """One of the site's plugins by its name."""
    return load_file(next(path for path in PLUGINS if path.stem == plugin))


def text_of(markup: str) -> str:
    return WORDS.sub(" ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def test_the_index_leads_to_every_page_once(site):
    index = (site / "docs/index.html").read_text().partition("<footer")[0]
    for page in DOCS:
        assert index.count(f'href="/docs/{page.stem}/"') == 1, page.stem


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_every_metric_is_explained_as_the_catalogue_has_it(site, metric):
    page = (site / "docs/metrics/index.html").read_text()
    entry = page.partition(f'<section class="metric" id="{metric.name}"')[2]
    entry = entry.partition("</section>")[0]
    for said in (metric.title, metric.name, metric.summary, metric.notes, metric.unit):
        assert bare(said) in bare(text_of(entry))
    assert page.index(f'id="{metric.group}"') < page.index(f'id="{metric.name}"')


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_a_formula_says_in_mathematics_what_it_says_in_the_code(site, metric):
    entry = (site / "docs/metrics/index.html").read_text().partition(f' id="{metric.name}"')[2]
    drawn = text_of(entry.partition("<math")[2].partition(">")[2].partition("</math>")[0])
    assert signs(drawn) == signs(metric.formula)


def signs(formula: str) -> list[str]:
    """Every sign but those that become lines: bars of fractions, roots, and what they hold.

    Two divisions one after the other become one by a product.
    """
    plain = unicodedata.normalize("NFKD", formula.replace("∑", "Σ"))
    return sorted(sign for sign in plain if sign not in "/√()^_· ")


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_every_metric_has_a_known_answer_on_its_page(site, metric):
    entry = (site / "docs/metrics/index.html").read_text().partition(f' id="{metric.name}"')[2]
    entry = entry.partition("</section>")[0]
    examples = DocTestParser().get_examples(inspect.getdoc(metric.compute))
    assert examples
    for each in examples:
        given = "gives" + bare(each.want) if each.want else ""
        assert bare(each.source) + given in bare(text_of(entry))


def bare(text: str) -> str:
    """Without spaces, and without what marks code in a docstring."""
    return re.sub(r"[\s`]+", "", text)


def test_every_symbol_of_a_formula_is_explained(site):
    page = (site / "docs/metrics/index.html").read_text()
    explained = set(re.findall('data-symbol="(.*?)"', page))
    symbols = {
        symbol
        for metric in catalogue().values()
        for symbol in re.findall(r"\b[A-Za-z]+_[a-z0-9T]\b", metric.formula)
    }
    assert len(symbols) > 5
    # s is a session up to t, as its formula says; 0 and T are the ends of t, as the table says.
    assert symbols - {"V_s", "V_0", "V_T"} <= explained


def test_every_page_of_the_book_leads_to_its_neighbours_and_shows_where_it_is(site):
    pages = sorted(site.glob("docs/**/index.html"))
    turned = [page for page in pages if 'class="docs-turn"' in page.read_text()]
    assert len(turned) == len(pages) - 1  # all but the index
    for page in turned:
        address = f"/{page.parent.relative_to(site).as_posix()}/"
        source = page.read_text()
        book = source.partition('aria-label="Documentation"')[2].partition("</nav>")[0]
        decision = address.startswith("/docs/decisions/") and address != "/docs/decisions/"
        here = f'href="{address}" aria-current="page"'
        assert (here in book) != decision, address
        assert re.search('rel="(prev|next)"', source), address


def test_next_of_one_page_is_the_page_whose_previous_it_is(site):
    start, seen = first_of(site), []
    address = start
    while address:
        seen.append(address)
        source = (site / address[1:] / "index.html").read_text()
        after = re.search('rel="next" href="(.*?)"', source)
        address = after and after[1]
        if address:
            following = (site / address[1:] / "index.html").read_text()
            assert f'rel="prev" href="{seen[-1]}"' in following
        assert len(seen) < 200
    for page in DOCS:
        assert seen.count(f"/docs/{page.stem}/") == 1


def first_of(site) -> str:
    book = (site / "docs/index.html").read_text().partition('class="shelf"')[2]
    return re.search('<li><a href="(/docs/.*?)"', book)[1]


def test_on_this_page_names_every_heading_of_it(site):
    for page in DOCS:
        source = (site / f"docs/{page.stem}/index.html").read_text()
        contents = source.partition('aria-label="On this page"')[2].partition("</nav>")[0]
        words = source.partition('<div class="docs-words">')[2].partition('class="docs-turn"')[0]
        ids = re.findall(r'<h[23] id="(.*?)"', words)
        listed = re.findall(r'href="#(.*?)"', contents)
        assert listed == (ids if len(re.findall("<h2", words)) > 1 else []), page.stem


def test_a_section_that_is_none_is_refused_with_those_there_are():
    documentation = load("documentation")
    page = SimpleNamespace(url="docs/a/", title="A", metadata={"section": "strat", "order": "1"})
    with pytest.raises(ValueError, match=r"docs/a/: Section must be one of start, .*was 'strat'"):
        documentation._entry(page)


def test_the_changes_are_those_of_the_project(site):
    page = text_of((site / "docs/changelog/index.html").read_text())
    lines = re.findall(r"^- (.+)$", Path("CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert len(lines) > 20
    marks = re.compile(r"[`*\s]+")
    said = marks.sub("", page)
    assert [line for line in lines if marks.sub("", html.unescape(line)) not in said] == []


def test_an_api_that_described_itself_nowhere_still_has_its_page(published, tmp_path):
    data = shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("leaves"))
    (data / "openapi.json").unlink()
    assert build(data, tmp_path / "out", "all", "https://robots.example") == []
    page = (tmp_path / "out/docs/api/index.html").read_text()
    assert "has not described its API yet" in page
    assert 'href="/api/v1/openapi.json"' in page
    assert "/data/openapi.json" not in page.partition("<main")[2].partition("</main>")[0]
