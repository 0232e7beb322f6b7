"""The dashboard as it is built."""

import json
from datetime import date

import pytest

from functions.services.publication.sitebuild import build
from tests.site.conftest import SITE_URL
from tests.site.pages import Page
from tests.site.published import BACKTEST, SESSIONS, publish, write

MANY = 103


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A league of more robots than one connection follows; all but six are copies."""
    data = publish(tmp_path_factory.mktemp("many"))
    robots = json.loads((data / "robots/index.json").read_text())["robots"]
    for number in range(MANY - len(robots)):
        slug = f"robot-{number:03}"
        (data / "robots" / slug).symlink_to(data / "robots/sma-cross")
        robots.append(robots[0] | {"slug": slug, "name": f"Robot {number}"})
    robots[0]["status"] = "stopped"
    write(data / "robots/index.json", {"v": 1, "as_of": None, "robots": robots})
    output = tmp_path_factory.mktemp("site")
    build(data, output, ["sma-cross"], SITE_URL)
    return Page(output / "dashboard/index.html")


def listed(page):
    return [item["data-slug"] for item in page.all("li") if "data-slug" in item]


def test_as_many_robots_as_one_connection_follows(many):
    assert len(listed(many)) == 100
    assert "buy-and-hold" not in listed(many)  # it is stopped, and others are not
    assert "3 more in the league table" in many.text


def test_each_curve_says_what_its_ends_stand_for(site):
    page = Page(site / "dashboard/index.html")
    curves = [one for one in page.all("svg") if "data-low" in one]
    assert len(curves) == len(listed(page)) == 6
    for curve in curves:
        assert 0 < float(curve["data-low"]) < float(curve["data-high"])
        assert int(curve["data-length"]) == 250 + 500


def test_a_page_without_robots_says_so(tmp_path):
    data = publish(tmp_path / "none", robots=0)
    build(data, tmp_path / "out", "all", SITE_URL)
    page = Page(tmp_path / "out/dashboard/index.html")
    assert page.faults == []
    assert "No robot is registered yet." in page.text
    assert page.all("desk-wire") == []


def test_all_that_its_scripts_import_is_fetched_at_once(site):
    page = Page(site / "dashboard/index.html")
    named = [one["href"] for one in page.all("link") if one.get("rel") == "modulepreload"]
    assert all((site / href.lstrip("/")).is_file() for href in named)
    names = {href.rsplit("/", 1)[1] for href in named}
    assert {"socket.js", "numerals.js", "attention.js", "dashboard-feed.js"} <= names
    own = {path.name for path in (site / named[0].lstrip("/")).parent.glob("dashboard-*.js")}
    assert own <= names
    assert len(named) == len(names)


def test_only_the_records_own_trades_stand_there(tmp_path):
    data = publish(tmp_path / "data")
    place = data / "robots/sma-cross/summary.json"
    summary = json.loads(place.read_text())
    trade = summary["recent_trades"][0]
    before = trade | {"id": "before", "phase": "backtest", "symbol": "BACKTESTED"}
    own = trade | {"id": "own", "phase": "record", "symbol": "RECORDED"}
    write(place, summary | {"recent_trades": [before, own]})
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    page = Page(tmp_path / "out/dashboard/index.html")
    assert "RECORDED" in page.text
    assert "BACKTESTED" not in page.text


def test_the_record_begins_where_its_chart_does(site):
    page = Page(site / "dashboard/index.html")
    first = date.fromisoformat(SESSIONS[BACKTEST])
    assert f"Record since {first.day} {first:%b %Y} ." in " ".join(page.text.split())


def test_what_is_not_traded_yet_says_so(tmp_path):
    data = publish(tmp_path / "data", sessions=3)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    text = Page(tmp_path / "out/dashboard/index.html").text
    assert "not listed yet" in text
    assert "empty" not in text
