"""A drawing becomes a live chart when somebody looks at it, and not before."""

from functools import partial

import pytest
from playwright.sync_api import expect

from functions.charts.fills import ON_PHONE
from tests.browser.conftest import DESKTOP, LIVE, PHONE


@pytest.fixture
def visit(visit):
    """Opens pages that are looked at."""
    return partial(visit, looking=True)


def plotly(requests: list[str]) -> list[str]:
    return [url for url in requests if "/theme/plotly-" in url]


def test_plotly_is_not_loaded_before_a_chart_is_near(visit, site):
    opened = visit(site, "/", size={"width": 390, "height": 400})
    opened.page.wait_for_timeout(700)
    assert plotly(opened.requests) == []
    opened.page.locator("robot-chart").first.scroll_into_view_if_needed()
    opened.page.locator("robot-chart").first.hover()
    expect(opened.page.locator(LIVE).first).to_be_visible()
    assert len(plotly(opened.requests)) == 1


def test_on_a_phone_plotly_waits_until_the_chart_itself_is_touched(chromium, site):
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/robots/sma-cross/")
    page.locator("h1").first.tap()
    chart = page.locator("robot-chart").first
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(800)
    assert plotly(asked) == []
    chart.tap()
    expect(chart.locator(LIVE).first).to_be_visible()
    assert len(plotly(asked)) == 1
    context.close()


def test_plotly_is_not_loaded_for_nobody(chromium, site):
    page = chromium.new_page(viewport={"width": 1100, "height": 844})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/robots/sma-cross/")
    page.set_viewport_size({"width": 1100, "height": 3_000})
    page.wait_for_timeout(800)
    assert plotly(asked) == []
    page.mouse.move(10, 10)
    expect(page.locator(LIVE).first).to_be_visible()
    assert len(plotly(asked)) == 1
    page.close()


def test_every_chart_of_a_robot_comes_alive(visit, site):
    opened = visit(site, "/robots/sma-cross/")
    known = traces_known(opened.page)
    for chart in opened.page.locator("robot-chart").all():
        chart.scroll_into_view_if_needed()
        if known and "heatmap" in types_of(opened.page, site, chart) - known:
            continue  # the smaller bundle has none: the next test
        expect(chart.locator(LIVE).first).to_be_visible()
        expect(chart.locator(".chart-still")).to_be_hidden()
    assert len(plotly(opened.requests)) == 1
    assert opened.complaints == []


def test_a_drawing_stays_where_plotly_could_not_draw_it(visit, site):
    opened = visit(site, "/about/")
    page = opened.page
    page.route("**/robots/sma-cross/", with_the_smaller_bundle)
    page.goto(f"{site}/robots/sma-cross/")
    page.mouse.move(40, 300)
    page.mouse.move(60, 320)
    kinds = []
    for chart in page.locator("robot-chart").all():
        chart.scroll_into_view_if_needed()
        if types_of(page, site, chart) <= traces_known(page):
            expect(chart.locator(LIVE).first).to_be_visible()
        else:
            kinds.append(chart)
    assert len(kinds) == 1
    expect(kinds[0].locator(".chart-still")).to_be_visible()
    assert kinds[0].locator(LIVE).count() == 0


def with_the_smaller_bundle(route) -> None:
    answer = route.fetch()
    body = answer.text().replace(
        '<meta name="plotly"', '<meta name="plotly" data-traces="scatter bar"'
    )
    route.fulfill(response=answer, body=body)


def traces_known(page) -> set[str]:
    """The traces of the bundle at hand; nothing said is all of them."""
    return set((page.locator('meta[name="plotly"]').get_attribute("data-traces") or "").split())


def types_of(page, site, chart) -> set[str]:
    figure = page.request.get(f"{site}{chart.get_attribute('data-src')}").json()
    return {trace["type"] for trace in figure["data"]}


def test_a_chart_stands_where_its_drawing_stood(visit, site):
    page = visit(site, "/robots/sma-cross/").page
    chart = page.locator("robot-chart").first
    chart.scroll_into_view_if_needed()
    before = chart.bounding_box()
    expect(chart.locator(LIVE).first).to_be_visible()
    assert chart.bounding_box() == before
    inner = chart.locator(".chart-live").bounding_box()
    assert inner["height"] == pytest.approx(before["height"], abs=1)


def test_a_chart_follows_the_theme(visit, site):
    opened = visit(site, "/robots/sma-cross/", theme="light")
    opened.page.locator("robot-chart").first.scroll_into_view_if_needed()
    opened.page.locator("robot-chart").first.scroll_into_view_if_needed()
    curve = "document.querySelector('.js-plotly-plot')?.data?.find(one => one.line).line.color"
    opened.wait_until(f"Boolean({curve})")
    light = opened.page.evaluate(curve)
    opened.page.locator(".toggle").click()
    opened.wait_until(f"{curve} !== '{light}'")


def test_without_plotly_the_drawing_stays(visit, site):
    opened = visit(site, "/about/")
    opened.page.route("**/theme/plotly-*", lambda route: route.abort())
    opened.page.goto(f"{site}/robots/sma-cross/")
    opened.page.wait_for_timeout(1_500)
    expect(opened.page.locator(".chart-still > svg").first).to_be_visible()


def test_a_phone_shows_few_marks_and_none_of_the_backtest(visit, site):
    opened = visit(site, "/robots/sma-cross/", size=PHONE, scripts=False)
    expect(opened.page.locator(".chart-equity .chart-wide").first).to_be_hidden()
    page = opened_alive(visit, site, PHONE)
    marks = page.evaluate(
        "document.querySelector('.js-plotly-plot').data.filter(one => one.meta)"
        ".map(one => [one.meta.phase, one.visible !== false, one.x.length])"
    )
    assert {(phase, shown) for phase, shown, _ in marks} == {("backtest", False), ("record", True)}
    assert sum(count for phase, _, count in marks if phase == "record") == ON_PHONE


def opened_alive(visit, site, size):
    """A robot's page whose first chart somebody looks at."""
    page = visit(site, "/robots/sma-cross/", size=size).page
    chart = page.locator("robot-chart").first
    chart.scroll_into_view_if_needed()
    chart.hover()
    expect(chart.locator(LIVE).first).to_be_visible()
    return page


NAMED = ".xtick, .x2tick, .ytick, .y2tick, .annotation"
SEEN = """([part, within]) => {
  const root = document.querySelector('robot-chart ' + part), found = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const place = texts.currentNode.parentElement;
    const is_one = place.closest('text') && (!within || place.closest(within));
    if (is_one && place.getClientRects().length) found.push(texts.currentNode.data);
  }
  return found.map(words => words.replace(/\\s/g, ''));
}"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_live_chart_says_what_its_drawing_said(visit, site, size):
    page = opened_alive(visit, site, size)
    drawn = page.evaluate(SEEN, [".chart-still", ""])
    live = page.evaluate(SEEN, [".chart-live", NAMED])
    assert "".join(sorted("".join(drawn))) == "".join(sorted("".join(live)))
    assert any(words.startswith("20") for words in drawn)


def test_whoever_zooms_in_sees_days_of_that_part(visit, site):
    page = opened_alive(visit, site, DESKTOP)
    mode = "document.querySelector('.js-plotly-plot').layout.xaxis2.tickmode"
    assert page.evaluate(mode) == "array"
    chart = page.locator("robot-chart").first
    plot = chart.locator(".x2y2 .nsewdrag").bounding_box()
    middle = plot["y"] + plot["height"] / 2
    page.mouse.move(plot["x"] + plot["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] * 0.6, middle, steps=6)
    page.mouse.up()
    for _ in range(50):
        if page.evaluate(mode) == "auto":
            break
        page.wait_for_timeout(100)
    assert page.evaluate(mode) == "auto"


def test_values_inside_a_plot_stand_out_from_its_curves(visit, site):
    page = opened_alive(visit, site, DESKTOP)
    for axis in ("ytick", "y2tick"):
        label = page.locator(f".chart-live .{axis} text").first
        halo = label.evaluate("one => [getComputedStyle(one).paintOrder, one.textContent]")
        assert halo[0].startswith("stroke")
        assert halo[1].startswith("$")


@pytest.mark.parametrize("width", [1100, 1440])
def test_on_the_home_page_the_chart_leaves_no_gap(visit, site, width):
    page = visit(site, "/", size={"width": width, "height": 900}).page
    card, side, chart, note = (
        page.locator(f".featured {part}").bounding_box()
        for part in (".chart-panel", ".featured-side", ".chart", ".chart-panel .panel-note")
    )
    assert card["y"] + card["height"] == pytest.approx(side["y"] + side["height"], abs=1)
    assert note["y"] == pytest.approx(chart["y"] + chart["height"], abs=1)
