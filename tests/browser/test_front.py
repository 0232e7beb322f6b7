"""The ways in, and what a reader on a phone sees of long tables."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

ROBOT = "/robots/sma-cross/"


def test_home_has_a_way_in_for_authors(visit, site):
    page = visit(site, "/", scripts=False).page
    expect(page.locator('.hero a[href="#own-title"]')).to_be_visible()
    expect(page.locator(".own-commands")).to_contain_text("robotplug new my_robot")
    expect(page.locator('.own-robot a[href="/docs/five-minute-start/"]')).to_be_visible()


def test_a_robots_page_is_short_and_opens_by_group(visit, site):
    page = visit(site, ROBOT, size=PHONE, scripts=False).page
    assert page.evaluate("document.documentElement.scrollHeight") < 7_000
    assert page.locator(".compare-folds > .compare tbody tr").count() == 8
    verdict, verify = page.locator("robot-verdict"), page.locator(".verify")
    assert verify.bounding_box()["y"] - verdict.bounding_box()["y"] < 600
    page.locator(".compare-folds summary").first.click()
    expect(page.locator(".compare-folds details table").first).to_be_visible()


def test_a_fill_on_a_phone_keeps_all_its_figures(visit, site):
    page = visit(site, ROBOT, size=PHONE, scripts=False).page
    for cell in page.locator(".trades tbody tr").first.locator("th, td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_a_slash_opens_the_search(visit, site):
    page = visit(site, ROBOT).page
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    field = page.locator("#search")
    expect(field).to_be_visible()
    page.locator("h1").click()
    field.evaluate("field => field.blur()")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.press("/")
    expect(field).to_have_value("/")


def test_the_code_to_try_is_whole(visit, site):
    page = visit(site, "/strategies/buy_and_hold/").page
    code = page.locator(".try pre")
    assert code.evaluate("code => code.scrollWidth <= code.clientWidth")
