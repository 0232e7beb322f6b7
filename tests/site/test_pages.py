"""Every page of a full build keeps these promises."""

import gzip
import itertools
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engine.metrics import catalogue
from tests.site.conftest import SITE_URL
from tests.site.pages import Page, pages, runs_nothing_of_its_own
from tests.site.published import ROBOTS

HOME_BUDGET = 100_000


@pytest.fixture(scope="module")
def built(site) -> list[Page]:
    return pages(site)


def test_every_page_of_the_contract_is_there(site):
    wanted = ["index.html", "404.html", "robots/index.html", "features/index.html"]
    wanted += ["about/index.html", "docs/index.html", "docs/how-results-are-made/index.html"]
    wanted += ["docs/metrics/index.html", "docs/decisions/index.html"]
    wanted += ["favicon.ico", "favicon.svg", "status/index.html"]
    wanted += [f"robots/{each.slug}/index.html" for each in ROBOTS]
    wanted += [f"robots/{each.slug}/parity/index.html" for each in ROBOTS]
    assert [path for path in wanted if not (site / path).is_file()] == []


def test_every_decision_has_a_page(site):
    written = {path.stem for path in Path("site/content/decisions").glob("*.md")}
    assert {path.parent.name for path in site.glob("docs/decisions/*/index.html")} == written


def test_markup_is_nested_and_ids_are_unique(built):
    for page in built:
        assert page.faults == [], page.path
        ids = Counter(each["id"] for _, each in page.elements if "id" in each)
        assert [one for one, count in ids.items() if count > 1] == [], page.path


def test_a_page_has_one_heading_a_title_and_a_description(built):
    titles = Counter()
    for page in built:
        assert len(page.all("h1")) == 1, page.path
        description = [each for each in page.all("meta") if each.get("name") == "description"]
        assert len(description[0]["content"]) > 30, page.path
        titles[re.search("<title>(.*)</title>", page.source)[1]] += 1
    assert set(titles.values()) == {1}


def test_headings_skip_no_level(built):
    for page in built:
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        steps = itertools.pairwise(levels)
        assert [pair for pair in steps if pair[1] > pair[0] + 1] == [], page.path


def test_links_lead_to_pages_and_places_that_exist(built, site, published):
    for page in built:
        for link in [each["href"] for each in page.all("a") + page.all("link")]:
            assert leads_somewhere(link, site, published), f"{link} on {page.path}"


def leads_somewhere(link: str, site: Path, published: Path) -> bool:
    url = urlsplit(link)
    if url.netloc:
        return link.startswith(SITE_URL)
    root, path = (
        (published, url.path[6:]) if url.path.startswith("/data/") else (site, url.path[1:])
    )
    target = root / path / "index.html" if url.path.endswith("/") else root / path
    if not url.path:
        return bool(url.fragment or url.query)
    return target.is_file() and (not url.fragment or f'id="{url.fragment}"' in target.read_text())


def test_nothing_comes_from_anybody_else(site):
    for path in [*site.rglob("*.html"), *site.rglob("*.css"), *site.rglob("js/*.js")]:
        text = path.read_text().replace("http://www.w3.org/", "").replace(SITE_URL, "")
        assert not re.search(r"""(src|href|url\(|from|import)\s*[=( ]\s*["']?(https?:)?//""", text)


def test_no_script_stands_in_a_page(built):
    for page in built:
        assert runs_nothing_of_its_own(page), page.path
        handlers = [name for _, each in page.elements for name in each if name.startswith("on")]
        assert handlers == [], page.path


def test_every_page_says_that_it_is_simulated(built):
    for page in built:
        assert "Simulated. No robot here has ever placed an order." in page.text


def test_every_panel_with_figures_says_that_it_is_simulated(site):
    page = Page(site / "robots/sma-cross/index.html")
    panels = re.split(r'class="(?=panel)', page.source)[1:]
    with_charts_or_tables = [text for text in panels if "<robot-chart" in text or "<table" in text]
    assert with_charts_or_tables
    assert [text[:80] for text in with_charts_or_tables if "simulated" not in text] == []


@pytest.mark.parametrize("page", ["", "robots/sma-cross/", "strategies/sma_cross/", "dashboard/"])
def test_beside_two_panels_stands_that_their_scales_differ(site, page):
    assert "its own scales of money and time" in (site / page / "index.html").read_text()


def test_addresses_are_absolute_where_others_read_them(site, built):
    maps = [site / name for name in ("sitemap-pages.xml", "sitemap-robots.xml")]
    listed = {url for path in maps for url in re.findall("<loc>(.*?)</loc>", path.read_text())}
    written = {f"{SITE_URL}/{page.path.relative_to(site).parent.as_posix()}/" for page in built}
    assert listed == {url.replace("/./", "/") for url in written}
    index = (site / "sitemap.xml").read_text()
    assert [f"<loc>{SITE_URL}/{path.name}</loc>" in index for path in maps] == [True, True]
    assert f"Sitemap: {SITE_URL}/sitemap.xml" in (site / "robots.txt").read_text()
    canonical = Page(site / "robots/sma-cross/index.html").all("link")
    assert {"rel": "canonical", "href": f"{SITE_URL}/robots/sma-cross/"} in canonical


def test_home_is_light_before_charts(site):
    page = Page(site / "index.html")
    files = [each["src"] for each in page.all("script") if "src" in each]
    files += [each["href"] for each in page.all("link") if each["rel"] in ("stylesheet", "icon")]
    loaded = [site / "index.html", *(site / file[1:] for file in files)]
    loaded += (site / files[0][1:]).parent.glob("*.js")
    assert sum(len(gzip.compress(path.read_bytes())) for path in set(loaded)) < HOME_BUDGET


def test_metrics_stand_in_the_catalogues_order(site):
    headings = re.findall(
        r"<summary>(\w+) <span", (site / "robots/sma-cross/index.html").read_text()
    )
    groups = dict.fromkeys(metric.group.capitalize() for metric in catalogue().values())
    assert [one for one in headings if one in groups] == list(groups)


def test_a_robot_with_costs_is_not_marked(built):
    assert [page.path for page in built if re.search(r"data-note\b", page.source)] == []


def test_record_and_backtest_never_share_a_label(site):
    page = Page(site / "robots/index.html")
    labels = [each["data-label"] for each in page.all("td") if "data-label" in each]
    assert {"Record return", "Backtest return"} <= set(labels)
