"""The docs as a reader finds them: what is beside a page, what folds, what the address leads to."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE

PAGE = "/docs/life-of-an-order/"


def test_on_a_desktop_all_pages_and_all_headings_stand_beside_the_words(visit, site):
    page = visit(site, PAGE, size=DESKTOP).page
    words = page.locator(".docs-words").bounding_box()
    book = page.get_by_role("navigation", name="Documentation").bounding_box()
    contents = page.get_by_role("navigation", name="On this page").bounding_box()
    assert book["x"] + book["width"] <= words["x"]
    assert words["x"] + words["width"] <= contents["x"]
    assert page.get_by_role("link", name="Life of a bar").first.is_visible()
    assert not page.get_by_text("All pages").is_visible()


def test_on_a_phone_they_fold_away_and_open(visit, site):
    page = visit(site, PAGE, size=PHONE).page
    book = page.get_by_role("navigation", name="Documentation")
    assert not book.get_by_role("link", name="Assumptions").is_visible()
    page.get_by_text("All pages").click()
    expect(book.get_by_role("link", name="Assumptions")).to_be_visible()
    assert page.locator("h1").bounding_box()["y"] > book.bounding_box()["y"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_is_the_same_without_scripts(visit, site, size):
    page = visit(site, PAGE, size=size, scripts=False).page
    if size == PHONE:
        page.get_by_text("On this page").first.click()
    link = page.get_by_role("navigation", name="On this page").get_by_role("link").last
    expect(link).to_be_visible()
    link.click()
    wanted = page.url.partition("#")[2]
    assert wanted
    expect(page.locator(f"#{wanted}")).to_be_in_viewport()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 700}], ids=["390", "320"])
def test_the_masthead_has_all_places_in_two_rows(visit, site, size):
    page = visit(site, "/docs/", size=size).page
    places = page.get_by_role("navigation", name="Main").get_by_role("link")
    boxes = [places.nth(at).bounding_box() for at in range(places.count())]
    assert len(boxes) == 5
    assert len({round(box["y"]) for box in boxes}) == 1
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= size["width"] for box in boxes)
    assert all(box["height"] >= 40 for box in boxes)
    rows = {round(page.locator(one).bounding_box()["y"] / 40) for one in (".brand", "theme-toggle")}
    assert len(rows) == 1


def test_code_of_the_widest_example_fits_its_column(visit, site):
    page = visit(site, "/docs/writing-a-strategy/", size=DESKTOP).page
    cut = page.locator(".prose .code pre").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    )
    assert [text for text in cut if max(map(len, text.split("\n"))) <= 80] == []


def test_a_lost_visitor_is_led_to_the_nearest_page(visit, site):
    page = visit(site, "/robots/sma-crss/").page
    near = page.locator(".lost-near")
    expect(near).to_contain_text("Did you mean Moving-Average Cross?")
    near.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Moving-Average Cross")


def test_a_visitor_lost_far_away_is_not_led_astray(visit, site):
    page = visit(site, "/wp-admin/setup-config.php").page
    expect(page.locator("h1")).to_have_text("No page here")
    assert page.locator(".lost-near").count() == 0
    assert page.locator(".lost-places a").count() > 12


def test_a_line_of_source_can_be_linked_to(visit, site):
    page = visit(site, "/strategies/channel_breakout/#line-20").page
    line = page.locator("#line-20")
    expect(line).to_be_in_viewport()
    number = "one => getComputedStyle(one, '::before').content"
    assert "counter" in line.evaluate(number)


def test_a_formula_is_drawn_as_mathematics(visit, site):
    page = visit(site, "/docs/metrics/#sharpe_ratio").page
    fraction = page.locator("#sharpe_ratio mfrac").first
    above, below = (fraction.locator("> *").nth(at).bounding_box() for at in (0, 1))
    assert above["y"] + above["height"] <= below["y"] + 2


def test_on_a_desktop_the_keyboard_reaches_what_a_phone_folds_away(visit, site):
    page = visit(site, PAGE, size=DESKTOP).page
    page.locator("#docs-search").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Documentation"
    page.locator(".docs-toc").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
    page.keyboard.press("Enter")
    assert "#" in page.url


def test_code_can_be_copied_and_output_has_no_button(visit, site):
    page = visit(site, "/docs/add-a-metric/", size=DESKTOP, fresh=True).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = page.locator(".code").first
    first.hover()
    first.get_by_role("button", name="Copy").click()
    expect(first.get_by_role("button")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import numpy as np\n")
    assert copied.endswith("print(up_days(np.array([0.01, -0.01, 0.02, 0.0])))\n")
    assert page.locator(".code:has(.go) button").count() == 0
