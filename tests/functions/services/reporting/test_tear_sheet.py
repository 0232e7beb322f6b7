"""The tear sheet as a whole: one file, safe, the same to the byte, whatever the run was."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine import Action
from functions.charts.palette import DARK, LIGHT
from functions.services.reporting import assumptions
from functions.services.reporting.daily import beside, measured
from functions.services.reporting.figures import figure
from functions.services.reporting.identity import identity
from functions.services.reporting.tear_sheet import tear_sheet
from tests.builders.bars import market, random_market
from tests.builders.finished import BOLD, KINDS, Turns, finished, ordinary
from tests.builders.robots import scripted

ROOT = Path(__file__).parents[4]
VOID = {"meta", "link", "br", "col", "hr", "img", "input"}
SECTIONS = [
    *("At a glance", "What this can tell", "Equity", "Drawdown", "Monthly returns, %"),
    *("Yearly returns", "Returns of single sessions", "Rolling Sharpe ratio", "Rolling beta"),
    *("Exposure and turnover", "Round trips on the way", "Round trips", "Costs and break-even"),
    *("What the bars hide", "Assumptions", "Parameters and options", "Every figure", "Identity"),
]
each_kind = pytest.mark.parametrize("kind", KINDS)


class Page(HTMLParser):
    """Reads a page and refuses what is not closed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes = [], [], []
        self.words, self.prose = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data.strip())
            if "svg" not in self.open:
                self.prose.append(" ".join(data.split()))


@each_kind
def test_it_is_one_well_formed_page_without_script_or_address(kind, sheet_of):
    page = Page(sheet_of(kind))
    assert not {"script", "iframe", "img", "object", "form", "b" if kind == "bold" else "-"} & set(
        page.tags
    )
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "style", (tag, value)
        if name in ("href", "src"):
            assert value.startswith(("#", "data:image/svg+xml,")), value
    assert "http://" not in sheet_of(kind).replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in sheet_of(kind)


@each_kind
def test_its_policy_allows_its_own_styles_and_nothing_else(kind, sheet_of):
    page = sheet_of(kind)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    allowed = set(re.findall(r"sha256-[^&']+", policy.replace("&#39;", "'")))
    styles = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    assert {_hash(style) for style in styles} == allowed
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy


def _hash(style):
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@each_kind
def test_ids_are_unique_and_every_label_is_there(kind, sheet_of):
    page = Page(sheet_of(kind))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = [value for _, name, value in page.attributes if name == "aria-labelledby"]
    assert {each for names in named for each in names.split()} <= set(ids)


@each_kind
def test_no_number_is_no_number(kind, sheet_of):
    words = " ".join(Page(sheet_of(kind)).words)
    assert not re.search(r"\bnan\b|\bNone\b|Decimal|Infinity", words)


def test_everything_asked_for_is_there_in_order(sheet_of):
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", sheet_of("ordinary"))
    assert found == SECTIONS
    assert sheet_of("ordinary").count(">simulated<") >= 14


def test_the_same_run_gives_the_same_bytes():
    assert tear_sheet(ordinary(200)) == tear_sheet(ordinary(200))


def test_another_parameter_gives_another_page():
    assert tear_sheet(ordinary(200, every=8)) != tear_sheet(ordinary(200))


def test_what_users_write_is_text(sheet_of):
    page = sheet_of("bold")
    assert "<b>Bobby" not in page
    assert "<script" not in page
    words = Page(page).words
    assert BOLD in words
    assert any(word.startswith(BOLD) for word in words if "IBM" in word)


def test_its_size_is_bounded(busy):
    assert len(tear_sheet(busy)) < 400_000


def test_the_identity_is_shown_whole(of_kind, sheet_of):
    found = identity(of_kind("ordinary"))
    for value in found:
        assert f"<code>{value}</code>" in sheet_of("ordinary")


def test_the_curve_is_on_a_logarithmic_scale_as_far_as_one_can_be(sheet_of):
    assert "log scale" in sheet_of("ordinary")
    assert "log scale" not in sheet_of("ruined")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("without a trade", "Nothing was traded: no order was asked for."),
        ("one bar", "Nothing was traded: 1 order asked for, none filled."),
        ("one bar", "buy 1 IBM at market since 2012-01-09"),
        ("ruined", "equity fell to -292,588.10 on 2012-01-12, and nothing was traded any more"),
        ("hourly", "Hourly bars from sample."),
        ("hourly", "Times are in UTC."),
        ("ambiguous", "In 1 bar a stop-loss and a take-profit were both reached"),
        ("short and dear", "short"),
        ("ordinary", "In no bar were a stop-loss and a take-profit both reached"),
        ("ordinary", "It proves nothing, however long it is"),
        ("ruined", "Told of 63 sessions or more that vary."),
    ],
)
def test_each_kind_of_run_is_told_as_what_it_is(kind, words, sheet_of):
    assert any(words in told for told in Page(sheet_of(kind)).words)


def test_a_run_without_a_benchmark_or_actions_has_a_page():
    alone = finished(Turns(), random_market(1, 60, ("IBM",)), benchmark=False)
    page = tear_sheet(replace(alone, metrics={}))
    assert "Rolling beta" not in page
    assert "Buy and hold" not in page
    Page(page)


def test_many_symbols_are_counted():
    symbols = [f"S{at}" for at in range(15)]
    page = tear_sheet(finished(Turns(), random_market(1, 30, symbols)))
    assert "S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11 and 3 more." in page


def test_its_tokens_are_the_sites_and_the_charts_own():
    own = _tokens(ROOT / "functions/services/reporting/pages/style.css")
    theirs = _tokens(ROOT / "site/theme/static/css/10-tokens.css")
    assert {name: theirs.get(name) for name in own} == own
    for name, light in LIGHT.tokens().items():
        assert own[name] == f"light-dark({light}, {DARK.tokens()[name]})"


def _tokens(path):
    css = path.read_text(encoding="utf-8")
    return dict(re.findall(r"^\s+(--[\w-]+): ([^;]+);", css.split("}", 1)[0], flags=re.MULTILINE))


def test_a_ruined_run_and_its_benchmark_are_measured_over_the_same_days(of_kind):
    lost = of_kind("ruined")
    daily = measured(lost)
    theirs = beside(lost, daily)
    assert len(daily.sessions) == 4 < len(lost.run.sessions)
    closes = lost.benchmark.equity
    assert closes[-1] != closes[3]
    assert theirs["total_return"].value == pytest.approx(closes[3] / 100_000 - 1)
    assert theirs["total_return"].sample_size == lost.metrics["total_return"].sample_size


def test_where_nothing_moved_there_is_no_histogram(of_kind):
    page = tear_sheet(of_kind("without a trade"))
    assert "run-distribution" not in page


def test_where_nothing_was_traded_nothing_empty_is_shown(sheet_of):
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", sheet_of("without a trade"))
    assert found == ["Equity", "Assumptions", "Parameters and options", "Identity"]
    waiting = re.findall(r"<h2[^>]*>(.*?)</h2>", sheet_of("one bar"))
    assert waiting == ["Equity", "Orders", "Assumptions", "Parameters and options", "Identity"]


def test_the_run_is_named_in_the_head_and_every_usual_option_is_folded(of_kind, sheet_of):
    page = sheet_of("short and dear")
    head = page[: page.index("<section")]
    assert f"<code>{identity(of_kind('short and dear')).run[:12]}</code>" in head
    own, folded = re.search(
        r"<h3>Options</h3>(.*?)<details>(.*?)</details>", page, re.DOTALL
    ).groups()
    assert re.findall(r"<code>(\w+)</code>", own) == [
        "commission_bps", "slippage_bps", "leverage", "participation",
    ]  # fmt: skip
    assert "<code>fill</code>" in folded
    assert "All options are the usual ones." in sheet_of("ordinary")


def test_every_interval_says_of_how_much_it_is(sheet_of):
    page = sheet_of("ordinary")
    intervals = re.findall(r'class="interval">(.*?)<', page)
    assert len(intervals) >= 3
    assert all(each.startswith("95%: ") for each in intervals)


def test_restated_prices_are_said_to_be():
    split = Action("IBM", date(2012, 1, 13), "split", 2.0)
    halved = market({"IBM": [100.0, 100.0, 101.0, 102.0, 51.0, 52.0, 51.0, 50.0]}, [split])
    script = {
        0: lambda broker: broker.buy("IBM", quantity=10),
        5: lambda broker: broker.close("IBM"),
    }
    told = tear_sheet(finished(scripted(script), halved))
    assert "Where a split lies in between, shares and prices are counted as at the exit." in told
    assert "Where a split lies" not in tear_sheet(ordinary(60))


def test_options_are_words_and_no_raw_values(of_kind):
    rows = {one.name: one.value for one in assumptions.settings(of_kind("ordinary").run)}
    assert (rows["maximum"], rows["tiers"], rows["instruments"]) == ("none", "none", "none")


def test_the_average_day_has_two_decimals(of_kind):
    told = figure("average_day", of_kind("ordinary").metrics)
    assert re.fullmatch(r"[+−]?\d+\.\d\d%", told.value)
