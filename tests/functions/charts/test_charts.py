"""Every chart, whatever the robot's age: valid for Plotly, valid as XML, light enough to send."""

import json
import re
import subprocess
import sys
from copy import deepcopy
from xml.etree import ElementTree as ET

import plotly.graph_objects as go
import pytest

from functions.charts import FIGURES, charts
from functions.charts.palette import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
AGES = [(0, 0), (1, 0), (40, 0), (2770, 0), (2770, 1), (2770, 2), (300, 30), (0, 1), (2770, 500)]
each_age = pytest.mark.parametrize("age", AGES, ids=str)
each_chart = pytest.mark.parametrize("name", FIGURES)
BOLD = "<b>Bobby</b> & <script>alert(1)</script>\"'\x07"


def set_path(target, path, value):
    *keys, last = [each for each in re.split(r"[.\[\]]+", path) if each]
    for key in keys:
        target = target[int(key)] if isinstance(target, list) else target[key]
    target[last] = value


def in_theme(figure, theme):
    """What the page's script does before it lets Plotly draw."""
    drawn = deepcopy({"data": figure["data"], "layout": figure["layout"]})
    for path, value in figure[theme]["layout"].items():
        set_path(drawn["layout"], path, value)
    for trace, changes in zip(drawn["data"], figure[theme]["data"], strict=True):
        for path, value in changes.items():
            set_path(trace, path, value)
    return drawn


def colours_in(drawing):
    return set(re.findall(r"#[0-9a-f]{6}", json.dumps(drawing)))


@each_age
@each_chart
def test_plotly_accepts_it_in_both_themes(name, age, drawn):
    figure = drawn(*age)[name].figure
    for theme in ("light", "dark"):
        go.Figure(**in_theme(figure, theme))
    json.dumps(figure, allow_nan=False)


@each_age
@each_chart
def test_the_drawing_is_xml_with_a_name_and_a_description(name, age, drawn):
    root = ET.fromstring(drawn(*age)[name].svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, described = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title.text.startswith("Simulated ")
    assert described.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"


@each_chart
def test_both_have_the_same_height(name, drawn):
    chart = drawn(2770, 500)[name]
    assert float(ET.fromstring(chart.svg).get("height")) == chart.figure["layout"]["height"]


@each_chart
def test_the_light_theme_is_what_it_comes_with(name, drawn):
    figure = drawn(2770, 500)[name].figure
    assert in_theme(figure, "light") == {"data": figure["data"], "layout": figure["layout"]}


@each_chart
def test_each_theme_uses_no_colour_of_the_other(name, drawn):
    figure = drawn(2770, 500)[name].figure
    light, dark = (colours_in(in_theme(figure, theme)) for theme in ("light", "dark"))
    assert not light & dark
    assert light & set(LIGHT.tokens().values())
    assert dark & set(DARK.tokens().values())
    assert set(figure["dark"]["layout"]) == set(figure["light"]["layout"])


@each_chart
def test_it_is_light_enough_to_send(name, drawn):
    chart = drawn(2770, 500)[name]
    assert len(json.dumps(chart.figure, separators=(",", ":"))) < 150_000
    assert len(chart.svg) < 50_000


@each_chart
def test_the_same_documents_give_the_same_bytes(name, whole):
    first, second = (charts(*whole.documents)[name] for _ in range(2))
    assert first.svg == second.svg
    assert json.dumps(first.figure) == json.dumps(second.figure)


@each_age
@pytest.mark.parametrize("name", ["equity", "drawdown"])
def test_backtest_and_record_are_told_apart_in_words(name, age, drawn):
    chart = drawn(*age)[name]
    words = [note["text"] for note in chart.figure["layout"]["annotations"]]
    for sessions, phase in zip(age, ("BACKTEST", "RECORD"), strict=True):
        assert (f">{phase}<" in chart.svg) == (sessions > 0)
        assert any(phase in each for each in words) == (sessions > 0)


@each_chart
def test_what_users_write_stays_text(name, published):
    robot = published(300, 30, name=BOLD, benchmark="<i>mine</i>")
    for trade in robot.trades["items"]:
        trade["symbol"] = "<a href='x'>"
    chart = charts(*robot.documents)[name]
    root = ET.fromstring(chart.svg)
    known = {
        "svg",
        "title",
        "desc",
        "style",
        "text",
        "tspan",
        "line",
        "rect",
        "path",
        "circle",
        "g",
    }
    assert {part.tag.removeprefix(SVG) for part in root.iter()} <= known
    assert not any(key.startswith("on") for part in root.iter() for key in part.attrib)
    assert "Bobby" in root.find(f"{SVG}title").text
    own = r'<(?!/?b>|br>|/?extra>|/span>|span style=\\"color:#[0-9a-f]{6}\\">)[^>]*>'
    texts = re.findall(own, json.dumps(chart.figure))
    assert texts == []


def test_without_a_benchmark_the_robot_stands_alone(published):
    robot = published(100, 20, benchmark=None)
    for phase in ("backtest", "record"):
        robot.curves[phase]["benchmark"] = None
    chart = charts(*robot.documents)["equity"]
    names = {trace["name"] for trace in chart.figure["data"]}
    assert names == {"SMA cross", "fills", "sell", "now"}
    assert "Buy and hold" not in chart.svg


def test_a_benchmark_is_not_measured_against_itself(published):
    robot = published(100, 20, benchmark="sma-cross")
    assert "against" not in charts(*robot.documents)["equity"].svg


@each_chart
def test_a_benchmark_that_lacks_sessions_leaves_a_gap(name, published):
    robot = published(100, 20)
    robot.curves["record"]["benchmark"][:5] = [None] * 5
    robot.curves["backtest"]["benchmark"] = [None] * 100
    chart = charts(*robot.documents)[name]
    go.Figure(data=chart.figure["data"], layout=chart.figure["layout"])
    assert "nan" not in chart.svg


@each_chart
@pytest.mark.parametrize("value", [100_000.0, 0.0])
def test_a_curve_that_never_moves_is_drawn(name, value, published):
    robot = published(30, 10)
    for phase in ("backtest", "record"):
        robot.curves[phase]["equity"] = [value] * len(robot.curves[phase]["equity"])
        robot.curves[phase]["benchmark"] = None
    chart = charts(*robot.documents)[name]
    assert ET.fromstring(chart.svg).tag == f"{SVG}svg"
    assert "nan" not in chart.svg
    json.dumps(chart.figure, allow_nan=False)


def test_charts_need_neither_numpy_nor_plotly():
    heavy = "{'numpy', 'plotly', 'pandas'}"
    code = f"import sys, functions.charts; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_young_record_has_a_depth_of_its_own(published):
    robot = published(200, 4)
    robot.curves["backtest"]["equity"][100] = 40_000.0
    robot.curves["record"]["equity"] = [100_000.0, 99_000.0, 96_500.0, 97_000.0]
    robot.curves["record"]["benchmark"] = None
    chart = charts(*robot.documents)["drawdown"]
    deep, young = (chart.figure["layout"][axis] for axis in ("yaxis", "yaxis2"))
    assert deep["range"][0] < -0.5 < -0.05 < young["range"][0] < -0.035
    assert deep["ticktext"] == ["−60%", "−40%", "−20%", ""]
    assert young["ticktext"] == ["−3%", "−2%", "−1%", ""]
    assert all(f">{words}<" in chart.svg for words in young["ticktext"][:-1])


def test_a_depth_is_never_written_as_another(published):
    robot = published(50, 3)
    robot.curves["record"]["equity"] = [100_000.0, 92_000.0, 95_000.0]
    robot.curves["record"]["benchmark"] = None
    axis = charts(*robot.documents)["drawdown"].figure["layout"]["yaxis2"]
    assert axis["ticktext"] == ["−7.5%", "−5%", "−2.5%", ""]


def seen(svg, width):
    """The words of a drawing at a width, each text as one, leaving out its title."""
    root = ET.fromstring(svg)
    other = {"wide": "chart-narrow", "narrow": "chart-wide"}[width]
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("class") == other:
                parent.remove(child)
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def told(figure, width):
    """The words that Plotly writes at the same width."""
    layout = deepcopy(figure["layout"])
    if width == "narrow":
        for axis, names in layout["meta"]["narrow"].items():
            layout[axis] |= names
    notes = [each for each in layout["annotations"] if each.get("name", width) == width]
    written = [re.sub(r"<[^>]+>|&nbsp;| ", "", part)
               for note in notes for part in note["text"].split("<br>")]  # fmt: skip
    axes = [axis for name, axis in layout.items() if re.match("[xy]axis", name)]
    return written + [words for axis in axes for words in axis["ticktext"] if words]


@each_age
@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["equity", "drawdown", "rolling"])
def test_drawing_and_figure_say_the_same(name, age, width, drawn):
    chart = drawn(*age)[name]
    words = sorted(each.replace(" ", "") for each in seen(chart.svg, width))
    assert words == sorted(each.replace(" ", "") for each in told(chart.figure, width))


@each_age
def test_every_axis_of_days_names_a_year(age, drawn):
    chart = drawn(*age)["equity"]
    narrow = chart.figure["layout"]["meta"]["narrow"]
    for axis in (name for name in narrow if name.startswith("x")):
        for words in (narrow[axis]["ticktext"], chart.figure["layout"][axis]["ticktext"]):
            assert any(re.search(r"\b(19|20)\d\d\b", each) for each in words), (axis, words)


@pytest.mark.parametrize("age", [(2770, 500), (300, 260), (2000, 120), (1000, 30)])
def test_an_axis_of_days_has_more_than_one_name(age, drawn):
    narrow = drawn(*age)["equity"].figure["layout"]["meta"]["narrow"]
    assert all(len(names["ticktext"]) > 1 for axis, names in narrow.items() if axis[0] == "x")


def test_a_phone_is_told_what_its_marks_are(drawn):
    words = seen(drawn(2770, 500)["equity"].svg, "narrow")
    assert "▲buy▼selllast 12 fills" in words
