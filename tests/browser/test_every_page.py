"""What holds on every page, for everybody who opens it."""

from itertools import count
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, least

SIZES = {"phone": PHONE, "desktop": DESKTOP}
MAIN = ["/", "/robots/", "/robots/sma-cross/"]
CHECKS = ["/status/", "/robots/sma-cross/parity/", "/robots/rsi-reversion/parity/"]
DOCS = ["/docs/what-is-promised/", "/docs/life-of-a-slot/", "/docs/bring-your-own-data/"]
DOCS += ["/docs/assumptions/", "/docs/life-of-an-order/", "/docs/coming-from-backtrader/"]
OTHERS = [*CHECKS, *DOCS, "/docs/how-results-are-made/", "/docs/metrics/", "/docs/", "/features/"]
OTHERS += [
    "/about/",
    "/docs/decisions/",
    "/docs/decisions/0002-what-stands-in-for-what/",
    "/docs/changelog/",
    "/docs/api/",
    "/docs/questions/",
    "/404.html",
    "/search/?q=order",
    "/strategies/",
    "/strategies/sma_cross/",
]


EVERY_WAY = [(size, theme) for size in SIZES for theme in ("light", "dark")]
TWO_WAYS = [("phone", "dark"), ("desktop", "light")]


@pytest.fixture(
    scope="module",
    params=[(path, *way) for path in MAIN for way in EVERY_WAY]
    + [(path, *way) for path in OTHERS for way in TWO_WAYS],
    ids=lambda way: "-".join(way),
)
def seen(tabs, site, request):
    """A page that somebody has looked at from top to bottom."""
    path, size, theme = request.param
    with tabs.visitor() as visit:
        opened = visit(site, path, size=SIZES[size], theme=theme, looking=True)
        look_through(opened)
        yield opened


def look_through(opened) -> None:
    opened.scroll_through()
    opened.wait_for_charts()
    opened.page.wait_for_timeout(800 if urlsplit(opened.page.url).path in MAIN else 300)


WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOVED = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 200);
})"""


def test_nothing_moves_while_it_loads(seen):
    """But what a search has found, which comes when it is found."""
    if "/search/" in seen.page.url:
        return
    loaded = count()

    def moved() -> float:
        if next(loaded):
            seen.open_again()
            look_through(seen)
        return seen.page.evaluate(MOVED)

    assert least(moved) == pytest.approx(0, abs=0.001)


def test_nobody_else_is_asked_and_nothing_complains(seen):
    assert seen.asked_others() == []
    assert seen.complaints == []


def test_nothing_is_wider_than_the_screen(seen):
    assert seen.page.evaluate(WIDER) == 0


def test_nobody_is_shut_out(seen):
    found = Axe().run(seen.page)
    assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()


@pytest.mark.parametrize("path", MAIN)
@pytest.mark.parametrize("width", [320, 768])
def test_nothing_is_wider_than_any_other_screen(visit, site, path, width):
    opened = visit(site, path, size={"width": width, "height": 800}, looking=True)
    opened.scroll_through()
    assert opened.page.evaluate(WIDER) == 0


def test_the_skip_link_comes_first(visit, site):
    page = visit(site, "/robots/").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_code_that_is_cut_off_says_so_and_scrolls_by_keyboard(visit, site):
    page = visit(site, "/docs/how-results-are-made/", size=PHONE).page
    code = page.get_by_role("group", name="Code").first
    assert "local" in code.evaluate("one => getComputedStyle(one).backgroundAttachment")
    code.focus()
    page.keyboard.press("ArrowRight")
    expect(code).not_to_have_js_property("scrollLeft", 0)
