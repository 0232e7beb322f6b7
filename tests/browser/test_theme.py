"""Light or dark: the system's, until a reader chooses."""

import pytest

PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_choice_is_remembered_on_every_page(visit, site, system):
    page = visit(site, "/", theme=system).page
    before = page.evaluate(PAPER)
    page.locator(".toggle").click()
    chosen = page.evaluate(PAPER)
    assert chosen != before
    for path in ("/robots/", "/about/"):
        page.goto(f"{site}{path}")
        assert page.evaluate(PAPER) == chosen


def test_the_toggle_says_what_it_does(visit, site):
    page = visit(site, "/", theme="light").page
    toggle = page.get_by_role("button", name="Use the dark theme")
    toggle.press("Enter")
    assert page.get_by_role("button", name="Use the light theme").count() == 1


def test_a_choice_stands_before_the_first_paint(visit, site):
    page = visit(site, "/", theme="light").page
    page.locator(".toggle").click()
    page.goto(f"{site}/robots/", wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
