"""The equity chart: the right points, the right fills, nothing hidden without a word."""

from xml.etree import ElementTree as ET

import pytest

from functions.charts import charts
from functions.charts.equity import PLOT
from functions.charts.fills import MARKED, ON_PHONE, SHAPES
from functions.charts.fills_figure import TOLD
from functions.charts.panels import panels
from functions.charts.series import phases


def traces(robot, name):
    figure = charts(*robot.documents)["equity"].figure
    return [trace for trace in figure["data"] if trace["name"] == name]


def test_the_record_keeps_every_session_in_cents(whole):
    _, record = traces(whole, "SMA cross")
    assert record["x"] == whole.curves["record"]["sessions"]
    assert record["y"] == [round(each, 2) for each in whole.curves["record"]["equity"]]


def test_a_long_backtest_is_drawn_by_weeks_and_says_so(whole):
    backtest, _ = traces(whole, "SMA cross")
    curve = dict(
        zip(whole.curves["backtest"]["sessions"], whole.curves["backtest"]["equity"], strict=True)
    )
    assert 500 < len(backtest["x"]) < 600
    assert all(y == round(curve[x], 2) for x, y in zip(backtest["x"], backtest["y"], strict=True))
    assert {min(curve), max(curve)} <= set(backtest["x"])
    assert round(max(curve.values()), 2) in backtest["y"]
    note = charts(*whole.documents)["equity"].figure["layout"]["meta"]["note"]
    assert note == "The backtest is drawn by weeks."


def test_a_short_backtest_keeps_every_session(published):
    robot = published(900, 5)
    backtest, _ = traces(robot, "SMA cross")
    assert len(backtest["x"]) == 900
    assert charts(*robot.documents)["equity"].figure["layout"]["meta"]["note"] is None


def test_fills_stand_beside_the_curve_of_their_session(published):
    robot = published(100, 60)
    robot.trades["items"] = robot.trades["items"][-1:]
    (fill,) = robot.trades["items"]
    (mark,) = traces(robot, fill["side"])
    at = robot.curves["record"]["sessions"].index(fill["session"])
    assert mark["x"] == [fill["session"]]
    low, high = charts(*robot.documents)["equity"].figure["layout"]["yaxis2"]["range"]
    above = (mark["y"][0] - robot.curves["record"]["equity"][at]) / (high - low) * PLOT
    assert above == pytest.approx(-11 if fill["side"] == "buy" else 11, abs=0.01)
    assert mark["text"] == [f"{fill['side']} 57 IBM at 181.10"]
    assert mark["xaxis"] == "x2"


def test_a_short_sale_and_what_filled_it_are_told(published):
    robot = published(100, 60)
    fill = robot.trades["items"][-1] | {"side": "sell"}
    for told, words in [
        ({"action": "sell short", "reason": None}, "sell short 57 IBM at 181.10"),
        ({"action": "sell", "reason": "stop loss"}, "sell 57 IBM at 181.10, stop loss"),
    ]:
        robot.trades["items"] = [fill | told]
        (mark,) = traces(robot, "sell")
        assert mark["text"] == [words]


def test_fills_of_one_session_and_side_share_a_mark(published):
    robot = published(100, 60)
    (fill, *_) = [each for each in robot.trades["items"] if each["phase"] == "record"]
    robot.trades["items"] = [fill, fill | {"symbol": "AAPL", "quantity": "0.50000000"}]
    (mark,) = traces(robot, fill["side"])
    assert mark["text"] == [f"{fill['side']} 57 IBM at 181.10<br>{fill['side']} 0.5 AAPL at 181.10"]


def on_every_day(robot, phase):
    """A fill on each day of a phase, two on the last."""
    sessions = robot.curves[phase]["sessions"]
    fill = robot.trades["items"][0] | {"phase": phase, "side": "buy"}
    robot.trades["items"] = [fill | {"session": each} for each in [*sessions, sessions[-1]]]
    return sessions


def test_every_day_of_the_backtests_fills_is_marked_in_both(published):
    robot = published(1500, 5)
    sessions = on_every_day(robot, "backtest")
    (mark,) = traces(robot, "fills")
    assert mark["x"] == sessions
    assert set(mark["text"][:-TOLD]) == {"1 buy"}
    assert mark["text"][-1] == "buy 57 IBM at 181.10<br>buy 57 IBM at 181.10"
    assert charts(*robot.documents)["equity"].svg.count("v6") == 1500


def test_where_not_all_fills_of_the_record_are_marked_it_is_said(published):
    robot = published(20, 600)
    sessions = on_every_day(robot, "record")
    (mark,) = traces(robot, "buy")
    assert mark["x"] == sessions[-MARKED:]
    assert mark["meta"]["on_phone"] == ON_PHONE
    svg = charts(*robot.documents)["equity"].svg
    assert f"last {MARKED + 1} fills" in svg
    assert f"last {ON_PHONE + 1} fills" in svg


def test_a_few_fills_are_all_marked_and_no_number_is_said(published):
    robot = published(20, 60)
    assert "last " not in charts(*robot.documents)["equity"].svg


def test_a_steep_curve_gets_a_logarithmic_scale(published):
    robot = published(60, 10)
    robot.curves["backtest"]["equity"] = [100_000.0 * 1.05**at for at in range(60)]
    layout = charts(*robot.documents)["equity"].figure["layout"]
    assert (layout["yaxis"]["type"], layout["yaxis2"]["type"]) == ("log", "linear")
    words = [each["text"] for each in layout["annotations"] if "name" not in each]
    assert ["log scale" in each for each in words] == [True, False]


def test_the_description_tells_what_the_curve_shows(published):
    robot = published(3, 2)
    robot.curves["backtest"] |= {"equity": [100_000.0, 90_000.0, 112_345.6]}
    assert (
        "In the backtest from $100,000 on 2000-03-01 to $112,346 on 2000-03-03, +12.3%."
        in charts(*robot.documents)["equity"].svg
    )


@pytest.mark.parametrize(("record", "panels"), [(0, 1), (1, 2)])
def test_each_phase_has_its_own_panel_and_money_axis(record, panels, published):
    layout = charts(*published(50, record).documents)["equity"].figure["layout"]
    assert len([key for key in layout if key.startswith("yaxis")]) == panels


def elements(svg: str, tag: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_the_record_begins_at_its_line_and_ends_inside(published):
    chart = charts(*published(60, 60).documents)["equity"]
    [since] = [each for each in elements(chart.svg, "line") if "stroke-dasharray" in each]
    [point] = elements(chart.svg, "circle")
    lefts = [float(each["x"][:-1]) for each in elements(chart.svg, "svg") if "viewBox" in each]
    assert max(lefts) < float(since["x1"][:-1]) < float(point["cx"][:-1]) < 99.5
    places = panels(phases(published(60, 60).curves))[1].places
    assert float(since["x1"][:-1]) == pytest.approx(43 + 57 * places[0], abs=0.02)
    [divider] = [each for each in chart.figure["layout"]["shapes"] if each["type"] == "line"]
    assert divider["x0"] == divider["x1"] == places[0]


def test_a_phone_has_few_marks_and_half_the_values(published):
    drawn = ET.fromstring(charts(*published(60, 500).documents)["equity"].svg)
    hidden = [
        one for each in drawn.iter() if each.get("class") == "chart-wide" for one in each.iter()
    ]
    signs = {data for _, data in SHAPES.values()}
    triangles = [each for each in drawn.iter() if each.get("d") in signs]
    assert len(triangles) == 20
    assert sum(each not in hidden for each in triangles) == ON_PHONE
    values = [each for each in drawn.iter() if (each.text or "").startswith("$")]
    assert 0 < sum(each in hidden for each in values) < len(values)
