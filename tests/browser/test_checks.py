"""The pages of checks: what a drift looks like, and that all of it can be seen."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.site.served import change

PARITY = "/robots/rsi-reversion/parity/"
DRIFTS = '[data-list="drifts.items"] tbody tr'
INSIDE = """() => [...document.querySelectorAll("main *")].filter((one) => {
    const { overflowX, overflowY } = getComputedStyle(one);
    const scrolls = (how) => how === "auto" || how === "scroll";
    return (scrolls(overflowX) && one.scrollWidth > one.clientWidth)
        || (scrolls(overflowY) && one.scrollHeight > one.clientHeight);
}).map((one) => one.className)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_drift_says_which_row_and_marks_the_difference(visit, site):
    drift = visit(site, PARITY, scripts=False).page.locator(DRIFTS).first
    expect(drift.locator("b")).to_have_text("trade 1 (AAPL buy 2011-03-08)")
    expect(drift.locator(".change")).to_have_text(
        "pricerecord 355.08745500replay 355.09745500", use_inner_text=False
    )
    expect(drift.locator("mark")).to_have_text(["8", "9"])


def test_a_later_drift_is_written_as_the_page_was_made(visit, living):
    address, data = living
    rows = visit(address, PARITY).page.locator(DRIFTS)
    made = rows.first.inner_html()
    path = data / PARITY.strip("/").replace("/parity", "/parity.json")
    (drift,) = json.loads(path.read_text())["drifts"]["items"]
    change(path, drifts={"count": 2, "items": [drift, {**drift, "more": 1}]})
    expect(rows).to_have_count(2)
    assert rows.first.inner_html() == made
    expect(rows.last).to_contain_text("and 1 more")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", ["/status/", PARITY])
def test_nothing_scrolls_inside_a_page_of_checks(visit, site, path, size):
    page = visit(site, path, size=size).page
    assert page.evaluate(INSIDE) == []
    assert page.evaluate(WIDER) == 0
