"""The dashboard over the real front door, its handlers and a real database."""

import re
import shutil

import pytest
from playwright.sync_api import Route, expect

from functions.local.web import HEADERS
from functions.services.live.pushing import push
from functions.services.platform import Platform
from functions.services.publication.sitebuild import build
from functions.store.session import Session
from tests.browser.conftest import SOON
from tests.builders.fronts import CLOUD, Front
from tests.builders.live import add_decisions, live_robot
from tests.site.published import publish

SESSIONS = 20
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The site as it was built when the records had twenty decisions."""
    data = publish(tmp_path_factory.mktemp("published"), sessions=SESSIONS, robots=2)
    output = tmp_path_factory.mktemp("site")
    build(data, output, "all", "https://robots.example")
    shutil.copytree(data, output / "data")
    return output


@pytest.fixture
def front(database):
    with Front(database.api) as opened:
        yield opened


@pytest.fixture
def jobs(database):
    with database.connect("jobs", autocommit=True) as connection:
        yield connection


@pytest.fixture
def platform(database, front, monkeypatch):
    """What a job has of the world, as far as it tells who is connected."""
    for name, value in CLOUD.items():
        monkeypatch.setenv(name, value)
    session = Session(database.jobs)
    named = ("", "", "", "", "sample", f"http://{front.host}", front.connections_url)
    yield Platform(session.connect, session.connect, None, None, *named)
    session.close()


@pytest.fixture
def page(chromium, pages, front):
    """The built files under the front door's own address; API and sockets are the real ones."""

    def file(route: Route) -> None:
        path = re.sub(r"[?#].*", "", route.request.url.removeprefix(f"http://{front.host}/"))
        if path.startswith("api/"):
            return route.continue_()
        found = pages / path / "index.html" if not path or path.endswith("/") else pages / path
        if not found.is_file():
            return route.fulfill(status=404, body="")
        kind = KINDS.get(found.suffix, "application/json")
        return route.fulfill(path=found, headers={**HEADERS, "Content-Type": kind})

    # A page that a test hands over came from no address, so it would have to ask for this one.
    context = chromium.new_context(permissions=["local-network-access"])
    opened = context.new_page()
    opened.route("**/*", file)
    yield opened
    context.close()


def state(page):
    return page.locator("desk-wire")


def newest(page):
    return page.locator("[data-list] li").first


def test_what_is_recorded_is_seen_even_after_the_platform_died(page, front, jobs, platform):
    robots = [live_robot(jobs, slug, decisions=SESSIONS) for slug in SLUGS]
    page.goto(f"http://{front.host}/dashboard/?robot={SLUGS[1]}")
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    expect(newest(page)).to_have_attribute("value", "20", timeout=SOON)
    expect(newest(page).locator("code")).not_to_have_text("…")

    for robot in robots:
        add_decisions(jobs, robot, 1)
    assert push(platform, SLUGS).frames == 2
    expect(newest(page)).to_have_attribute("value", "21", timeout=SOON)
    expect(page.locator(".desk-head [data-money=equity]")).to_have_text("$102,000.00")
    expect(page.locator("desk-trades tbody tr").first).to_contain_text("buy 1 AAPL")
    for slug in SLUGS:
        expect(page.locator(f".desk-robot[data-slug={slug}] [data-when]")).to_contain_text("21 ·")
    expect(page.locator(".desk-head .tile").nth(2)).to_contain_text("+0.71")

    front.kill()
    add_decisions(jobs, robots[1], 3)
    front.start()
    expect(newest(page)).to_have_attribute("value", "24", timeout=SOON)
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    seqs = [one.get_attribute("value") for one in page.locator("[data-list] li").all()]
    assert seqs == [str(seq) for seq in range(24, 4, -1)]


SLUGS = ["buy-and-hold", "channel-breakout"]
