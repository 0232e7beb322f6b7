"""The curves of a card: what no longer changes, and nothing that could be written into it."""

import re
from xml.etree import ElementTree as ET

import pytest

from functions.charts.card import HEIGHT, WIDTH, card, whole_months
from functions.charts.series import Phase


def curves(record: list[tuple[str, float]], backtest: int = 40) -> dict:
    days = [f"2011-{1 + at // 28:02}-{1 + at % 28:02}" for at in range(backtest)]
    return {
        "backtest": {"sessions": days, "equity": [100.0 + at for at in range(backtest)]},
        "record": {"sessions": [day for day, _ in record], "equity": [each for _, each in record]},
    }


RECORD = [("2012-01-30", 100.0), ("2012-01-31", 102.0), ("2012-02-28", 104.0)]


def test_the_month_that_runs_is_not_shown():
    more = [*RECORD, ("2012-02-29", 150.0)]
    assert card(curves(more)) == card(curves(RECORD))
    assert card(curves([*more, ("2012-03-01", 90.0)])) != card(curves(RECORD))


@pytest.mark.parametrize(
    "told",
    [curves([]), curves(RECORD[:1]), curves(RECORD, backtest=0), curves([], backtest=0)],
    ids=["no record", "one session", "no backtest", "nothing"],
)
def test_every_phase_may_be_missing(told):
    drawing = ET.fromstring(card(told))
    assert drawing.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"


def test_every_point_is_inside_of_the_drawing():
    drawn = card(curves([(f"2012-{month:02}-15", 10.0**month) for month in range(1, 9)]))
    for data in re.findall(r' d="M([^"]+)"', drawn):
        for x, y in (map(float, point.split()) for point in data.split("L")):
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_a_ruined_account_is_drawn():
    assert "NaN" not in card(
        curves([("2012-01-30", 100.0), ("2012-02-01", 0.0), ("2012-03-01", 0)])
    )


def test_a_robot_registered_today_has_no_month_yet():
    young = Phase("record", [], [], None)
    assert whole_months(young) == young


def test_the_benchmark_is_named_where_there_is_one():
    told = curves(RECORD)
    assert "benchmark" not in card(told)
    told["record"]["benchmark"] = [100.0, 99.0, 98.0]
    assert card(told).count(">benchmark<") == 1
