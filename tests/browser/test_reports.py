"""Tear sheet and comparison as they are opened: from a file, by everybody, and on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from functions.services.reporting.comparison import compared
from functions.services.reporting.comparison_sheet import comparison_sheet
from functions.services.reporting.tear_sheet import tear_sheet
from tests.browser.conftest import DESKTOP, PHONE
from tests.builders.finished import KINDS, ordinary

SIZES = {"phone": PHONE, "desktop": DESKTOP}
EVERY_WAY = [(size, theme) for size in SIZES for theme in ("light", "dark")]
HARD = ["one bar", "ruined", "bold"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A folder with a tear sheet of every kind, and a comparison."""
    folder = tmp_path_factory.mktemp("reports")
    for kind, make in KINDS.items():
        (folder / f"{kind}.html").write_text(tear_sheet(make()), encoding="utf-8")
    runs = [ordinary(300), ordinary(300, every=11), ordinary(200, seed=3)]
    (folder / "comparison.html").write_text(comparison_sheet(compared(runs)), encoding="utf-8")
    (folder / "two.html").write_text(comparison_sheet(compared(runs[:2])), encoding="utf-8")
    return f"file://{folder}"


@pytest.mark.parametrize(
    ("name", "size", "theme"),
    [("ordinary", *way) for way in EVERY_WAY]
    + [("comparison", "phone", "light"), ("comparison", "desktop", "dark")]
    + [(name, "phone", "dark") for name in HARD],
)
def test_nobody_is_shut_out_and_nothing_is_asked_for(visit, reports, name, size, theme):
    opened = visit(reports, f"/{name}.html", size=SIZES[size], theme=theme)
    assert opened.complaints == []
    assert opened.asked_others() == []
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert opened.page.evaluate(wide)
    found = Axe().run(opened.page)
    assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()


def test_its_styles_are_let_in_by_its_own_policy(visit, reports):
    opened = visit(reports, "/ordinary.html", scripts=False)
    panel = opened.page.locator(".panel").first
    assert panel.evaluate("panel => getComputedStyle(panel).borderRadius") == "10px"
    assert opened.page.locator("svg[role=img]").count() == 10


def test_it_can_be_read_without_a_mouse(visit, reports):
    page = visit(reports, "/ordinary.html", size=PHONE).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "region":
            break
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.scrollLeft") > 0


CUT = """() => [...document.querySelectorAll('td, .value, .interval')]
  .filter(each => !each.closest('details:not([open])'))
  .filter(each => {
    const style = getComputedStyle(each);
    const hides = style.overflowX != 'visible' && each.scrollWidth > each.clientWidth + 1;
    return hides || style.textOverflow == 'ellipsis';
  })
  .map(each => each.textContent)"""
SPILLED = """() => [...document.querySelectorAll('table')].flatMap(table => {
  const cells = [...table.querySelectorAll('tbody tr')].map(row => [...row.children]);
  return cells.flatMap(row => row.slice(1).filter((cell, at) => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    return text.getBoundingClientRect().left < row[at].getBoundingClientRect().right - 0.5
      && row[at].getBoundingClientRect().right > cell.getBoundingClientRect().left + 0.5
      && getComputedStyle(row[at]).position != 'sticky';
  }).map(cell => cell.textContent));
})"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["ordinary", "bold", "short and dear", "comparison", "two"])
def test_no_figure_is_cut_or_lies_over_another(visit, reports, name, size):
    page = visit(reports, f"/{name}.html", size=SIZES[size]).page
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate(CUT) == []
    assert page.evaluate(SPILLED) == []


def test_two_runs_fit_a_phone_and_three_say_that_there_is_more(visit, reports):
    wider = (
        "() => [...document.querySelectorAll('.scroll')].map(e => e.scrollWidth > e.clientWidth)"
    )
    assert not any(visit(reports, "/two.html", size=PHONE).page.evaluate(wider))
    page = visit(reports, "/comparison.html", size=PHONE).page
    assert any(page.evaluate(wider))
    box = page.locator(".scroll").first
    assert "linear-gradient" in box.evaluate("box => getComputedStyle(box).backgroundImage")
    name = box.locator("tbody th").first
    before = name.bounding_box()["x"]
    box.evaluate("box => box.scrollLeft = 60")
    assert name.bounding_box()["x"] == before


def test_what_is_folded_is_printed(visit, reports):
    page = visit(reports, "/ordinary.html", fresh=True).page
    folded = page.locator("details").last.locator("dl")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 100


def test_paper_is_white_whatever_the_screen_is(visit, reports):
    page = visit(reports, "/ordinary.html", theme="dark", fresh=True).page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert ink == "rgb(27, 31, 42)"
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 12
