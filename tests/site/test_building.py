"""What a build writes, what it leaves alone, and what it refuses."""

import json
import re
import shutil
import time
from pathlib import Path

import pytest

from functions.services.publication.sitebuild import build
from tests.site.conftest import SITE_URL
from tests.site.pages import Page, runs_nothing_of_its_own
from tests.site.published import SESSIONS, publish, write
from tests.site.served import change


@pytest.fixture
def data(tmp_path, published) -> Path:
    return shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("leaves"))


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_dirty_robots_are_all_that_is_written(data, tmp_path):
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    own = {"robots/sma-cross/index.html", "robots/sma-cross/parity/index.html"}
    own |= {"robots/sma-cross/index.md", "cards/robots/sma-cross.png"}
    own |= {f"strategies/sma_cross/index.{kind}" for kind in ("html", "md")}
    about_all = {"index.html", "robots/index.html", "status/index.html", "dashboard/index.html"}
    about_all |= {"index.md", "robots/index.md", "feed.xml", "sitemap-robots.xml"}
    about_all |= {f"strategies/index.{kind}" for kind in ("html", "md")}
    assert written(tmp_path / "out") == own | about_all


def test_a_part_is_the_same_as_in_the_whole(data, site, tmp_path):
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    for name in written(tmp_path / "out"):
        assert (tmp_path / "out" / name).read_bytes() == (site / name).read_bytes(), name


def test_a_part_shows_what_was_published_since(data, tmp_path):
    build(data, tmp_path / "before", ["sma-cross"], SITE_URL)
    change(data / "robots/sma-cross/summary.json", equity="123456.78000000")
    build(data, tmp_path / "after", ["sma-cross"], SITE_URL)
    page = Path("robots/sma-cross/index.html")
    assert "$123,456.78" not in (tmp_path / "before" / page).read_text()
    assert "$123,456.78" in (tmp_path / "after" / page).read_text()


def test_a_part_is_quick(data, tmp_path):
    build(data, tmp_path / "warm", ["sma-cross"], SITE_URL)
    started = time.process_time()
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    assert time.process_time() - started < 2.0


def test_assets_are_named_by_their_content(site):
    page = (site / "index.html").read_text()
    style = re.search(r'href="(/theme/[0-9a-f]{12}/style\.css)"', page)[1]
    plotly = re.search(r'content="(/theme/plotly-[0-9a-f]{12}\.min\.js)"', page)[1]
    assert "--accent" in (site / style[1:]).read_text()
    assert (site / plotly[1:]).stat().st_size > 400_000


def test_what_authors_write_is_text(data, tmp_path):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}'
    for name in ("robots/index.json", "robots/sma-cross/summary.json"):
        document = json.loads((data / name).read_text())
        for robot in document.get("robots", [document]):
            robot |= {"name": attack, "description": attack, "symbols": [attack]}
            robot |= {"parameters": {attack: attack}}
        write(data / name, document)
    for name in ("parity.json", "robots/sma-cross/parity.json", "robots/sma-cross/trades.json"):
        document = json.loads((data / name).read_text())
        for told in document.get("robots", [document]):
            told["name"] = attack
        for told in document.get("skips", {}).get("items", []):
            told["reason"] = attack
        for told in document.get("actions", []):
            told["actions"][0]["symbol"] = attack
        write(data / name, document)
    health = json.loads((data / "health.json").read_text())
    health["refused"][0] |= {"symbol": attack, "reason": attack}
    write(data / "health.json", health)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    for path in (tmp_path / "out").rglob("*.html"):
        page = Page(path)
        assert page.faults == []
        assert runs_nothing_of_its_own(page)
        assert list(page.all("img")) == []
        assert attack in page.text


def test_a_drawing_with_a_script_is_refused(data, tmp_path):
    drawing = data / "robots/sma-cross/figures/equity.svg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    with pytest.raises(Exception, match=r"equity\.svg must be a drawing without scripts"):
        build(data, tmp_path / "out", ["sma-cross"], SITE_URL)


def test_a_folder_without_robots_says_the_way_out(tmp_path):
    with pytest.raises(Exception, match=r"no index\.json in .*; publish the robots first"):
        build(tmp_path, tmp_path / "out", "all", SITE_URL)


def test_a_figure_that_is_undefined_says_why(data, tmp_path):
    name = data / "robots/sma-cross/summary.json"
    summary = json.loads(name.read_text())
    reason = {"value": None, "low": None, "high": None, "sample_size": 1, "method": None}
    summary["record"]["metrics"]["sharpe_ratio"] = reason | {"reason": "fewer than two sessions"}
    write(name, summary)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    page = Page(tmp_path / "out/robots/sma-cross/index.html")
    assert {"class": "none", "title": "fewer than two sessions"} in page.all("span")
    assert "– fewer than two sessions" in page.text


def test_a_result_that_is_shown_as_zero_is_neither_gain_nor_loss(data, tmp_path):
    name = data / "robots/sma-cross/summary.json"
    summary = json.loads(name.read_text())
    summary["record"]["metrics"]["total_return"]["value"] = 0.0004
    write(name, summary)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    tile = {"class": "estimate tone-flat", "data-estimate": "record.total_return"}
    found = Page(tmp_path / "out/robots/sma-cross/index.html").all("span")
    assert [one for one in found if tile.items() <= one.items()]


def test_one_session_is_no_plural(tmp_path):
    data = publish(tmp_path / "data", sessions=1)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    for path in ("index.html", "robots/sma-cross/index.html"):
        text = Page(tmp_path / "out" / path).text.replace("\N{NO-BREAK SPACE}", " ")
        assert "1 session recorded" in text
        assert not re.search(r"(?<![\d,])1 sessions", text)


SAID = ["no costs: a real account would have earned less", "fills at the same close: known"]


@pytest.mark.parametrize("notes", [[], SAID[:1], SAID])
def test_what_must_be_said_of_a_result_is_said_wherever_it_is_shown(data, tmp_path, notes):
    marked = len(notes)
    change(data / "robots/sma-cross/summary.json", notes=notes)
    index = json.loads((data / "robots/index.json").read_text())
    for robot in index["robots"]:
        robot["notes"] = notes if robot["slug"] == "sma-cross" else robot["notes"]
    write(data / "robots/index.json", index)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    league = Page(tmp_path / "out/robots/index.html")
    assert league.source.count("data-note") == marked
    page = Page(tmp_path / "out/robots/sma-cross/index.html")
    simulated = re.findall('class="simulated"', page.source.partition("<main")[2])
    assert page.faults == []
    assert page.source.count("data-note") == (len(simulated) + 1) * marked
    home = Page(tmp_path / "out/index.html")
    assert home.source.count("data-note") == 4 * marked


def test_short_positions_and_what_closed_them_are_told(data, tmp_path):
    held = {"symbol": "IBM", "quantity": "-57.00000000", "price": "181.10000000"}
    worth = {"value": "-10322.70000000", "weight": -0.103227}
    change(data / "robots/sma-cross/summary.json", positions=[held | worth])
    path = data / "robots/sma-cross/trades.json"
    items = json.loads(path.read_text())["items"]
    items[-1] |= {"side": "buy", "action": "buy back", "reason": "stop loss", "pnl": "-5.00000000"}
    items[-2] |= {"side": "sell", "action": "sell short", "reason": None, "pnl": None}
    change(path, items=items)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    page = Page(tmp_path / "out/robots/sma-cross/index.html")
    assert page.faults == []
    assert all(words in page.text for words in ("sell short", "buy back, stop loss", "−57"))
    assert all(words in page.text for words in ("−$10,322.70", "−10.3%"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ["next session's open"]),
        ({"fill": "same_close"}, ["the deciding session's close"]),
        ({"fill": "next_close", "leverage": 2.0}, ["next session's close", "leverage 2.0"]),
        ({"instruments": {"ES": {"multiplier": 50.0}}}, ['instruments {"ES": {"multiplier": 50']),
    ],
)
def test_what_it_is_simulated_with_is_told(data, tmp_path, options, told):
    path = data / "robots/sma-cross/summary.json"
    change(path, options=json.loads(path.read_text())["options"] | options)
    build(data, tmp_path / "out", ["sma-cross"], SITE_URL)
    text = " ".join(Page(tmp_path / "out/robots/sma-cross/index.html").text.split())
    assert all(words in text for words in told)


@pytest.mark.parametrize("sessions", [0, 1, 2])
def test_a_record_that_has_just_begun_has_its_pages(sessions, tmp_path):
    data = publish(tmp_path / "data", sessions=sessions)
    if sessions == 0:
        blank = {"session": None, "as_of": None, "live_from": None}
        change(data / "platform.json", **blank)
        for name in ("robots/index.json", *(f"robots/{slug}/summary.json" for slug in slugs(data))):
            document = json.loads((data / name).read_text())
            for robot in document.get("robots", [document]):
                nothing = {"start": None, "end": None, "metrics": {}, "trade_count": 0}
                robot["record"] |= nothing
            write(data / name, document)
    assert build(data, tmp_path / "out", "all", SITE_URL) == []
    text = Page(tmp_path / "out/robots/sma-cross/index.html").text
    assert "None" not in text
    assert "undefined" not in text.lower().replace("is undefined", "")
    if sessions:
        assert SESSIONS[2000 + sessions - 1][:4] in text


def slugs(data: Path) -> list[str]:
    return [path.name for path in (data / "robots").iterdir() if path.is_dir()]


def test_a_platform_without_robots_has_its_pages(data, tmp_path):
    write(data / "robots/index.json", {"v": 1, "as_of": None, "robots": []})
    assert build(data, tmp_path / "out", "all", SITE_URL) == []
    assert "No robot is registered yet" in Page(tmp_path / "out/index.html").text


def test_an_ended_clock_is_told_on_the_page(tmp_path):
    data = publish(tmp_path / "data", ended=True)
    build(data, tmp_path / "out", "all", SITE_URL)
    assert "The clock has ended." in Page(tmp_path / "out/robots/index.html").text


def test_a_misspelt_slug_never_leaves_the_folder(data, tmp_path):
    index = json.loads((data / "robots/index.json").read_text())
    index["robots"][0]["slug"] = "../../escape"
    write(data / "robots/index.json", index)
    with pytest.raises(Exception, match="slug must match"):
        build(data, tmp_path / "out", "all", SITE_URL)
