"""The dashboard over a platform that speaks its protocol, on good days and on bad ones."""

import json
import re
import shutil
from datetime import date
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from functions.services.publication.sitebuild import build
from tests.browser.conftest import DESKTOP, PHONE, SOON, least
from tests.browser.speaking import ORDER, PROBLEM, Spoken, spoken_at, trade
from tests.site.published import SESSIONS, publish
from tests.site.served import change

PAGE = "/dashboard/"
OWN = "sma-cross"
OTHER = "rsi-reversion"
ATTACK = "<img src=x onerror=alert(1)>{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def stage(sample):
    """One platform for all; each test finds it as if it had just begun."""
    one = Spoken(*sample)
    with spoken_at(one) as address:
        yield one, address


@pytest.fixture
def spoken(stage, sample, tmp_path):
    one, _ = stage
    one.begin(shutil.copytree(sample[1], tmp_path / "data", ignore=LEFT_OUT))
    (tmp_path / "data/leaves").symlink_to(sample[1] / "leaves")
    return one


LEFT_OUT = shutil.ignore_patterns("leaves", "rolling.*", "card.svg", "trades.json")


@pytest.fixture
def platform(stage, spoken):
    return stage[1]


@pytest.fixture(scope="module")
def reader(chromium):
    """Gives a page; all that look alike share what a browser keeps of a site."""
    contexts = {}

    def opened(size=DESKTOP, theme="light", clock=None):
        how = {"viewport": size, "color_scheme": theme, "reduced_motion": "reduce"}
        key = json.dumps([how, clock])
        if key not in contexts:
            contexts[key] = chromium.new_context(**how)
        return contexts[key].new_page()

    yield opened
    for context in contexts.values():
        context.close()


@pytest.fixture
def leaf(reader):
    """A page with nothing on it yet, closed at the end."""
    pages = []

    def opened(*, plotly=False, **how):
        page = reader(**how)
        pages.append(page)
        if not plotly:
            # Most of the time that a page needs here goes into drawing what nobody looks at.
            page.route("**/theme/plotly-*", lambda route: route.abort())
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.fixture
def live(leaf, platform):
    """Opens the dashboard and waits until it hears."""

    def opened(path=PAGE, **how):
        page = leaf(**how)
        page.goto(f"{platform}{path}")
        expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
        return page

    return opened


@pytest.fixture
def timed(leaf, platform, request):
    """Opens the dashboard with a clock that a test turns on; none has the clock of another."""

    def opened(path=PAGE, **how):
        page = leaf(clock=request.node.name, **how)
        page.clock.install()
        page.goto(f"{platform}{path}")
        expect(page.locator("desk-head")).to_have_attribute("data-stage", "ready", timeout=SOON)
        return page

    return opened


def state(page):
    return page.locator("desk-wire")


def decisions(page) -> list[int]:
    items = page.locator("[data-list] li")
    return [int(one.get_attribute("value")) for one in items.all()]


def newest(page):
    return page.locator("[data-list] li").first


def test_the_page_is_whole_before_its_scripts(visit, platform):
    page = visit(platform, PAGE, scripts=False).page
    assert page.locator("[data-slug]").count() == 7  # six robots, and the chart of one
    assert page.locator(".desk-robot .spark").count() == 6
    assert page.locator(".chart-still > svg").bounding_box()["height"] > 300
    assert "95% interval" in page.locator(".desk-head .tile").nth(2).inner_text()
    assert decisions(page) == [500, 499, 498, 497, 496, 495, 494, 493]
    told = page.locator("noscript .notice")
    expect(told).to_be_visible()
    assert told.locator("a").get_attribute("href") == "/robots/"


def test_it_resumes_where_the_page_was_made(live, spoken):
    page = live()
    assert spoken.greetings[0] == {"type": "resume", "seqs": dict.fromkeys(NAMES, 500)}
    expect(page.locator(".desk-robot a[aria-current]")).to_have_count(1)
    assert len(decisions(page)) == 20


NAMES = ["buy-and-hold", "channel-breakout", "momentum-rotation"]
NAMES += ["rsi-reversion", "sma-cross", "volatility-target"]


def test_a_decision_appears_everywhere_at_once(live, spoken):
    page = live()
    fill = trade("fill-1", "2014-01-01T14:30:00Z", side="sell", pnl="12.50000000", reason="limit")
    spoken.decide(OWN, 107_000.5, trades=[fill], decision={"hash": "ab" * 32, "orders": [ORDER]})
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    expect(newest(page)).to_contain_text("hold 20.0% of equity in IBM")
    expect(newest(page)).to_contain_text("$107,000.50")
    expect(newest(page).locator("a")).to_have_attribute("href", f"/data/leaves/{'ab' * 32}.json")
    expect(page.locator(".desk-head [data-money=equity]")).to_have_text("$107,000.50")
    change = 107_000.5 - published_equity(spoken, OWN)
    expect(page.locator(".desk-head [data-change]")).to_have_text(f"▲ +${change:,.2f}")
    expect(page.locator(".desk-head [data-slot]")).to_have_text("1 Jan 2014")
    row = page.locator("desk-trades tbody tr").first
    expect(row.locator("th, td")).to_have_text(
        ["1 Jan 2014", re.compile(r"▼\s+sell 57 IBM\s*at 181.10, limit"), "+$12.50"]
    )
    listed = page.locator(f"[data-slug={OWN}].desk-robot")
    expect(listed.locator("[data-when]")).to_have_text("501 · 1 Jan 2014")
    expect(listed.locator("[data-estimate='record.total_return'] .value")).to_have_text("+7.0%")


def summary_of(spoken, slug):
    return json.loads((spoken.data / f"robots/{slug}/summary.json").read_text())


def published_equity(spoken, slug):
    return float(summary_of(spoken, slug)["equity"])


def test_robots_that_are_only_listed_move_too(live, spoken):
    page = live()
    listed = page.locator(f"[data-slug={OTHER}]")
    spoken.decide(OTHER, 250_000)
    expect(listed.locator("[data-when]")).to_have_text("501 · 1 Jan 2014", timeout=SOON)
    spark = listed.locator(".spark")
    assert points(spark)[-1] == (129, 3)  # above all before it, and still inside the drawing
    assert all(3 < y <= 33 for _, y in points(spark)[:-1])
    assert decisions(page)[0] == 500


def points(spark):
    """The places of a small curve; its last one is the dot's, too."""
    path = spark.locator(".spark-ink").get_attribute("d")
    found = [tuple(map(float, place.split())) for place in path[1:].split("L")]
    dot = spark.locator(".spark-now")
    assert found[-1] == (float(dot.get_attribute("cx")), float(dot.get_attribute("cy")))
    return found


def test_a_small_curve_that_grows_keeps_its_size_and_shape(live, spoken):
    page = live()
    spark = page.locator(f"[data-slug={OTHER}] .spark")
    before = points(spark)
    for number in range(200):
        spoken.decide(OTHER, published_equity(spoken, OTHER) + number, push=number % 20 == 19)
    last = page.locator(f"[data-slug={OTHER}] [data-when]")
    expect(last).to_contain_text("700 ·", timeout=SOON)
    assert spark.get_attribute("viewBox") == "0 0 132 36"
    assert spark.get_attribute("preserveAspectRatio") is None
    after = points(spark)
    assert after[-1][0] == 129
    assert len(after) <= 132
    # As many slots as before have the room that they have among all.
    assert after[0][0] == pytest.approx(3 + (before[0][0] - 3) * 749 / 949, abs=0.3)


def test_what_was_not_pushed_is_asked_for_and_nothing_comes_twice(live, spoken):
    page = live()
    spoken.decide(OWN, 80_000, push=False)
    spoken.decide(OWN, 80_100, push=False)
    spoken.decide(OWN, 80_200)
    expect(newest(page)).to_have_attribute("value", "503", timeout=SOON)
    spoken.everybody(spoken.send_news, OWN, 498)  # said once more
    spoken.decide(OWN, 80_300)
    expect(newest(page)).to_have_attribute("value", "504", timeout=SOON)
    assert decisions(page) == list(range(504, 484, -1))


def test_many_at_once_come_in_pieces(live, spoken):
    page = live()
    spoken.frames = 3
    for number in range(10):
        spoken.decide(OWN, 80_000 + number, push=number == 9)
    expect(newest(page)).to_have_attribute("value", "510", timeout=SOON)
    assert decisions(page) == list(range(510, 490, -1))


def test_a_lost_push_is_noticed_by_the_heartbeat(timed, spoken):
    page = timed()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    spoken.decide(OWN, 80_000, push=False)
    page.clock.run_for(20_000)
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)


def test_after_a_lost_connection_nothing_is_missing(live, spoken):
    page = live()
    spoken.drop()
    for number in range(4):
        spoken.decide(OWN, 80_000 + number, push=False)
    expect(newest(page)).to_have_attribute("value", "504", timeout=SOON)
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    assert decisions(page) == list(range(504, 484, -1))
    assert spoken.greetings[-1]["seqs"][OWN] == 500
    assert len(spoken.connections) == 1


def test_older_decisions_that_could_not_be_fetched_are_asked_for_again(leaf, platform):
    page = leaf()
    page.route("**/updates?**", lambda route: route.abort())
    page.goto(f"{platform}{PAGE}")
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    expect(page.locator("[data-list] li")).to_have_count(8, timeout=SOON)  # as published
    page.unroute("**/updates?**")
    expect(page.locator("[data-list] li")).to_have_count(20, timeout=SOON)
    expect(state(page)).to_have_attribute("data-state", "live")


def test_without_a_socket_it_asks_and_later_it_listens_again(timed, spoken):
    spoken.closed = True
    page = timed()
    page.clock.run_for(12_000)
    expect(state(page)).to_have_attribute("data-state", "polling", timeout=SOON)
    expect(state(page)).to_contain_text("Next try in")
    spoken.decide(OWN, 80_000)
    page.clock.run_for(11_000)
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    spoken.closed = False
    page.get_by_role("button", name="Try now").click()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    spoken.decide(OWN, 80_100)
    expect(newest(page)).to_have_attribute("value", "502", timeout=SOON)
    spoken.away = True
    spoken.drop()
    expect(state(page)).to_contain_text("Reconnecting", timeout=SOON)  # and not: polling


def test_while_it_asks_the_list_follows_what_is_published(timed, spoken):
    spoken.closed = True
    page = timed()
    index = spoken.data / "robots/index.json"
    robots = json.loads(index.read_text())["robots"]
    for robot in robots:
        robot |= {"seq": 501, "slot": "XNYS/1d/2014-01-01T21:00:00Z"}
    change(index, robots=robots)
    page.clock.run_for(70_000)
    expect(page.locator(f"[data-slug={OTHER}] [data-when]")).to_have_text(
        "501 · 1 Jan 2014", timeout=SOON
    )


def test_silence_is_said_with_its_beginning(timed, spoken):
    page = timed()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    spoken.away = True
    spoken.drop()
    page.clock.run_for(70_000)
    expect(state(page)).to_have_attribute("data-state", "stale", timeout=SOON)
    expect(state(page).locator("[role=status]")).to_have_text(
        re.compile(r"^Stale since \d\d:\d\d:\d\d UTC$")
    )
    value = page.locator(".desk-head .value").first
    stale = value.evaluate("one => getComputedStyle(one).color")
    spoken.away = False
    page.get_by_role("button", name="Try now").click()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    assert value.evaluate("one => getComputedStyle(one).color") != stale


def test_a_connection_that_says_nothing_is_left(timed, spoken):
    spoken.silent = True
    page = timed()
    for _ in range(200):
        if spoken.connections:
            break
        page.wait_for_timeout(50)
    first = next(iter(spoken.connections))
    page.clock.run_for(50_000)
    spoken.silent = False
    page.clock.run_for(5_000)
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    assert first not in spoken.connections


def test_what_cannot_be_read_changes_nothing(live, spoken):
    page = live()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for nonsense in NONSENSE:
        spoken.say(nonsense)
    spoken.decide(OWN, 80_000)
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    assert complaints == []


NONSENSE = ["{", "null", "[]", '{"type": 7}', '{"type": "gossip"}', '{"type": "heartbeat"}']
NONSENSE += ['{"type": "resumed", "data": null}', '{"type": "problem", "data": {"status": 429}}']


def test_the_address_says_which_robot(live):
    page = live(f"{PAGE}?robot={OTHER}")
    expect(page.locator("[data-name]")).to_have_text("RSI Mean Reversion")
    expect(page.locator("[data-name]")).to_have_attribute("href", f"/robots/{OTHER}/")
    title = page.locator(".chart-still title")
    expect(title).to_have_text(re.compile("RSI Mean Reversion"), timeout=SOON)
    expect(page.locator("desk-parity [data-state]")).to_have_text("drifted", timeout=SOON)
    assert len(decisions(page)) == 20


def test_a_choice_by_keyboard_can_be_shared_and_taken_back(live, spoken):
    page = live()
    link = page.locator(f"[data-slug={OTHER}] a")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-name]")).to_have_text("RSI Mean Reversion", timeout=SOON)
    assert page.url.endswith(f"?robot={OTHER}")
    expect(link).to_have_attribute("aria-current", "true")
    expect(link).to_be_focused()
    spoken.decide(OTHER, 90_000)
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    page.go_back()
    expect(page.locator("[data-name]")).to_have_text("Moving-Average Cross", timeout=SOON)
    expect(newest(page)).to_have_attribute("value", "500", timeout=SOON)
    assert len(spoken.connections) == 1


def test_the_old_robots_figures_never_stand_under_the_new_name(live):
    page = live()
    page.route(f"**/data/robots/{OTHER}/*", lambda route: None)
    page.locator(f"[data-slug={OTHER}] a").click()
    head = page.locator("desk-head")
    expect(head).to_have_attribute("aria-busy", "true")
    for part in ("[data-name]", ".value", ".interval", "[data-verdict]", ".panel-note b"):
        colour = head.locator(part).first.evaluate("one => getComputedStyle(one).color")
        assert colour == "rgba(0, 0, 0, 0)", part
    expect(page.locator("live-equity > *").first).to_be_hidden()


@pytest.mark.parametrize("slug", ["nobody-here", ATTACK])
def test_a_robot_that_is_not_there(live, slug):
    page = live(f"{PAGE}?robot={slug}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"No public robot is called “{slug[:60]}”.", timeout=SOON)
    expect(page.locator("desk-head")).to_be_hidden()
    page.locator(f"[data-slug={OWN}] a").click()
    expect(page.locator("[data-name]")).to_be_visible(timeout=SOON)
    expect(alert).to_be_hidden()


def test_what_could_not_be_fetched_is_fetched_when_asked(live):
    page = live()
    page.route(f"**/{OTHER}/summary.json", lambda route: route.abort())
    page.locator(f"[data-slug={OTHER}] a").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be fetched", timeout=SOON)
    page.unroute_all()
    page.get_by_role("button", name="Try again").first.click()
    expect(page.locator("[data-name]")).to_have_text("RSI Mean Reversion", timeout=SOON)
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "panel"),
    [("figures/equity.svg", "desk-chart"), ("parity.json", "desk-parity")],
)
def test_one_panel_that_fails_leaves_the_others(live, name, panel):
    page = live()
    page.route(f"**/{OTHER}/{name}", lambda route: route.abort())
    page.locator(f"[data-slug={OTHER}] a").click()
    failed = page.locator(panel)
    expect(failed.locator("[data-why]")).to_contain_text("could not be fetched", timeout=SOON)
    expect(page.locator("desk-head")).to_have_attribute("data-stage", "ready")
    page.unroute_all()
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_attribute("data-stage", "ready", timeout=SOON)
    expect(failed.locator("[data-failed]")).to_be_hidden()


def test_the_published_texts_tell_the_decisions_while_the_platform_is_away(visit, platform, spoken):
    spoken.away = True
    page = visit(platform, f"{PAGE}?robot={OTHER}").page
    expect(newest(page)).to_have_attribute("value", "500", timeout=SOON)
    leaves = json.loads((spoken.data / f"robots/{OTHER}/record.json").read_text())["leaves"]
    told = page.locator("[data-list] li")
    expect(told).to_have_count(8)
    for item, leaf in zip(told.all(), reversed(leaves), strict=False):
        text = json.loads((spoken.data / f"leaves/{leaf['hash']}.json").read_text())
        symbols = [order["symbol"] for order in text["orders"]] or ["nothing to do"]
        for words in symbols[:3]:
            expect(item.locator("[data-orders]")).to_contain_text(words)
    spoken.away = False
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    expect(page.locator("[data-list] li")).to_have_count(20, timeout=SOON)
    expect(newest(page)).to_contain_text("hold 20.0% of equity in IBM")


def test_a_robot_that_has_not_begun(visit, tmp_path):
    data, pages = publish(tmp_path / "new", sessions=0), tmp_path / "pages"
    build(data, pages, "all", "https://robots.example")
    with spoken_at(Spoken(pages, data)) as address:
        page = visit(address, PAGE).page
        expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
        for panel, words in (
            ("desk-decisions", "Nothing is decided yet"),
            ("desk-parity", "Nothing is recorded yet"),
            ("desk-trades", "No order of the record was filled yet"),
        ):
            none = page.locator(panel).locator("[data-none]")
            expect(none).to_contain_text(words)
            expect(none).to_be_visible(timeout=SOON)
        assert page.locator("desk-trades").bounding_box()["height"] < 200
        expect(page.locator("desk-head")).to_contain_text("no decision yet")


def test_the_point_of_today_moves(live, spoken):
    page = live(plotly=True)
    still = page.locator(".chart-still > svg")
    assert len(decisions(page)) == 20
    assert page.locator("script[src*=plotly]").count() == 0  # nothing is newer than the drawing
    spoken.decide(OWN, 140_000)
    expect(page.locator("live-equity.is-live")).to_be_visible(timeout=60_000)
    expect(still).to_be_hidden()
    assert drawn(page) == [["2014-01-01", 140_000], ["2014-01-01", 140_000]]
    highest = page.evaluate("document.querySelector('.js-plotly-plot').layout.yaxis2.range[1]")
    assert highest > 140_000
    spoken.decide(OWN, 150_000)
    for _ in range(50):
        if drawn(page)[0] == ["2014-01-02", 150_000]:
            break
        page.wait_for_timeout(100)
    assert drawn(page) == [["2014-01-02", 150_000], ["2014-01-02", 150_000]]
    assert drawn(page, "benchmark")[0][0] == SESSIONS[-1]  # nothing is said of it yet


def drawn(page, role="robot"):
    """The last place of a curve in the live chart, and where the point of today stands."""
    return page.evaluate(
        "role => { const data = document.querySelector('.js-plotly-plot').data;"
        " const own = data.filter(one => one.legendgroup === role).at(-1), point = data.at(-1);"
        " return [[own.x.at(-1), own.y.at(-1)], [point.x[0], point.y[0]]]; }",
        role,
    )


def test_what_others_write_is_text(live, spoken):
    page = live()
    fill = trade("fill-x", "2014-01-01T14:30:00Z", symbol=ATTACK, reason=ATTACK)
    order = ORDER | {"symbol": ATTACK}
    spoken.decide(OWN, 80_000, trades=[fill], decision={"hash": "ab" * 32, "orders": [order]})
    expect(newest(page)).to_contain_text(ATTACK, timeout=SOON)
    expect(page.locator("desk-trades tbody tr").first).to_contain_text(ATTACK)
    change(spoken.data / f"robots/{OTHER}/summary.json", name=ATTACK, notes=[f"{ATTACK}: x"])
    page.locator(f"[data-slug={OTHER}] a").click()
    expect(page.locator("[data-name]")).to_have_text(ATTACK, timeout=SOON)
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize(("size", "theme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_nobody_is_shut_out(live, spoken, size, theme):
    page = live(size=size, theme=theme)
    spoken.decide(OWN, 80_000, trades=[trade("fill-1", "2014-01-01T14:30:00Z")])
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_when_it_fails(timed, platform, spoken, theme):
    spoken.away = True
    page = timed(f"{PAGE}?robot={OTHER}", theme=theme, size=PHONE)
    page.clock.run_for(60_000)
    expect(state(page)).to_have_attribute("data-state", "stale", timeout=SOON)
    assert violations(page) == []
    page.goto(f"{platform}{PAGE}?robot=nobody-here")
    expect(page.get_by_role("alert")).to_be_visible(timeout=SOON)
    assert violations(page) == []


def violations(page) -> list[str]:
    found = Axe().run(page)
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_the_screen(live, width):
    page = live(size={"width": width, "height": 800})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0


SHIFTS = """() => new Promise(done => {
  const moved = [];
  new PerformanceObserver(list => list.getEntries().forEach(one => moved.push([one.value,
    ...one.sources.map(({node}) => (node?.parentElement ?? node)?.outerHTML.slice(0, 90))])))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(moved), 200);
})"""


@pytest.mark.parametrize(("size", "robot"), [(PHONE, "momentum-rotation"), (DESKTOP, OWN)])
def test_nothing_moves_while_it_becomes_live(live, spoken, size, robot):
    numbers = count(80_000)

    def moved() -> float:
        page = live(f"{PAGE}?robot={robot}", size=size, plotly=True)
        ready = expect(page.locator("desk-chart"))
        ready.to_have_attribute("data-stage", "ready", timeout=SOON)
        for _ in range(3):
            spoken.decide(robot, next(numbers))
            page.wait_for_timeout(300)
        return sum(value for value, *_ in page.evaluate(SHIFTS))

    assert least(moved) == pytest.approx(0, abs=0.001)  # news may be some letters longer


def test_nobody_else_is_asked_and_nothing_complains(visit, platform):
    opened = visit(platform, PAGE, looking=True)
    expect(state(opened.page)).to_have_attribute("data-state", "live", timeout=SOON)
    opened.scroll_through()
    opened.page.wait_for_timeout(800)
    assert opened.asked_others() == []
    assert opened.complaints == []


def test_a_page_that_is_left_keeps_no_connection(live, spoken, platform):
    page = live()
    assert len(spoken.connections) == 1
    page.goto(f"{platform}/about/")
    for _ in range(50):
        if not spoken.connections:
            break
        page.wait_for_timeout(100)
    assert spoken.connections == {}


def test_the_list_can_be_skipped(live):
    page = live()
    skip = page.get_by_role("link", name="Skip the list of robots")
    skip.focus()
    assert skip.bounding_box()["height"] > 20
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "chosen"


def test_a_phone_shows_the_chosen_card(live):
    page = live(f"{PAGE}?robot=volatility-target", size=PHONE)
    frame = page.locator("[data-scroll]").bounding_box()
    card = page.locator("[data-slug=volatility-target]").bounding_box()
    assert frame["x"] - 8 <= card["x"]
    assert card["x"] + card["width"] <= frame["x"] + frame["width"] + 8


def dot(page):
    """The colour of the masthead's dot."""
    return page.locator(".clock-dot").evaluate("one => getComputedStyle(one).backgroundColor")


def test_a_server_that_answers_nothing_but_problems_is_not_live(timed, spoken):
    page = timed()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    green = dot(page)
    spoken.troubled = spoken.away = True
    spoken.say(PROBLEM)
    expect(state(page)).to_contain_text("Reconnecting", timeout=SOON)
    expect(state(page)).to_contain_text(re.compile(r"Not live since \d\d:\d\d:\d\d UTC"))
    assert dot(page) != green
    page.clock.run_for(50_000)
    expect(state(page)).to_have_attribute("data-state", "stale", timeout=SOON)
    assert dot(page) != green
    assert len(spoken.connections) <= 1  # between two tries it has none
    assert len(spoken.greetings) < 10
    spoken.troubled = spoken.away = False
    page.clock.run_for(60_000)
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    assert dot(page) == green


def test_where_the_socket_has_problems_it_asks(timed, spoken):
    spoken.troubled = True
    page = timed()
    page.clock.run_for(16_000)
    expect(state(page)).to_have_attribute("data-state", "polling", timeout=SOON)
    spoken.decide(OWN, 80_000, push=False)
    page.clock.run_for(11_000)
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)


def test_a_decision_too_large_for_a_frame_is_asked_for(live, spoken):
    page = live()
    spoken.large = {OWN: {502}, OTHER: {501}}
    spoken.decide(OWN, 80_000, push=False)
    spoken.decide(OWN, 80_100, push=False)
    spoken.decide(OWN, 80_200)
    spoken.decide(OTHER, 90_000)
    expect(newest(page)).to_have_attribute("value", "503", timeout=SOON)
    assert decisions(page) == list(range(503, 483, -1))
    listed = page.locator(f"[data-slug={OTHER}] [data-when]")
    expect(listed).to_have_text("501 · 1 Jan 2014", timeout=SOON)


def test_what_cannot_be_had_is_asked_for_at_growing_distances(live, spoken):
    page = live()
    page.route("**/updates?**", lambda route: route.abort())
    spoken.large = {OWN: {501}}
    spoken.decide(OWN, 80_000)
    page.wait_for_timeout(2_000)
    assert len(spoken.greetings) <= 3
    page.unroute_all()
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)


@pytest.mark.parametrize("closed", [False, True])
def test_a_record_that_begins_anew_takes_the_place_of_the_other(timed, spoken, closed):
    spoken.closed = closed
    page = timed()
    page.clock.run_for(16_000)
    expect(page.locator("[data-list] li")).to_have_count(20, timeout=SOON)
    spoken.begin_anew(OWN, [100_000, 100_100, 100_200])
    page.clock.run_for(22_000)
    expect(page.locator("[data-list] li")).to_have_count(3, timeout=SOON)
    assert decisions(page) == [3, 2, 1]
    expect(page.locator(".desk-head [data-money=equity]")).to_have_text("$100,200.00")
    spoken.decide(OWN, 100_300, slot="XNYS/1d/2014-01-05T21:00:00Z")
    page.clock.run_for(11_000)
    expect(newest(page)).to_have_attribute("value", "4", timeout=SOON)
    expect(page.locator(".desk-head [data-money=equity]")).to_have_text("$100,300.00")
    listed = page.locator(f".desk-robot[data-slug={OWN}] [data-when]")
    expect(listed).to_contain_text("4 ·")


def test_robots_that_are_no_longer_public_are_marked(timed, spoken):
    page = timed()
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    spoken.withdrawn = {OTHER, OWN}
    page.clock.run_for(16_000)
    listed = page.locator(f".desk-robot[data-slug={OTHER}]")
    expect(listed).to_contain_text("no longer public", timeout=SOON)
    expect(page.get_by_role("alert")).to_contain_text("No public robot is called", timeout=SOON)
    expect(page.locator(".desk-robot.is-gone")).to_have_count(2)
    expect(listed).not_to_contain_text("drifted")
    spoken.withdrawn = set()
    page.clock.run_for(16_000)
    expect(page.locator(".desk-robot.is-gone")).to_have_count(0, timeout=SOON)
    expect(page.locator("[data-name]")).to_be_visible(timeout=SOON)
    expect(listed).not_to_contain_text("no longer public")
    expect(listed).to_contain_text("drifted")  # as it was


def test_asking_finds_out_that_a_robot_is_no_longer_public(timed, spoken):
    spoken.closed = True
    page = timed()
    spoken.withdrawn = {OWN}
    page.clock.run_for(25_000)
    expect(page.get_by_role("alert")).to_contain_text("No public robot is called", timeout=SOON)


def test_only_the_records_own_trades_are_shown(live, spoken):
    summary = spoken.data / f"robots/{OTHER}/summary.json"
    told = json.loads(summary.read_text())
    trades = [one | {"phase": "record"} for one in told["recent_trades"]]
    change(summary, recent_trades=[trades[0], trades[1] | {"phase": "backtest"}])
    page = live(f"{PAGE}?robot={OTHER}")
    expect(page.locator("desk-trades tbody tr")).to_have_count(1, timeout=SOON)
    first = date.fromisoformat(told["record"]["start"])
    since = page.locator(".desk-head [data-since]")
    expect(since).to_have_text(f"{first.day} {first:%b %Y}", timeout=SOON)


def module(page, name):
    """The address of one of the page's modules."""
    found = page.locator(f"link[rel=modulepreload][href$='/{name}.js']")
    return found.get_attribute("href")


def test_two_loads_at_once_are_one(live, spoken):
    page = live()
    expect(page.locator("[data-list] li")).to_have_count(20)
    before = len(spoken.asked)
    page.evaluate(
        "async at => { const { desk } = await import(at); desk.load(); desk.load(); }",
        module(page, "dashboard-desk"),
    )
    expect(page.locator("desk-head")).to_have_attribute("data-stage", "ready", timeout=SOON)
    page.wait_for_timeout(300)
    assert len(spoken.asked) == before + 1


def test_a_late_answer_does_not_bring_back_older_figures(live, spoken):
    page = live()
    expect(page.locator("[data-list] li")).to_have_count(20)
    held = []
    page.route("**/updates?**", lambda route: held.append((route, route.fetch())))
    page.evaluate("async at => (await import(at)).desk.load()", module(page, "dashboard-desk"))
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    spoken.decide(OWN, 81_000)
    value = page.locator(".desk-head [data-estimate='record.total_return'] .value")
    expect(value).to_have_text("−19.0%", timeout=SOON)
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page.locator("[data-list] li")).to_have_count(20, timeout=SOON)
    page.wait_for_timeout(200)
    assert value.inner_text() == "−19.0%"


def test_who_comes_back_while_an_answer_is_awaited_begins_no_second_round(live):
    page = live()
    held = []
    page.route("**/data/held.json", lambda route: held.append(route))
    page.evaluate(
        """async at => {
          const { watch } = await import(at);
          const stop = watch("/data/held.json", () => {});
          await new Promise(done => setTimeout(done, 150));
          stop();
          watch("/data/held.json", () => {});
        }""",
        module(page, "live"),
    )
    page.wait_for_timeout(300)
    assert len(held) == 1


NO_RATIO = {"value": None, "low": None, "high": None, "sample_size": 500}
NO_RATIO |= {"method": None, "reason": "the returns do not vary"}


def without_ratio(spoken, slug):
    """Publish a robot whose Sharpe ratio nobody can tell; gives what was published."""
    before = summary_of(spoken, slug)
    record = before["record"]
    metrics = record["metrics"] | {"sharpe_ratio": NO_RATIO}
    path = spoken.data / f"robots/{slug}/summary.json"
    change(path, record=record | {"metrics": metrics})
    return path, before


def test_no_robot_stands_with_the_interval_of_another(live, spoken):
    path, before = without_ratio(spoken, OTHER)
    page = live()
    tile = page.locator(".desk-head [data-estimate='record.sharpe_ratio']")
    expect(tile.locator(".whisker")).to_be_visible()
    page.locator(f"[data-slug={OTHER}] a").click()
    expect(page.locator("[data-name]")).to_have_text("RSI Mean Reversion", timeout=SOON)
    expect(tile).to_contain_text("the returns do not vary")
    expect(tile.locator(".whisker")).to_be_hidden()
    expect(tile.locator(".interval")).to_be_hidden()
    change(path, record=before["record"])  # an interval that comes with a decision
    spoken.decide(OTHER, 90_000)
    expect(tile.locator(".whisker")).to_be_visible(timeout=SOON)
    expect(tile.locator(".interval")).to_contain_text(" to ")


def test_a_robot_of_which_nothing_is_measured_keeps_nothing_of_the_one_before(live, spoken):
    record = summary_of(spoken, OTHER)["record"]
    change(spoken.data / f"robots/{OTHER}/summary.json", record=record | {"metrics": {}})
    page = live()
    page.route("**/updates?**", lambda route: route.abort())
    page.locator(f"[data-slug={OTHER}] a").click()
    expect(page.locator("[data-name]")).to_have_text("RSI Mean Reversion", timeout=SOON)
    value = page.locator(".desk-head [data-estimate='record.max_drawdown'] .value")
    expect(value).to_contain_text("not measured yet")


def test_only_a_decision_that_is_made_now_is_called_new(live, spoken):
    spoken.decide(OWN, 80_000, push=False)  # told by the first resume, and made before
    page = live()
    expect(newest(page)).to_have_attribute("value", "501", timeout=SOON)
    quiet = "Each decision appears here when it is made."
    expect(state(page)).to_contain_text(quiet)
    spoken.say({"type": "status", "strategy": OWN, "data": {"status": "drifted"}})
    expect(page.locator(".desk-head [data-drifted]")).to_have_text("drifted", timeout=SOON)
    expect(state(page)).to_contain_text(quiet)
    spoken.decide(OTHER, 90_000)
    expect(state(page)).to_contain_text("The newest decision came", timeout=SOON)
    spoken.drop()
    spoken.decide(OWN, 80_100, push=False)
    expect(newest(page)).to_have_attribute("value", "502", timeout=SOON)
    expect(state(page)).to_contain_text(quiet, timeout=SOON)


def test_list_and_head_agree_where_the_summary_is_newer_than_the_page(live, spoken):
    spoken.decide(OWN, 80_000, push=False)
    newer = spoken.record_of(OWN)[-1]
    path = spoken.data / f"robots/{OWN}/summary.json"
    change(path, seq=501, slot=newer["slot"], equity="80000.00000000")
    page = live()
    expect(page.locator(".desk-head [data-slot]")).to_have_text("1 Jan 2014", timeout=SOON)
    listed = page.locator(f".desk-robot[data-slug={OWN}] [data-when]")
    expect(listed).to_have_text("501 · 1 Jan 2014", timeout=SOON)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_pill_says_that_all_is_well_and_a_banner_that_it_is_not(timed, spoken, size):
    page = timed(size=size)
    expect(state(page)).to_have_attribute("data-state", "live", timeout=SOON)
    top, pill = page.locator("h1").bounding_box(), state(page).bounding_box()
    assert pill["height"] < 40
    assert top["y"] < pill["y"] + pill["height"] / 2 < top["y"] + top["height"]  # beside it
    assert pill["x"] + pill["width"] < size["width"]
    spoken.away = True
    spoken.drop()
    page.clock.run_for(70_000)
    expect(state(page)).to_have_attribute("data-state", "stale", timeout=SOON)
    banner = state(page).bounding_box()
    assert banner["width"] == page.locator(".desk-grid").bounding_box()["width"]
    expect(state(page).locator("[data-say]")).to_contain_text("These figures may be old.")


def test_the_list_stays_in_view(live):
    page = live()
    page.evaluate("scrollTo(0, 700)")
    assert 0 <= page.locator("desk-robots").bounding_box()["y"] < 40


def test_nothing_is_cut_off_at_the_right(live):
    page = live()
    frame = page.locator("desk-data .table-frame")
    wide = frame.evaluate("one => one.scrollWidth - one.clientWidth")
    assert wide == 0


def test_texts_that_come_late_do_not_take_the_place_of_what_the_platform_told(
    leaf, platform, spoken
):
    spoken.away, held = True, []
    page = leaf()
    page.route("**/data/leaves/*", lambda route: held.append(route))
    page.goto(f"{platform}{PAGE}?robot={OTHER}")
    for _ in range(200):
        if len(held) == 8:
            break
        page.wait_for_timeout(50)
    spoken.away = False
    expect(page.locator("[data-list] li")).to_have_count(20, timeout=SOON)
    for route in held:
        route.continue_()
    page.wait_for_timeout(400)
    assert len(decisions(page)) == 20
