"""The league table, sorted by hand."""


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
