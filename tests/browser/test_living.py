"""An open page follows what is published."""

import importlib.util
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SOON
from tests.site.published import SESSIONS, platform
from tests.site.served import change

ROBOT = "/robots/sma-cross/"


@pytest.fixture
def summary(living) -> Path:
    return living[1] / "robots/sma-cross/summary.json"


def estimate(page, name: str):
    return page.locator(f'.tile [data-estimate="record.{name}"] .value')


def test_looking_changes_nothing(visit, living):
    address, _ = living
    still = visit(address, ROBOT, scripts=False).page.locator("main").inner_text()
    opened = visit(address, ROBOT, looking=True)
    opened.wait_for_charts()
    opened.page.wait_for_timeout(1_500)
    opened.page.evaluate("document.querySelectorAll('.chart-live').forEach(one => one.remove())")
    opened.page.add_style_tag(content=".chart-still { visibility: visible !important }")
    assert opened.page.locator("main").inner_text() == still


def test_figures_change_when_the_published_ones_do(visit, living, summary):
    page = visit(living[0], ROBOT).page
    document = json.loads(summary.read_text())
    record = document["record"]
    record["sessions"] = 501
    record["metrics"]["total_return"]["value"] = 0.4567
    record["metrics"]["sharpe_ratio"] |= {"value": 1.25, "low": -0.15, "high": 2.65}
    record["metrics"]["max_drawdown"] |= {"value": None, "reason": "it was never measured"}
    change(summary, equity="145678.90000000", seq=501, record=record)
    expect(estimate(page, "total_return")).to_have_text("+45.7%", timeout=SOON)
    expect(estimate(page, "sharpe_ratio")).to_have_text("+1.25")
    expect(estimate(page, "max_drawdown")).to_have_text("– it was never measured")
    expect(page.locator('[data-money="equity"]')).to_have_text("$145,678.90")
    expect(page.locator('.tile [data-estimate="record.sharpe_ratio"] .interval')).to_contain_text(
        "−0.15 to +2.65"
    )
    expect(page.locator('.tiles [data-count="record.sessions"]')).to_have_text("501")


def test_a_result_that_becomes_zero_loses_its_colour(visit, living, summary):
    page = visit(living[0], ROBOT).page
    record = json.loads(summary.read_text())["record"] | {"sessions": 1}
    record["metrics"]["total_return"]["value"] = -0.0004
    change(summary, seq=501, record=record)
    tile = page.locator('.tile [data-estimate="record.total_return"]')
    expect(tile).to_have_class("estimate tone-flat", timeout=SOON)
    expect(page.locator(".proof-text")).to_contain_text("1 session recorded")


def sealed(page) -> list[str]:
    return page.locator(".leaves a").evaluate_all("all => all.map(one => one.pathname)")


def test_the_next_decision_is_sealed_before_the_readers_eyes(visit, living, summary):
    opened = visit(living[0], ROBOT)
    before = sealed(opened.page)
    head = "ab" * 32
    change(summary, seq=501, head=head, slot="XNYS/1d/2013-01-02T21:00:00Z")
    expect(opened.page.locator(".hash code")).to_have_text(head, timeout=SOON)
    expect(opened.page.locator(".verify b")).to_have_text("501")
    newest = opened.page.locator(".leaves li").first
    expect(newest).to_have_text("abababababababab… 2 Jan 2013")
    expect(newest).to_have_attribute("value", "501")
    assert sealed(opened.page) == [f"/data/leaves/{head}.json", *before[:4]]
    assert [url for url in opened.requests if url.endswith("record.json")] == []


def test_the_chain_on_the_home_page_grows(visit, living, summary):
    page = visit(living[0], "/").page
    links = page.locator("robot-chain span")
    before = links.all_inner_texts()
    slot = "XNYS/1d/2013-01-02T21:00:00Z"
    change(summary, seq=501, head="ab" * 32, slot=slot)
    expect(links.last).to_have_text("501ababababab", timeout=SOON)
    assert links.all_inner_texts()[:2] == before[1:]
    path = summary.parent / "record.json"
    leaves = [{"seq": seq, "slot": slot, "hash": f"{seq:064}"[::-1]} for seq in range(502, 506)]
    change(path, leaves=leaves)
    change(summary, seq=505, head=f"{505:064}"[::-1])
    expect(links.last).to_have_text("5055050000000", timeout=SOON)
    expect(links).to_have_text(["5033050000000", "5044050000000", "5055050000000"])


def test_decisions_that_were_missed_are_fetched(visit, living, summary):
    page = visit(living[0], ROBOT).page
    before = sealed(page)
    path = summary.parent / "record.json"
    leaves = json.loads(path.read_text())["leaves"]
    slot = "XNYS/1d/2013-01-02T21:00:00Z"
    leaves += [{"seq": seq, "slot": slot, "hash": f"{seq:064}"} for seq in (501, 502, 503)]
    change(path, seq=503, head=f"{503:064}", leaves=leaves)
    change(summary, seq=503, head=f"{503:064}", slot=slot)
    expect(page.locator(".hash code")).to_have_text(f"{503:064}", timeout=SOON)
    new = [f"/data/leaves/{seq:064}.json" for seq in (503, 502, 501)]
    assert sealed(page) == [*new, *before[:2]]


def test_verdict_positions_and_trades_change_too(visit, living, summary):
    page = visit(living[0], ROBOT).page
    trade = json.loads(summary.read_text())["recent_trades"][0]
    trade |= {"id": "new", "time": "2099-01-01T14:30:00Z", "session": "2099-01-01"}
    held = {"symbol": "MSFT", "quantity": "10.00000000", "price": "30.50000000"}
    held |= {"value": "305.00000000", "weight": 0.0126}
    verdict = {"level": "green", "text": "Long enough, and better than luck."}
    change(summary, verdict=verdict, positions=[held], recent_trades=[trade])
    expect(page.locator("[data-text]")).to_have_text(verdict["text"], timeout=SOON)
    expect(page.locator("[data-verdict]")).to_have_text("green")
    cells = page.locator("robot-positions tbody tr").first.locator("th, td")
    expect(cells).to_have_text(["MSFT", "10", "30.50", "$305.00", "1.3%"])
    newest = page.locator("robot-trades tbody tr").first
    expect(newest.locator("time, [data-cell=session]").first).to_have_text("2099-01-01")


def test_the_chart_is_drawn_anew(visit, living, summary):
    opened = visit(living[0], ROBOT, looking=True)
    opened.wait_for_charts()
    name = "document.querySelector('.js-plotly-plot')?.data?.[0].name"
    opened.wait_until(f"Boolean({name})")
    path = summary.parent / "figures/equity.json"
    figure = json.loads(path.read_text())
    figure["data"][0]["name"] = "Drawn anew"
    path.write_text(json.dumps(figure))
    change(summary, seq=501)
    opened.wait_until(f"{name} === 'Drawn anew'")


def test_the_parity_page_follows_every_check(visit, living, numerals):
    address, data = living
    opened = visit(address, "/robots/sma-cross/parity/")
    page = opened.page
    expect(page.locator("[data-some]:visible")).to_have_count(2)  # the checks and the segment
    path = data / "robots/sma-cross/parity.json"
    told = json.loads(path.read_text())
    other = json.loads((data / "robots/rsi-reversion/parity.json").read_text())
    lists = {name: other[name] for name in ("drifts", "skips", "backfilled", "restated")}
    late = other["skips"]["items"][0]
    change(
        path,
        **lists,
        status="drifted",
        slots=501,
        slots_replayed=125_250,
        newest=told["newest"][:1],
    )
    expect(page.locator("[data-state]")).to_have_text("drifted", timeout=SOON)
    expect(page.locator("[data-state]")).to_have_class("badge badge-drifted")
    expect(page.locator("[data-say]")).to_contain_text("Nothing is added")
    expect(page.locator('[data-count="slots_replayed"]')).to_have_text("125,250")
    rows = page.locator('[data-list="skips.items"] tbody tr')
    expect(rows.first.locator("th, td")).to_have_text(
        [numerals.slot(late["slot"]), "waiting", "recorded late", "3", "IBM has no bar yet"]
    )
    expect(page.locator('[data-list="newest"] tbody tr')).to_have_count(1)
    expect(page.locator("[data-none]:visible")).to_have_count(0)


def test_a_list_that_becomes_empty_says_so(visit, living):
    address, data = living
    page = visit(address, "/robots/rsi-reversion/parity/").page
    change(data / "robots/rsi-reversion/parity.json", drifts={"count": 0, "items": []})
    none = page.locator('[data-list="drifts.items"] [data-none]')
    expect(none).to_have_text("No replay has ever differed from this record.", timeout=SOON)
    expect(none).to_be_visible()


def test_the_state_keeps_up(visit, living):
    address, data = living
    page = visit(address, "/status/").page
    robots = json.loads((data / "parity.json").read_text())
    robots["robots"][0] |= {"status": "drifted", "drifts": 1}
    change(data / "parity.json", **robots)
    symbols = json.loads((data / "health.json").read_text())["symbols"]
    symbols[0] |= {"state": "gaps", "coverage": 0.99999, "missing": 3, "last_bar": None}
    change(data / "health.json", symbols=symbols)
    first = page.locator('[data-list="robots"] tbody tr').first
    expect(first.locator(".badge")).to_have_text("drifted", timeout=SOON)
    slug = robots["robots"][0]["slug"]
    expect(first.locator("a")).to_have_attribute("href", f"/robots/{slug}/parity/")
    series = page.locator('[data-list="symbols"] tbody tr').first
    expect(series.locator(".badge")).to_have_class("badge badge-gaps", timeout=SOON)
    expect(series.locator("[data-cell=coverage]")).to_have_text("99.99%")
    expect(series.locator("[data-cell=last_bar]")).to_have_text("– no bar yet")


@pytest.mark.parametrize("path", ["/status/", "/robots/rsi-reversion/parity/"])
def test_looking_at_checks_changes_nothing(visit, living, path):
    address, _ = living
    still = visit(address, path, scripts=False).page.locator("main").inner_html()
    opened = visit(address, path)
    opened.page.wait_for_timeout(1_500)
    assert opened.page.locator("main").inner_html() == still


def test_the_league_table_keeps_up(visit, living):
    address, data = living
    page = visit(address, "/robots/").page
    index = data / "robots/index.json"
    robots = json.loads(index.read_text())["robots"]
    for robot in robots:
        robot["record"]["trade_count"] = 1_234
    change(index, robots=robots)
    expect(page.locator('[data-count="record.trade_count"]').first).to_have_text(
        "1,234", timeout=SOON
    )


def test_a_new_session_is_said(visit, living):
    address, data = living
    page = visit(address, "/about/").page
    expect(page.locator("session-clock time")).to_have_attribute("datetime", SESSIONS[-1])
    change(data / "platform.json", session="2013-01-02")
    expect(page.locator("session-clock")).to_contain_text("2 Jan 2013", timeout=SOON)


def test_the_end_of_the_clock_is_said(visit, living):
    address, data = living
    page = visit(address, ROBOT).page
    assert page.locator("[data-notice]").count() == 0
    (data / "platform.json").write_text(json.dumps(platform(500, ended=True)))
    notice = page.locator('[data-notice="ended"]')
    expect(notice).to_contain_text("The clock has ended.", timeout=SOON)
    expect(notice).to_contain_text(SESSIONS[-1])


def test_old_figures_are_said_to_be_old(visit, living):
    address, data = living
    page = visit(address, "/about/", fresh=True).page
    page.clock.install()
    page.goto(f"{address}{ROBOT}")
    expect(page.locator("session-clock time")).to_be_visible()
    (data / "platform.json").unlink()
    page.clock.run_for(4 * 60_000)
    expect(page.locator('[data-notice="stale"]')).to_contain_text("may be old")


def test_what_has_not_changed_is_not_sent_again(visit, living):
    opened = visit(living[0], "/about/")
    answers = []
    opened.page.on("response", lambda one: answers.append((one.url, one.status)))
    opened.page.wait_for_timeout(9_000)
    states = [status for url, status in answers if url.endswith("/data/platform.json")]
    assert states
    assert set(states) <= {200, 304}
    assert 304 in states


VALUES = [0.12345, -0.00049, 0.0, 1.005, -1234567.891, 2.675, 0.125, -0.0000001, 99.995]


@pytest.fixture(scope="module")
def numerals():
    spec = importlib.util.spec_from_file_location("numerals", "site/plugins/numerals.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written_by_browser(tabs, site):
    """What an expression says in a page that knows the browser's own `numerals`."""
    with tabs.visitor() as visit:
        page = visit(site, "/").page
        folder = page.locator('script[type="module"]').get_attribute("src").rsplit("/", 1)[0]

        def evaluate(expression, *arguments):
            code = f"async ([from, given]) => ({expression})(await import(from), ...given)"
            return page.evaluate(code, [f"{folder}/numerals.js", arguments])

        yield evaluate


@pytest.mark.parametrize("unit", ["fraction", "ratio", "money", "sessions", "basis points"])
@pytest.mark.parametrize("signed", [False, True])
def test_browser_and_build_write_numbers_alike(written_by_browser, numerals, unit, signed):
    written = written_by_browser(
        "({ shown, trend }, values, unit, signed) =>"
        " values.map(value => [shown(value, unit, signed), trend(value, unit)])",
        *(VALUES, unit, signed),
    )
    assert written == [
        [numerals.shown(value, unit, signed=signed), numerals.trend(value, unit)]
        for value in VALUES
    ]


TOLD = [
    ("slot", "XNYS/1d/2013-03-01T21:00:00Z"),
    ("slot", "24/7/1d/2013-03-02T00:00:00Z"),
    ("slot", "XNYS/1h/2013-03-01T15:30:00Z"),
    ("bar", "2013-03-01"),
    ("bar", "2013-03-01T15:30:00Z"),
    ("moment", "2013-03-01T21:02:59Z"),
    *(("share", value) for value in (0.0, 0.57, 0.1234567, 0.99999, 1.0, 0.29)),
    ("recorded", True),
    ("count", 1234567),
    ("series", "empty"),
    ("series", "gaps"),
]
RECORDS = [
    {"metrics": {"sharpe_ratio": ratio, "minimum_track_record": needed}}
    for ratio, needed in (
        ({"value": 0.8}, {"value": 1234}),
        ({"value": 0.8}, {"value": None, "reason": "fewer than four sessions"}),
        ({"value": -1.33}, {"value": None, "reason": "the Sharpe ratio is not above zero"}),
        ({"value": 0.0}, {"value": None, "reason": None}),
        ({"value": None, "reason": "the returns do not vary"}, {"value": None, "reason": "x"}),
    )
]
RECORDS.append({"metrics": {}})
PARITIES = [
    {
        "status": status,
        "slots_replayed": replayed,
        "advances_replayed": advances,
        "drifts": {"count": drifts},
    }
    for status in ("equal", "drifted", "empty")
    for replayed, advances, drifts in ((0, 1, 0), (1, 1, 0), (1234, 50, 1), (1234, 50, 2))
]


def test_browser_and_build_write_checks_alike(written_by_browser, numerals):
    written = written_by_browser(
        "(numerals, told, parities, records) => ["
        "told.map(([kind, value]) => numerals.told(value, kind)),"
        " parities.map(numerals.parityText), records.map(numerals.neededText)]",
        *(TOLD, PARITIES, RECORDS),
    )
    assert written == [
        [numerals.told(value, kind) for kind, value in TOLD],
        [numerals.parity_text(parity) for parity in PARITIES],
        [numerals.needed_text(record) for record in RECORDS],
    ]
