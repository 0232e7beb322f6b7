"""The page of a strategy says what the code says, and follows the robots that run it."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest

import strategies
from functions.services.publication.catalogue import catalogue, said
from functions.services.publication.sitebuild import build
from tests.builders.robots import scripted
from tests.site.conftest import SITE_URL
from tests.site.pages import Page
from tests.site.published import write
from tests.site.served import change


def page_of(site: Path, name: str) -> Page:
    return Page(site / f"strategies/{name}/index.html")


@pytest.mark.parametrize("name", strategies.names())
def test_a_strategy_says_what_it_bets_on_and_when_that_is_lost(name):
    told = said(strategies.get(name))
    for part in ("bets_on", "fails_when"):
        assert len(told[part]) > 60, part
        assert told[part].endswith(".")


@pytest.mark.parametrize("strategy", catalogue()["strategies"], ids=lambda one: one["name"])
def test_its_page_has_all_that_the_catalogue_says(site, strategy):
    page = page_of(site, strategy["name"])
    words = "".join(page.text.split())
    for part in ("bets_on", "fails_when", "summary"):
        said_there = strategy[part].replace("`", "")
        assert "".join(said_there.split())[1:] in words  # its first letter is made a capital
    for parameter in strategy["parameters"]:
        assert f"<code>{parameter['name']}</code>" in page.source


@pytest.mark.parametrize("name", strategies.names())
def test_its_source_stands_there_to_the_letter_line_by_line(site, name):
    listing = page_of(site, name).source.partition("code listing")[2]
    listing = listing.partition("<pre")[2].partition(">")[2].partition("</pre>")[0]
    assert html.unescape(re.sub("<[^>]+>", "", listing)) == strategies.source(name)
    lines = strategies.source(name).count("\n")
    assert re.findall(r'id="line-(\d+)"', listing) == [str(n + 1) for n in range(lines)]


def test_the_list_leads_to_every_strategy_and_to_its_robots(site):
    page = Page(site / "strategies/index.html")
    links = [each["href"] for each in page.all("a")]
    for name in strategies.names():
        assert f"/strategies/{name}/" in links
    assert "/robots/sma-cross/" in links


def test_a_robot_leads_to_its_strategy(site):
    links = [each["href"] for each in Page(site / "robots/sma-cross/index.html").all("a")]
    assert "/strategies/sma_cross/" in links


NO_WORDS = {
    "summary": "Do what is written.",
    "details": [],
    "bets_on": None,
    "fails_when": None,
}


def test_strategies_without_words_have_none_of_their_parents():
    assert said(scripted({})) == NO_WORDS

    class Silent(scripted({})):
        pass

    assert said(Silent) == NO_WORDS | {"summary": ""}


def test_a_wrapped_summary_is_one_sentence():
    class Wrapped(scripted({})):
        """Hold what rose, as long as it rises,
        and nothing else.

        Bets on: what rose.
        """

    told = said(Wrapped)
    assert told["summary"] == "Hold what rose, as long as it rises, and nothing else."
    assert told["details"] == []
    assert told["bets_on"] == "what rose."


@pytest.fixture
def data(tmp_path, published) -> Path:
    return shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("leaves"))


def test_its_page_follows_its_robots(data, tmp_path):
    index = json.loads((data / "robots/index.json").read_text())["robots"]
    for robot in index:
        robot["name"] = "Another name" if robot["slug"] == "sma-cross" else robot["name"]
    change(data / "robots/index.json", robots=index)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    assert "Another name" in page_of(tmp_path / "out", "sma_cross").text
    assert not (tmp_path / "out/strategies/rsi_reversion").exists()


def test_of_many_robots_some_are_shown_and_all_are_counted(data, tmp_path):
    index = json.loads((data / "robots/index.json").read_text())["robots"]
    for robot in index:
        robot["strategy"] = "sma_cross"
    index = [robot | {"status": "stopped"} for robot in index] + index
    change(data / "robots/index.json", robots=index * 5)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    page = page_of(tmp_path / "out", "sma_cross")
    assert "12 of 60" in page.text
    shown = page.source.partition('class="run-by"')[2].partition("</table>")[0]
    assert shown.count("<tr>") == 13
    assert "stopped" not in shown  # robots that run come first


def test_a_strategy_that_is_not_here_has_no_page_and_no_link(data, tmp_path):
    path = data / "robots/sma-cross/summary.json"
    change(path, strategy="of_my_own")
    index = json.loads((data / "robots/index.json").read_text())["robots"]
    index = [r | {"strategy": "of_my_own"} if r["slug"] == "sma-cross" else r for r in index]
    change(data / "robots/index.json", robots=index)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    robot = Page(tmp_path / "out/robots/sma-cross/index.html")
    assert "of_my_own" in robot.text
    assert "/strategies/of_my_own/" not in robot.source
    assert not (tmp_path / "out/strategies/of_my_own").exists()


def test_what_an_author_writes_in_a_docstring_is_text(data, tmp_path):
    attack = "</p><script>alert(1)</script> `</code><img src=x onerror=1>`"
    told = json.loads((data / "catalogue.json").read_text())
    for strategy in told["strategies"]:
        strategy |= {"bets_on": attack, "fails_when": attack, "summary": attack, "source": attack}
        strategy |= {"details": [attack]}
    write(data / "catalogue.json", told)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    for path in (tmp_path / "out/strategies").rglob("*.html"):
        page = Page(path)
        assert page.faults == []
        scripts = [each for each in page.all("script") if each.get("type") != "application/ld+json"]
        assert all("src" in script for script in scripts)
        assert page.all("img") == []
