"""Looking something up, with nothing but the site's own files."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

FOUND = ".search-results > li > a"


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("trailing stop", "/docs/life-of-an-order/"),
        ("Moving-average cross", "/robots/sma-cross/"),
        ("brackets belong", "/docs/decisions/0012-brackets-belong-to-positions/"),
    ],
)
def test_what_is_written_is_found(visit, site, words, page):
    opened = visit(site, "/search/", size=PHONE)
    opened.page.locator("#search").fill(words)
    expect(opened.page.locator(f'{FOUND}[href="{page}"]')).to_be_visible(timeout=10_000)
    assert opened.asked_others() == []
    assert opened.complaints == []


def test_an_address_holds_what_was_asked(visit, site):
    opened = visit(site, "/search/?q=dividend")
    expect(opened.page.locator(FOUND).first).to_be_visible(timeout=10_000)
    expect(opened.page.locator("#search")).to_have_value("dividend")
    expect(opened.page.locator(".search-said")).to_contain_text("page")
    expect(opened.page.locator(".search-all")).to_be_hidden()
    opened.page.locator("#search").fill("")
    expect(opened.page.locator(".search-all")).to_be_visible()
    assert "?" not in opened.page.url


def test_it_is_used_by_keyboard(visit, site):
    page = visit(site, "/search/?q=order").page
    expect(page.locator(FOUND).first).to_be_visible(timeout=10_000)
    page.keyboard.press("ArrowDown")
    expect(page.locator(FOUND).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(FOUND).nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_focused()


@pytest.mark.parametrize(
    "words", ["zzqqx", '"><img src=x onerror=alert(1)>', "%00%", "a" * 100, "'", "(((", "_"]
)
def test_strange_words_are_words(visit, site, words):
    opened = visit(site, "/search/")
    opened.page.locator("#search").fill(words)
    expect(opened.page.locator(".search-said")).not_to_be_empty(timeout=10_000)
    assert opened.page.locator("main img").count() == 0
    assert opened.complaints == []


def test_code_in_what_is_found_is_text(visit, site):
    page = visit(site, "/search/?q=Strategy%20class").page
    expect(page.locator(FOUND).first).to_be_visible(timeout=10_000)
    assert page.locator(".search-results p :not(mark, span)").count() == 0


def test_a_lost_index_is_told_and_the_pages_are_listed(visit, site):
    opened = visit(site, "/about/")
    opened.page.route("**/pagefind/**", lambda route: route.abort())
    opened.page.goto(f"{site}/search/?q=order")
    said = opened.page.locator(".search-said")
    expect(said).to_contain_text("did not load", timeout=10_000)
    expect(opened.page.locator(".search-all")).to_be_visible()


def test_without_scripts_every_page_is_listed(visit, site):
    page = visit(site, "/search/?q=order", scripts=False).page
    expect(page.locator("noscript .notice")).to_contain_text("Searching needs JavaScript")
    expect(page.locator(".search-form")).to_be_hidden()
    assert page.locator(".search-all a").count() > 25


@pytest.mark.parametrize(
    ("words", "heading"), [("sharpe", "Sharpe ratio"), ("turnover", "Turnover a year")]
)
def test_a_metric_is_found_under_its_own_heading_in_plain_words(visit, site, words, heading):
    page = visit(site, f"/search/?q={words}").page
    found = page.locator(".search-results > li").filter(
        has=page.locator('> a[href="/docs/metrics/"]')
    )
    expect(found.locator("ul a").first).to_have_text(heading, timeout=10_000)
    excerpt = found.locator("> p").inner_text()
    assert words in excerpt.lower()
    assert not set("√∑Σ=") & set(excerpt)
    assert "is better" not in excerpt
