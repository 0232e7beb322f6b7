"""What a result shows by itself, and what it writes and draws when it is asked."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from engine import ParameterError, Strategy
from functions.charts.palette import DARK, LIGHT
from functions.notebook import backtest
from functions.notebook.plots import CHARTS
from functions.services.reporting.tear_sheet import tear_sheet
from tests.functions.notebook.test_backtests import Steps, walk

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def told():
    return backtest(Steps, walk(), symbol="IBM", start="2012-02-01")


class Balanced(HTMLParser):
    """Every element is closed by its own end; what is never closed is known."""

    VOID = ("img", "br", "hr", "meta", "link", "input")

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(html):
    found = Balanced()
    found.feed(html)
    assert found.open == []
    return found


def cells(html):
    rows = re.findall(r"<tr>(.*?)</tr>", html, flags=re.DOTALL)
    return [re.sub(r"<[^>]+>", "|", row) for row in rows]


def test_a_cell_shows_the_headline_figures_and_the_equity(told):
    html = told._repr_html_()
    found = parsed(html)
    assert found.seen.count("svg") >= 1
    assert "script" not in found.seen
    rows = cells(html)
    assert "Steps" in rows[0]
    assert "Buy and hold" in rows[0]
    value = told.metrics.loc["max_drawdown", "Value"]
    (drawdown,) = [row for row in rows if "Max drawdown" in row]
    assert f"−{-value:.1%}" in drawdown
    assert html.count("simulated") >= 1


def test_a_figure_has_its_interval_below_it(told):
    sharpe = told.metrics.loc["sharpe_ratio"]
    (row,) = [row for row in cells(told._repr_html_()) if "Sharpe" in row]
    for end in (sharpe["Low"], sharpe["High"]):
        assert f"{end:+.2f}".replace("-", "−") in row
    assert "95%: " in row
    (line,) = [line for line in repr(told).splitlines() if "Sharpe" in line]
    assert "95%: " in line


def test_nothing_is_fetched(told):
    html = told._repr_html_()
    assert re.findall(r"(?:src|href|url|@import)\s*[=(]", html) == []


def test_light_and_dark_have_the_colours_of_every_chart(told):
    html = told._repr_html_()
    for palette in (LIGHT, DARK):
        for name, colour in palette.tokens().items():
            assert f"{name}: {colour};" in html


def test_two_results_of_a_notebook_share_no_id(told):
    first = parsed(told._repr_html_()).ids
    other = parsed(backtest(Steps, walk(), part=0.2)._repr_html_()).ids
    assert first
    assert set(first).isdisjoint(other)
    assert parsed(told._repr_html_()).ids == first


def test_the_same_run_shows_the_same(told):
    again = backtest(Steps, walk(), symbol="IBM", start="2012-02-01")
    assert again._repr_html_() == told._repr_html_()
    assert repr(again) == repr(told)


def test_names_are_text_wherever_they_stand():
    named = type(EVIL, (Steps,), {"__module__": __name__})
    told = backtest(named, {EVIL: walk(60), "B": walk(60)}, part=0.4, benchmark=named)
    for html in (told._repr_html_(), tear_sheet(told.finished)):
        assert "<img" not in html
    for chart in CHARTS:
        assert "<img" not in told.plot(chart).to_json()


def test_as_text_it_is_a_handful_of_lines(told):
    lines = repr(told).splitlines()
    assert lines[0].startswith("Steps, simulated: part 0.5; IBM; 2012-02-01 to 20")
    assert len(lines) < 14
    sharpe = r"Sharpe ratio +[+−]\d\.\d\d +95%: [+−].* to [+−].*"
    assert any(re.fullmatch(sharpe, one) for one in lines)


def test_notes_are_told_in_both_forms():
    told = backtest(Steps, walk(60).drop(columns="Volume"))
    assert told.notes
    for note in told.notes:
        assert note in repr(told)
        assert note in told._repr_html_()


class Everything(Strategy):
    """Hold five times what there is."""

    def targets(self, market):
        return np.full(market.close.shape, 5.0)


def crash():
    bars = walk(60)
    prices = ["Open", "High", "Low", "Close"]
    bars.loc[bars.index[30] :, prices] /= 3
    return bars


@pytest.mark.parametrize(
    ("strategy", "bars", "settings"),
    [
        (Steps, walk(1), {}),
        (Steps, walk(2), {}),
        (Steps, walk(60), {"part": 0.0}),
        (Everything, crash(), {"leverage": 5, "participation": None}),
        (Steps, {f"S{at}": walk(30) for at in range(40)}, {"part": 0.01}),
    ],
    ids=["one bar", "two bars", "no trade", "ruined", "forty symbols"],
)
def test_whatever_came_of_it_is_shown(strategy, bars, settings, tmp_path):
    told = backtest(strategy, bars, **settings)
    parsed(told._repr_html_())
    assert len(told._repr_html_()) < 60_000
    assert repr(told)
    assert len(told.equity) == len(told.returns) == len(told.positions)
    for chart in CHARTS:
        told.plot(chart)
    assert told.report(tmp_path / "run.html").stat().st_size > 10_000


def test_a_ruined_account_is_one():
    assert backtest(Everything, crash(), leverage=5, participation=None).run.ruined


def test_a_report_is_the_tear_sheet(told, tmp_path):
    for path in (tmp_path / "run.html", str(tmp_path / "other.html")):
        written = told.report(path)
        assert written.read_text(encoding="utf-8") == tear_sheet(told.finished)


def test_a_report_takes_the_place_of_an_older_one(told, tmp_path):
    told.report(tmp_path / "run.html")
    assert told.report(tmp_path / "run.html").is_file()


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("", "report must name a .html file"),
        ("run.pdf", "report must name a .html file, was '.*run.pdf'"),
        ("run", "report must name a .html file"),
        ("nowhere/run.html", "no folder .*nowhere for run.html; make it first"),
    ],
)
def test_a_report_that_cannot_be_written_says_why(told, tmp_path, place, says):
    with pytest.raises(ParameterError, match=says):
        told.report(tmp_path / place)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_refuses_is_told(told, tmp_path, monkeypatch):
    def refused(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", refused)
    with pytest.raises(ParameterError, match="No space left on device; give a file in a folder"):
        told.report(tmp_path / "run.html")


@pytest.mark.parametrize("chart", list(CHARTS))
def test_every_chart_says_that_it_is_simulated_or_shows_what_is(told, chart):
    figure = told.plot(chart)
    assert figure.data
    assert figure.layout.paper_bgcolor == LIGHT.surface
    if chart != "monthly":
        assert any(trace.name == "Steps, simulated" for trace in figure.data)


def test_a_chart_that_is_not_there_is_named(told):
    with pytest.raises(ParameterError, match="no chart named 'drawdowns'; did you mean 'drawdown'"):
        told.plot("drawdowns")


def test_fills_are_marked_with_what_they_were(told):
    marks = [trace for trace in told.plot().data if trace.mode == "markers"]
    words = " ".join(text for trace in marks for text in trace.text)
    (first, *_) = told.fills.itertuples()
    assert f"{first.Side} {first.Size:g} IBM at {first.Price:.2f}"[:14] in words


def test_a_month_is_what_its_returns_say(told):
    drawn, returns = told.plot("monthly").data[0].z, told.returns
    of_2012 = next(row for row in drawn if row[2] is not None)
    for month in (3, 7, 11):
        own = returns[(returns.index.year == 2012) & (returns.index.month == month)]
        assert of_2012[month - 1] == pytest.approx(float((1 + own).prod() - 1), abs=5e-5)
