"""The league table, sorted and searched by hand."""

import json
import shutil

import pytest

from functions.services.publication.sitebuild import build
from tests.browser.conftest import PHONE
from tests.site.published import write
from tests.site.served import served


@pytest.fixture
def many(sample, tmp_path):
    """The pages about all robots, where there are sixty."""
    _, published = sample
    data = shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("leaves"))
    index = json.loads((data / "robots/index.json").read_text())
    own = index["robots"]
    for number in range(len(own), 60):
        slug = own[number % len(own)]["slug"]
        index["robots"].append(own[number % len(own)] | {"slug": f"{slug}-{number}"})
        (data / f"robots/{slug}-{number}").symlink_to(data / f"robots/{slug}")
    write(data / "robots/index.json", index)
    pages = tmp_path / "pages"
    build(data, pages, "all", "https://robots.example")
    with served(pages, data) as address:
        yield address


def values(page, label: str) -> list[float]:
    cells = page.locator(f'.league td[data-label="{label}"]')
    return [float(cell.get_attribute("data-value")) for cell in cells.all()]


def test_it_is_sorted_by_keyboard(visit, site):
    page = visit(site, "/robots/").page
    slugs = [row.get_attribute("data-slug") for row in page.locator(".league tbody tr").all()]
    assert slugs == sorted(slugs)
    heading = page.locator("th[data-sort]", has_text="Return").first
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    found = values(page, "Record return")
    assert found == sorted(found, reverse=True)
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    found = values(page, "Record return")
    assert found == sorted(found)


def test_one_column_at_a_time_says_that_it_sorts(visit, site):
    page = visit(site, "/robots/").page
    for name in ("Sessions", "Robot"):
        page.locator("th[data-sort] button", has_text=name).click()
        sorting = page.locator("[aria-sort]")
        assert sorting.count() == 1
        assert name in sorting.inner_text()


def test_backtest_and_record_are_sorted_apart(visit, site):
    page = visit(site, "/robots/").page
    page.locator("th[data-sort] button", has_text="Return").nth(1).click()
    found = values(page, "Backtest return")
    assert found == sorted(found, reverse=True)
    assert values(page, "Record return") != sorted(values(page, "Record return"), reverse=True)


def shown(page) -> list[str]:
    return [
        row.get_attribute("data-slug") for row in page.locator(".league tbody tr:visible").all()
    ]


def test_one_among_many_is_found_by_its_words(visit, site):
    page = visit(site, "/robots/").page
    everyone = shown(page)
    page.get_by_label("Find").fill("MOVING unproven")
    assert shown(page) == ["sma-cross"]
    assert (
        page.locator(".league-tools [role=status]").inner_text() == f"1 of {len(everyone)} robots"
    )
    page.get_by_label("Find").fill("rsi_reversion")
    assert shown(page) == ["rsi-reversion"]
    page.get_by_label("Find").fill("nobody")
    assert shown(page) == []
    page.get_by_label("Find").fill("")
    assert shown(page) == everyone


def test_on_a_phone_it_is_sorted_without_headings(visit, site):
    page = visit(site, "/robots/", size=PHONE).page
    assert not page.locator("th[data-sort] button").first.is_visible()
    page.get_by_label("Sort by").select_option("Record return")
    found = values(page, "Record return")
    assert found == sorted(found, reverse=True)
    page.get_by_label("Sort by").select_option("Robot")
    names = page.locator(".league-name").all_inner_texts()
    assert names == sorted(names)


def test_of_very_many_the_first_are_shown_and_more_when_asked_for(visit, many):
    page = visit(many, "/robots/").page
    assert len(shown(page)) == 50
    page.get_by_role("button", name="Show 10 more of 60").focus()
    page.keyboard.press("Enter")
    assert len(shown(page)) == 60
    assert page.evaluate("document.activeElement.closest('tr').dataset.slug") == shown(page)[50]
    assert page.get_by_role("button", name="more of").count() == 0
