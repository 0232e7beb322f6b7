"""What every page says of itself to programs: search engines, feed readers, chat windows."""

import json
import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from functions.services.publication.sitebuild import build
from tests.site.conftest import SITE_URL
from tests.site.pages import Page, pages
from tests.site.published import LISTED, SESSIONS, publish, write

THEME = Path(__file__).parents[2] / "site/theme"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
ATTACK = "</script><script>alert(1)</script>|*x* <img src=x onerror=alert(1)>"
LINK = re.compile(r"\]\((https://robots\.example/[^)]+)\)")


@pytest.fixture(scope="module")
def built(site) -> list[Page]:
    return pages(site)


def head(page: Page) -> dict[str, str]:
    told = [(each.get("property") or each.get("name"), each) for each in page.all("meta")]
    return {name: each["content"] for name, each in told if name}


def size_of(picture: Path) -> tuple[int, int]:
    body = picture.read_bytes()
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", body[16:24])


def described(page: Page) -> list[dict]:
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.source)
    return json.loads(script[1])["@graph"]


def test_every_page_can_be_shared_with_a_picture(built, site):
    for page in built:
        told = head(page)
        assert told["og:title"] == re.search("<title>(.*?)</title>", page.source)[1].replace(
            "&amp;", "&"
        ).replace("&#39;", "'")
        assert told["og:description"] == told["description"]
        assert told["og:image"].startswith(f"{SITE_URL}/cards/")
        size = int(told["og:image:width"]), int(told["og:image:height"])
        assert size_of(site / told["og:image"].removeprefix(f"{SITE_URL}/")) == size
        assert told["twitter:card"] == "summary_large_image"


def test_cards_of_two_robots_differ(site):
    first, second = (site / f"cards/robots/{slug}.png" for slug in ("sma-cross", "buy-and-hold"))
    assert first.read_bytes() != second.read_bytes()


def test_the_same_card_is_the_same_picture_in_another_build(published, site, tmp_path):
    build(published, tmp_path, ["sma-cross"], SITE_URL)
    card = Path("cards/robots/sma-cross.png")
    assert (tmp_path / card).read_bytes() == (site / card).read_bytes()


def test_structured_data_says_where_it_stands_and_what_it_is(built):
    for page in built:
        own, *path = described(page)
        address = head(page)["og:url"]
        assert own["url"] == address
        if path:
            items = path[0]["itemListElement"]
            assert [each["position"] for each in items] == list(range(1, len(items) + 1))
    robot = next(page for page in built if page.path.parent.name == "sma-cross")
    assert described(robot)[0]["@type"] == "Dataset"
    assert described(robot)[0]["temporalCoverage"] == f"{SESSIONS[2000]}/{SESSIONS[2499]}"


def test_the_robots_files_that_are_named_are_there(built, published):
    robot = next(page for page in built if page.path.parent.name == "sma-cross")
    for each in described(robot)[0]["distribution"]:
        place = each["contentUrl"].removeprefix(f"{SITE_URL}/data/")
        assert (published / place).is_file()


def test_an_author_ends_no_script_no_feed_and_no_table(published, tmp_path):
    data = tmp_path / "data"
    publish(data, sessions=60)
    for name in ("robots/index.json", "robots/sma-cross/summary.json"):
        document = json.loads((data / name).read_text())
        for robot in document.get("robots", [document]):
            robot |= {"name": ATTACK, "description": ATTACK}
        write(data / name, document)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    page = Page(tmp_path / "out/robots/sma-cross/index.html")
    assert ATTACK in described(page)[0]["name"]
    assert page.source.count("</script>") == len(page.all("script"))
    entries = ET.parse(tmp_path / "out/feed.xml").findall("a:entry", ATOM)
    assert any(ATTACK in entry.findtext("a:content", "", ATOM) for entry in entries)
    for twin in ("robots/index.md", "robots/sma-cross/index.md"):
        text = (tmp_path / "out" / twin).read_text()
        assert "<script" not in text
        assert "<img" not in text
        assert "&lt;/script&gt;" in text
        assert r"\|" in text
    assert size_of(tmp_path / "out/cards/robots/sma-cross.png") == (600, 315)


def test_each_page_has_its_twin(built, site):
    named = {}
    for page in built:
        twins = [each["href"] for each in page.all("link") if each.get("type") == "text/markdown"]
        named |= {page.path: twins}
        for twin in twins:
            assert (site / twin[1:]).read_text().startswith("#") or "# " in (
                site / twin[1:]
            ).read_text(), twin
    without = [path.relative_to(site).as_posix() for path, twins in named.items() if not twins]
    states = ("404.html", "search/index.html", "dashboard/index.html", "status/index.html")
    assert {one for one in without if not one.endswith("/parity/index.html")} == set(states)


def test_a_documents_twin_is_its_source(site):
    source = Path("site/content/docs/check.md").read_text().partition("\n\n")[2].strip()
    twin = (site / "docs/check/index.md").read_text()
    assert twin.startswith("# Check a strategy\n\n> ")
    assert twin.strip().endswith(source)


def test_a_robots_twin_has_the_figures_of_its_page(site, published):
    summary = json.loads((published / "robots/sma-cross/summary.json").read_text())
    twin = (site / "robots/sma-cross/index.md").read_text()
    sharpe = summary["record"]["metrics"]["sharpe_ratio"]
    shown = f"{sharpe['value']:.2f}".replace("-", "−")
    assert re.search(rf"\| Sharpe ratio \| {shown} \| .* to .* \|", twin)
    assert "imulated" in twin
    assert summary["head"] in twin


def test_llms_txt_leads_only_to_what_is_there(site):
    text = (site / "llms.txt").read_text()
    links = LINK.findall(text)
    assert f"{SITE_URL}/docs/check/index.md" in links
    places = [link.removeprefix(f"{SITE_URL}/") for link in links]
    assert [place for place in places if not (site / place).is_file()] == []
    assert "# Check a strategy" in (site / "llms-full.txt").read_text()


def test_a_robot_is_in_the_sitemap_with_the_day_of_its_newest_decision(site):
    text = (site / "sitemap-robots.xml").read_text()
    assert f"<loc>{SITE_URL}/robots/sma-cross/</loc><lastmod>{SESSIONS[-1]}</lastmod>" in text
    for name in ("sitemap.xml", "sitemap-pages.xml", "sitemap-robots.xml"):
        ET.parse(site / name)


def test_the_feed_tells_whole_months_alone(site, published):
    feed = ET.parse(site / "feed.xml")
    entries = {
        entry.find("a:link", ATOM).get("href"): entry for entry in feed.findall("a:entry", ATOM)
    }
    assert len(entries) == len(feed.findall("a:entry", ATOM))
    months = sorted(key.rpartition("record-")[2] for key in entries if "#record-" in key)
    assert months[-1] == "2012-11"  # the record ends within December
    assert len(months) == 12
    curve = json.loads((published / "robots/sma-cross/equity.json").read_text())["record"]
    lasts = {day[:7]: worth for day, worth in zip(curve["sessions"], curve["equity"], strict=True)}
    change = f"{(lasts['2012-11'] / lasts['2012-10'] - 1) * 100:+.1f}%".replace("-", "−")
    said = entries[f"{SITE_URL}/robots/#record-2012-11"].findtext("a:content", "", ATOM)
    assert f"Moving-Average Cross {change}" in said
    assert any("/docs/decisions/" in key for key in entries)


def test_an_entry_is_the_same_one_at_whatever_address_the_site_stands(site, published, tmp_path):
    def identities(folder: Path) -> list[str]:
        feed = ET.parse(folder / "feed.xml")
        return [entry.findtext("a:id", "", ATOM) for entry in feed.findall("a:entry", ATOM)]

    build(published, tmp_path, set(), "http://127.0.0.1:8000")
    assert identities(tmp_path) == identities(site)
    assert len(set(identities(site))) == len(identities(site))


def test_the_manifest_names_icons_of_their_size(site):
    manifest = json.loads((site / "manifest.webmanifest").read_text())
    for icon in manifest["icons"]:
        width, height = map(int, icon["sizes"].split("x"))
        assert size_of(site / icon["src"][1:]) == (width, height)
    assert size_of(site / "icons/touch.png") == (180, 180)


def test_the_search_index_holds_no_part_of_the_sites_frame(site):
    names = {path.name for path in (site / "pagefind").iterdir()}
    assert {"pagefind.js", "pagefind-entry.json", "index", "fragment"} <= names
    assert not any("ui" in name for name in names)
    entry = json.loads((site / "pagefind/pagefind-entry.json").read_text())
    assert entry["languages"]["en"]["page_count"] > 40


def test_a_site_without_an_index_is_still_published(published, tmp_path, monkeypatch):
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: tmp_path / "not here")
    warnings = build(published, tmp_path / "out", "all", SITE_URL)
    assert len(warnings) == 1
    assert "no search index: Pagefind did not run" in warnings[0]
    assert (tmp_path / "out/search/index.html").is_file()
    assert not (tmp_path / "out/pagefind").exists()


def test_only_robots_cards_are_small_and_none_is_stretched(built, site):
    for card in site.glob("cards/*.png"):
        assert size_of(card) == (1200, 630)
    for card in site.glob("cards/strategies/*.png"):
        assert size_of(card) == (1200, 630)
    assert "preserveAspectRatio" not in (THEME / "templates/card.svg").read_text()


def test_the_sample_says_of_costs_what_its_fills_say(published):
    for slug in ("sma-cross", "buy-and-hold"):
        summary = json.loads((published / f"robots/{slug}/summary.json").read_text())
        fills = json.loads((published / f"robots/{slug}/trades.json").read_text())["items"]
        for phase in ("backtest", "record"):
            paid = sum(float(one["commission"]) for one in fills if one["phase"] == phase)
            metrics = summary[phase]["metrics"]
            assert paid > 0
            assert metrics["commission_paid"]["value"] == pytest.approx(paid)
            assert metrics["turnover"]["value"] > 0
        assert not any("-12-25" in one["session"] for one in fills)
        assert all(one["session"] >= LISTED.get(one["symbol"], "") for one in fills)
    assert {one["side"] for one in fills} == {"buy"}
