"""Runs side by side: over the days that all share, and honest about luck."""

import json
import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Costs, Options, ParameterError
from functions.services.reporting.comparison import compared, names_of
from functions.services.reporting.comparison_sheet import comparison_sheet
from functions.services.reporting.daily import measured
from functions.services.reporting.shared_days import difference, shared
from tests.builders.bars import random_market
from tests.builders.finished import BOLD, KINDS, Turns, finished, ordinary


def run(first=date(2012, 1, 9), rows=120, seed=1, every=7, symbols=("IBM",)):
    return finished(Turns(every=every), random_market(seed, rows, symbols, gaps=0.0, first=first))


def test_a_run_beside_itself_does_not_differ():
    found = compared([run(), run()])
    (apart,) = found.differences
    assert (apart.estimate.value, apart.estimate.low, apart.estimate.high) == (0.0, 0.0, 0.0)
    assert "may be luck" in apart.text
    assert found.correlation == ((pytest.approx(1.0),) * 2,) * 2
    assert found.sessions == 120


def test_what_all_share_is_measured_again_over_those_days_alone():
    early, late = run(), run(first=date(2012, 3, 5), seed=2)
    found = compared([early, late])
    assert (found.first, found.last) == ("2012-03-05", str(early.run.sessions[-1]))
    own = measured(early)
    at = int(np.searchsorted(own.sessions, np.datetime64("2012-03-05")))
    growth = own.equity[-1] / own.equity[at] - 1.0
    assert found.runs[0].shared["total_return"].value == pytest.approx(growth)
    assert found.runs[0].metrics["total_return"].value == early.metrics["total_return"].value
    assert found.curves[0][-1] == pytest.approx(1.0 + growth)
    assert len(found.curves[0]) == found.sessions + 1


def test_correlation_is_that_of_the_returns():
    one, other = run(seed=1), run(seed=2)
    found = compared([one, other])
    wanted = np.corrcoef(measured(one).returns, measured(other).returns)[0, 1]
    assert found.correlation[0][1] == pytest.approx(wanted)
    assert found.correlation[0][1] == found.correlation[1][0]


def test_runs_that_share_no_day_say_so():
    found = compared([run(), run(first=date(2020, 1, 6))])
    assert (found.first, found.sessions, found.correlation[0][1]) == (None, 0, None)
    assert "share too few days" in found.differences[0].text
    assert "They share no day" in comparison_sheet(found)


def test_a_comparison_has_two_sides():
    with pytest.raises(ParameterError, match="needs two runs at least, had 1"):
        compared([run()])


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(-0.01, 0.01))
def test_the_difference_turns_with_its_sides_and_holds_its_mean(seed, more):
    one, other = np.random.default_rng(seed).normal(0.0, 0.01, (2, 50))
    here, there = difference(one + more, other, 252), difference(other, one + more, 252)
    assert here.value == pytest.approx(-there.value)
    assert (here.low, here.high) == pytest.approx((-there.high, -there.low))
    assert here.low < here.value < here.high
    assert here.value == pytest.approx((one + more - other).mean() * 252)


def test_its_interval_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(7)
    truth, held = 0.0005 * 252, 0
    for _ in range(1000):
        one, other = rng.normal(0.0, 0.01, (2, 250))
        found = difference(one + 0.0005, other, 252)
        held += found.low <= truth <= found.high
    assert 930 <= held <= 970


def test_a_difference_that_never_wavers_is_no_luck():
    better, worse = np.full(100, 0.002), np.full(100, 0.001)
    found = difference(better, worse, 252)
    assert found.low > 0


def test_runs_are_named_apart():
    one, other, twin = run(), run(every=8), run(every=8)
    assert names_of([one, other]) == ["Turns (every 7)", "Turns (every 8)"]
    assert names_of([other, twin]) == ["Turns (every 8), 1", "Turns (every 8), 2"]
    spx = run(every=8, symbols=("SPX",))
    assert names_of([other, spx]) == ["Turns (every 8) on IBM", "Turns (every 8) on SPX"]


def test_the_calendar_with_fewer_sessions_counts():
    assert shared([run(), run()]).periods_per_year == 252


def test_it_is_plain_json_without_curves():
    told = compared([run(), run(seed=2)]).to_dict()
    again = json.loads(json.dumps(told, allow_nan=False))
    assert set(again) == {
        "runs",
        "first",
        "last",
        "sessions",
        "correlation",
        "differences",
        "caution",
    }
    assert again["runs"][0]["metrics"]["total_return"]["value"] is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_stand_beside_an_ordinary_one(kind, of_kind):
    page = comparison_sheet(compared([ordinary(300), of_kind(kind)]))
    assert "<script" not in page
    assert "<b>Bobby" not in page
    assert not re.search(r"\bnan\b", page)


def test_names_are_text(of_kind):
    found = compared([of_kind("bold"), ordinary(100)])
    assert found.runs[0].name.startswith("<b>Bobby")
    assert BOLD.replace("<", "&lt;").split(">")[0] in comparison_sheet(found)


def test_the_same_comparison_gives_the_same_bytes():
    pages = {comparison_sheet(compared([run(), run(seed=2)])) for _ in range(2)}
    assert len(pages) == 1


def test_runs_of_other_options_are_named_by_the_option():
    over = random_market(1, 60, ("IBM",))
    dear = finished(Turns(), over, options=Options(costs=Costs(commission_bps=50.0)))
    found = compared([finished(Turns(), over), dear])
    assert [each.name for each in found.runs] == [
        "Turns (every 7), commission_bps 5",
        "Turns (every 7), commission_bps 50",
    ]
    assert [dict(each.options) for each in found.runs] == [{}, {"commission_bps": "50"}]
    page = comparison_sheet(found)
    assert "Options of its own" in page


def test_a_ruined_run_stays_at_what_it_was_left_until_the_last_shared_day(of_kind):
    lost = of_kind("ruined")
    held = finished(Turns(), lost.run.market)
    found = compared([lost, held])
    assert lost.run.ruined
    assert (found.sessions, found.last) == (6, str(lost.run.sessions[-1]))
    left = lost.run.equity[-1] / lost.run.start_equity * 1e8
    assert found.curves[0][-3:] == pytest.approx((left,) * 3)
    assert found.runs[1].shared["total_return"].value == pytest.approx(
        held.run.equity[-1] / 100_000 - 1
    )


def test_what_must_be_said_of_a_run_is_said_of_it_in_a_comparison(of_kind):
    lost = of_kind("ruined")
    found = compared([lost, finished(Turns(), lost.run.market)])
    assert any(
        note.startswith("ruined: equity fell to -292,588.10") for note in found.runs[0].notes
    )
    assert "ruined: equity fell to -292,588.10 on 2012-01-12" in comparison_sheet(found)


def test_a_run_that_was_ruined_before_the_shared_days_is_not_measured_over_them(of_kind):
    lost = of_kind("ruined")
    late = finished(Turns(), random_market(1, 30, ("IBM",), gaps=0.0, first=date(2012, 1, 13)))
    found = compared([lost, late])
    assert found.first == "2012-01-13"
    assert found.runs[0].shared["cagr"].reason == "ruined before the days that all share"
    assert "ruined before" in comparison_sheet(found)


def test_many_pairs_have_wider_intervals_and_that_is_said():
    runs = [run(seed=seed) for seed in (1, 2, 3)]
    both, three = compared(runs[:2]), compared(runs)
    one, same = both.differences[0].estimate, three.differences[0].estimate
    assert same.value == one.value
    assert (same.high - same.low) / (one.high - one.low) == pytest.approx(2.394 / 1.960, abs=1e-3)
    assert "3 pairs are compared" in three.caution
    assert "pairs" not in both.caution
    assert three.caution in comparison_sheet(three).replace("&#39;", "'")
