"""The rolling Sharpe ratio: the right numbers, its interval, and nothing of too young a phase."""

import numpy as np
import pytest

from engine.metrics.ratios import sharpe_ratio
from functions.charts import charts
from functions.charts.rolling import rollings, scale_of
from functions.charts.subject import Subject
from functions.charts.windows import reach


def of(robot):
    return rollings(Subject.of(robot.summary), robot.curves)


def test_each_point_is_the_metric_over_its_window(whole):
    backtest, record = of(whole)
    assert (backtest.window, record.window) == (252, 252)
    for one in (backtest, record):
        equity = np.array(one.panel.phase.equity)
        for at in (0, len(one.places) // 2, -1):
            last = one.places[at] + 1
            inside = equity[last - one.window - 1 : last]
            wanted = sharpe_ratio(inside[1:] / inside[:-1] - 1.0, 252)
            assert one.own[at] == pytest.approx(wanted)


def test_the_interval_is_as_wide_as_its_reach(whole):
    for one in of(whole):
        for own, low, high in zip(one.own, one.low, one.high, strict=True):
            far = reach(own, one.window, 252.0)
            assert (own - low, high - own) == pytest.approx((far, far))


def test_a_young_record_says_from_when_on_it_is_told(published):
    robot = published(2770, 30)
    _, record = of(robot)
    assert not record.places
    chart = charts(*robot.documents)["rolling"]
    assert ">after 63 sessions<" in chart.svg
    words = [note["text"] for note in chart.figure["layout"]["annotations"]]
    assert "after 63 sessions" in words
    assert "The record has fewer than 63 sessions." in chart.svg


def test_figure_and_drawing_are_made_from_the_same_points(whole):
    _, record = of(whole)
    figure = charts(*whole.documents)["rolling"].figure
    traces = [trace for trace in figure["data"] if trace["xaxis"] == "x2"]
    low, high, benchmark, own = traces
    assert own["x"] == [whole.curves["record"]["sessions"][at] for at in record.places]
    assert own["y"] == [round(each, 2) for each in record.own]
    assert low["y"] == [round(each, 2) for each in record.low]
    assert high["y"] == [round(each, 2) for each in record.high]
    assert high["fill"] == "tonexty"
    assert (own["name"], benchmark["name"]) == ("SMA cross", "Buy and hold")


def test_both_phases_share_a_scale_that_holds_all_of_it(whole):
    shown = of(whole)
    scale = scale_of(shown)
    values = [value for one in shown for value in (*one.low, *one.high)]
    assert scale.low < min(values) < 0 < max(values) < scale.high
    axes = charts(*whole.documents)["rolling"].figure["layout"]
    assert axes["yaxis"]["range"] == axes["yaxis2"]["range"]


def test_a_market_without_weekends_has_a_longer_year(published):
    robot = published(2770, 500)
    robot.summary["calendar"] = "24/7"
    backtest, _ = of(robot)
    assert backtest.window == 365
