"""The charts of a run alone: that they show the numbers they are given, whatever these are."""

import re
from itertools import pairwise
from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.charts import (
    annual,
    beta,
    break_even,
    distribution,
    excursions,
    exposure,
    growth,
    monthly,
)
from functions.charts.excursions import MOST, Trip
from functions.charts.grounds import bar, round_scale
from functions.charts.scale import Scale
from functions.charts.series import day_of, phases
from functions.charts.subject import Subject
from functions.charts.svg import Box

ME = Subject("run", "<b>Bobby</b> & co", "Buy <i>and</i> hold")
SVG = "{http://www.w3.org/2000/svg}"
returns = st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=200)


def texts(svg):
    return ["".join(part.itertext()) for part in ET.fromstring(svg).iter(f"{SVG}text")]


def rects(svg):
    return list(ET.fromstring(svg).iter(f"{SVG}rect"))


def description(svg):
    return ET.fromstring(svg).find(f"{SVG}desc").text


def document(equity, benchmark=None, start=100.0, first="2012-01-02"):
    days = [f"{first[:8]}{int(first[8:]) + at:02}" for at in range(len(equity))]
    return {
        "backtest": {"sessions": days, "equity": equity, "benchmark": benchmark, "start": start}
    }


def yearly(growths, benchmark=None):
    days = [f"{2010 + at}-12-31" for at in range(len(growths))]
    told = {"sessions": days, "equity": growths, "benchmark": benchmark, "start": 100.0}
    return {"backtest": told}


@given(returns)
def test_each_session_is_counted_once_in_the_step_that_holds_it(values):
    found = distribution.bins_of(values)
    assert sum(each.sessions for each in found) == len(values)
    inner = found[1:-1]
    for each in inner:
        inside = sum(each.low <= value < each.high for value in values)
        on_the_edge = sum(
            min(abs(value - each.low), abs(value - each.high)) < 1e-12 for value in values
        )
        assert abs(each.sessions - inside) <= on_the_edge


@given(returns)
def test_steps_touch_and_zero_is_an_edge(values):
    found = distribution.bins_of(values)
    for one, other in pairwise(found):
        assert one.high == pytest.approx(other.low)
    assert found[0].low <= 0.0 <= found[-1].high + 1e-12
    assert any(abs(each.low) < 1e-12 or abs(each.high) < 1e-12 for each in found)
    assert len(found) <= 120


def test_a_distribution_points_at_what_is_rare():
    svg = distribution.svg(ME, [0.01, -0.02, 0.03], [(-0.02, "one in twenty worse than −2.0%")])
    assert "one in twenty worse than −2.0%" in texts(svg)
    assert "2 of 3 sessions gained, 1 lost." in description(svg)


def test_years_compound_to_the_whole_and_stand_beside_the_benchmarks():
    told = yearly([110.0, 99.0, 148.5], [120.0, 120.0, 60.0])
    (phase,) = phases(told)
    assert [each.year for each in annual.years_of(phase)] == [2010, 2011, 2012]
    assert [each.own for each in annual.years_of(phase)] == pytest.approx([0.1, -0.1, 0.5])
    assert [each.benchmark for each in annual.years_of(phase)] == pytest.approx([0.2, 0.0, -0.5])
    svg = annual.svg(ME, told)
    assert {"+10%", "−10%", "+50%", "2010", "2012"} <= set(texts(svg))
    assert "2010 +10.0%, 2011 −10.0%, 2012 +50.0%." in description(svg)
    assert len(rects(svg)) == 6


def test_bars_are_as_long_as_their_values():
    svg = annual.svg(ME, yearly([110.0, 99.0, 148.5]))
    heights = [float(part.get("height")) for part in rects(svg)]
    assert heights[0] == pytest.approx(heights[1], abs=0.02)
    assert heights[2] == pytest.approx(5 * heights[0], abs=0.1)


def test_sixty_years_are_drawn_without_a_number_on_each():
    svg = annual.svg(ME, yearly([100.0 * 1.05**at for at in range(1, 61)]))
    assert len(rects(svg)) == 60
    assert texts(svg).count("+5%") <= 1  # of the axis
    assert len([words for words in texts(svg) if re.fullmatch(r"\d{4}", words)]) <= 12


def test_exposure_is_drawn_in_means_of_equal_stretches():
    sessions = 1800
    told = {"sessions": [f"{2000 + at // 360}-{at // 30 % 12 + 1:02}-{at % 30 + 1:02}"
                         for at in range(sessions)]}  # fmt: skip
    told["sessions"] = [day for day in told["sessions"] if not re.search(r"-02-(29|30)", day)]
    count = len(told["sessions"])
    told |= {"equity": [100.0] * count, "benchmark": None, "start": 100.0}
    halves = [1.0] * (count // 2) + [0.0] * (count - count // 2)
    svg = exposure.svg(ME, {"backtest": told}, halves, {"2000-03": 0.5, "2000-04": 1.0})
    assert exposure.at_once(count) == 3
    assert any("means of 3 sessions" in words for words in texts(svg))
    assert "On average 50% of the account was at work, at most 100%." in description(svg)
    low, high = (float(part.get("height")) for part in rects(svg) if part.get("fill-opacity"))
    assert high == pytest.approx(2 * low, abs=0.05)


def test_a_beta_of_one_is_drawn_where_one_is():
    walk = [100.0 * (1.01 if at % 2 else 0.995) ** at for at in range(100)]
    (one,) = beta.slopes(ME, document_of(walk))
    assert list(one.values.values()) == pytest.approx([1.0] * len(one.values))
    assert one.values
    assert "from 1.00 to 1.00" in description(beta.svg(ME, [one]))


def document_of(walk):
    days = [f"2012-{at // 28 + 1:02}-{at % 28 + 1:02}" for at in range(len(walk))]
    told = {"sessions": days, "equity": walk, "benchmark": walk, "start": 100.0}
    return {"backtest": told}


def test_without_a_benchmark_there_is_no_beta():
    assert beta.slopes(ME, document([100.0, 101.0])) == []


def test_a_dot_stands_where_its_trip_does():
    svg = excursions.svg(ME, [Trip(-0.1, 0.2, 0.1)])
    worst, best = re.findall(r'd="M(\d+) (\d+)h0"', svg)
    across = Scale(0.0, 0.1 * 1.05).share(0.1) * 1000
    assert abs(int(worst[0]) - across) <= excursions.FINE
    assert worst[1] == best[1]
    assert "1 round trips, 1 with a gain." in description(svg)


def test_one_trip_far_out_does_not_hide_the_others():
    near = [Trip(-0.01 - at / 2000, 0.01 + at / 1000, at / 1000 - 0.01) for at in range(40)]
    far = [*near, Trip(-0.02, 3.0, 2.25)]
    assert not excursions.has_edge(near)
    assert excursions.has_edge(far)
    svg = excursions.svg(ME, far)
    assert texts(svg).count("1 beyond lies on the edge") == 2
    assert "beyond" not in excursions.svg(ME, near)
    across = [int(x) for data in re.findall(r'd="((?:M\d+ \d+h0)+)"', svg)
              for x in re.findall(r"M(\d+) ", data)]  # fmt: skip
    assert max(across) <= 1000
    assert sum(x > 300 for x in across) > 30, "the others fill the panel"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_thousand_trips_take_a_bounded_room(seed):
    random = Random(seed)
    trips = [
        Trip(-abs(random.gauss(0, 0.05)), abs(random.gauss(0, 0.05)), random.gauss(0, 0.05))
        for _ in range(10_000)
    ]
    svg = excursions.svg(ME, trips)
    assert svg.count("h0") <= 4 * MOST
    assert len(svg) < 110_000
    assert svg.count("h0") > 500


@pytest.mark.parametrize(
    ("paid", "allowed", "room"), [(10.0, 40.0, 95.24), (10.0, 5.0, 40.0), (10.0, 500.0, 100.0)]
)
def test_what_was_paid_lies_beside_what_could_have_been(paid, allowed, room):
    svg = break_even.svg(ME, paid, allowed)
    (_, green, red) = (float(part.get("width")[:-1]) for part in rects(svg))
    assert green == pytest.approx(room, abs=0.01)
    assert (red < green) == (paid < allowed)
    assert ("→" in svg) == (allowed > 12 * paid)


def test_growth_names_every_run_apart():
    days = ["2012-01-02", "2012-01-03"]
    names = [f"run {at}" for at in range(6)]
    svg = growth.svg(names, days, [[1.0, 1.1, 1.0 + at / 10] for at in range(1, 7)])
    assert set(names) <= set(texts(svg))
    assert len({growth.pen(at) for at in range(6)}) == 6
    assert len({growth.pen(at)[1] for at in range(6)}) == 6
    assert "run 5: +60.0%." in description(svg)


def test_growth_without_a_shared_day_is_empty_and_says_so():
    svg = growth.svg(["one", "other"], [], [[1.0], [1.0]])
    assert description(svg) == "No day yet."


@pytest.mark.parametrize(
    "svg",
    [
        distribution.svg(ME, [], []),
        distribution.svg(ME, [0.0], [(0.0, "<b>")]),
        annual.svg(ME, {}),
        annual.svg(ME, document([100.0])),
        exposure.svg(ME, {}, [], {}),
        exposure.svg(ME, document([100.0]), [0.0], {"2012-01": 0.0}),
        beta.svg(ME, []),
        excursions.svg(ME, []),
        excursions.svg(ME, [Trip(0.0, 0.0, 0.0)]),
        break_even.svg(ME, 0.0, 0.0),
        growth.svg(["<b>x</b>"], ["2012-01-02"], [[1.0, 0.0]]),
    ],
)
def test_whatever_there_is_it_is_xml_with_a_name_and_what_users_write_is_text(svg):
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text.startswith("Simulated ")
    assert root.find(f"{SVG}desc").text
    assert not {f"{SVG}b", f"{SVG}i", f"{SVG}script"} & {part.tag for part in root.iter()}
    assert "nan" not in svg
    assert "inf" not in re.sub("[a-z]*inf[a-z]+", "", svg)


def test_a_bar_spans_its_two_ends():
    drawn = ET.fromstring(bar(Box(0.0, 1.0, 0, 100), (0.25, 0.5), (0.8, 0.2), "accent"))
    assert (drawn.get("x"), drawn.get("width")) == ("25%", "25%")
    assert (float(drawn.get("y")), float(drawn.get("height"))) == pytest.approx((20.0, 60.0))


def test_a_round_scale_leaves_air_where_values_are():
    assert round_scale(0.0, 1.0) == Scale(0.0, 1.06)
    assert round_scale(-1.0, 0.0) == Scale(-1.06, 0.0)


def test_instants_lie_inside_their_day():
    assert day_of("2012-01-09T12:00:00Z") == day_of("2012-01-09") + 0.5


def test_three_digits_are_written_smaller_and_nothing_is_no_gain():
    sessions = ["2020-01-30", "2020-01-31", "2020-02-28", "2021-01-29"]
    curves = {"backtest": {"sessions": sessions, "equity": [1.0, 3.5, 3.6, 3.6], "start": 1.0}}
    drawn = monthly.svg(Subject("run", "X", None), curves)
    assert re.search(r'<text[^>]*font-size="8"[^>]*>250</text>', drawn)
    assert not re.search(r'<text[^>]*font-size="8"[^>]*>3</text>', drawn)
    total = re.search(r"<text[^>]*>0.0%</text>", drawn)
    assert total
    assert "--muted" in total[0]
