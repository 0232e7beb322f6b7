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
    expect(opened.page.locator(f'{FOUND}[href="{page}"]')).to_be_visible()
    assert opened.asked_others() == []
    assert opened.complaints == []


def test_an_address_holds_what_was_asked(visit, site):
    opened = visit(site, "/search/?q=dividend")
    expect(opened.page.locator(FOUND).first).to_be_visible()
    expect(opened.page.locator("#search")).to_have_value("dividend")
    expect(opened.page.locator(".search-said")).to_contain_text("page")
    expect(opened.page.locator(".search-all")).to_be_hidden()
    opened.page.locator("#search").fill("")
    expect(opened.page.locator(".search-all")).to_be_visible()
    assert "?" not in opened.page.url


def test_it_is_used_by_keyboard(visit, site):
    page = visit(site, "/search/?q=order").page
    expect(page.locator(FOUND).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(FOUND).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(FOUND).nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_focused()


@pytest.fixture(scope="module")
def opened(tabs, site):
    with tabs.visitor() as visit:
        yield visit(site, "/search/")


@pytest.mark.parametrize(
    "words", ["zzqqx", '"><img src=x onerror=alert(1)>', "%00%", "a" * 100, "'", "(((", "_"]
)
def test_strange_words_are_words(opened, words):
    opened.page.locator("#search").fill("")
    expect(opened.page.locator(".search-said")).to_be_empty()
    opened.page.locator("#search").fill(words)
    expect(opened.page.locator(".search-said")).not_to_be_empty()
    assert opened.page.locator("main img").count() == 0
    assert opened.complaints == []


def test_code_in_what_is_found_is_text(visit, site):
    page = visit(site, "/search/?q=Strategy%20class").page
    expect(page.locator(FOUND).first).to_be_visible()
    assert page.locator(".search-results p :not(mark, span)").count() == 0


def test_a_lost_index_is_told_and_the_pages_are_listed(visit, site):
    opened = visit(site, "/about/")
    opened.page.route("**/pagefind/**", lambda route: route.abort())
    opened.page.goto(f"{site}/search/?q=order")
    said = opened.page.locator(".search-said")
    expect(said).to_contain_text("did not load")
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
    expect(found.locator("ul a").first).to_have_text(heading)
    excerpt = found.locator("> p").inner_text()
    assert words in excerpt.lower()
    assert not set("√∑Σ=") & set(excerpt)
    assert "is better" not in excerpt


def test_pages_with_the_word_itself_come_before_those_with_its_stem(visit, site):
    """Pagefind takes "sharpe" and "sharp" for one word."""
    page = visit(site, "/search/?q=sharpe").page
    expect(page.locator(FOUND).first).to_be_visible()
    found = [one.get_attribute("href") for one in page.locator(FOUND).all()]
    stems = [at for at, one in enumerate(found) if one == "/strategies/rsi_reversion/"]
    exact = [at for at, one in enumerate(found) if one and one.startswith("/docs/metrics/")]
    assert exact
    assert all(at > max(exact) for at in stems)


def test_no_figure_that_changes_is_kept_in_the_index(visit, site):
    page = visit(site, "/search/?q=sessions%20backtest").page
    expect(page.locator(FOUND).first).to_be_visible()
    assert "500 sessions" not in page.locator(".search-results").inner_text()
