"""A page is whole before any script has run."""

import pytest


@pytest.mark.parametrize(
    ("path", "drawings"), [("/", 1), ("/robots/sma-cross/", 4)], ids=["home", "robot"]
)
def test_the_drawings_are_there(visit, site, path, drawings):
    page = visit(site, path, scripts=False).page
    stills = page.locator(".chart-still > svg")
    assert stills.count() == drawings
    for number in range(drawings):
        box = stills.nth(number).bounding_box()
        assert box["width"] > 300
        assert box["height"] > 150


def test_the_league_table_is_whole(visit, site):
    page = visit(site, "/robots/", scripts=False).page
    assert page.locator(".league tbody tr").count() == 6
    assert page.locator(".league .spark").count() == 6
    assert page.locator("button").count() == 0


def test_the_figures_are_there(visit, site):
    page = visit(site, "/robots/sma-cross/", scripts=False).page
    sharpe = page.locator('.tile [data-estimate="record.sharpe_ratio"]')
    assert "95% interval" in sharpe.inner_text()
    assert page.locator("[data-rows] tr").count() > 50
