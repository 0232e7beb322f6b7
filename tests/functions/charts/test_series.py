"""What curves say, by laws and by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.charts.returns_table import fullest, lines, short_percent, whole_percent
from functions.charts.scale import Scale, date_ticks, money, spanning, ticks
from functions.charts.series import Phase, drawdowns, months, outline, phases, weekly, years

values = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=60)


@given(values)
def test_a_drawdown_is_never_above_zero_and_zero_at_the_peak(curve):
    found = drawdowns(curve)
    assert all(-1.0 <= each <= 0.0 for each in found)
    assert found[curve.index(max(curve))] == 0.0


@given(st.lists(st.floats(0.9, 1.1), min_size=90, max_size=400))
def test_months_and_years_compound_to_the_whole(steps):
    equity = [100.0]
    for step in steps:
        equity.append(equity[-1] * step)
    first = date(2011, 11, 20).toordinal()
    days = [date.fromordinal(first + at).isoformat() for at in range(len(equity))]
    phase = Phase("record", days, equity, None)
    for table in (months(phase), years(phase)):
        whole = 1.0
        for each in table.values():
            whole *= 1.0 + each
        assert whole == pytest.approx(equity[-1] / equity[0], rel=1e-9)


def test_months_are_told_from_the_last_session_of_the_month_before():
    days = ["2012-11-29", "2012-11-30", "2012-12-03", "2012-12-31", "2013-01-02"]
    phase = Phase("record", days, [100.0, 110.0, 50.0, 121.0, 60.5], None)
    assert months(phase) == pytest.approx({(2012, 11): 0.1, (2012, 12): 0.1, (2013, 1): -0.5})
    assert years(phase) == pytest.approx({(2012, 0): 0.21, (2013, 0): -0.5})


@given(values, st.integers(1, 20))
def test_an_outline_keeps_the_ends_and_the_extremes(curve, buckets):
    kept = outline(curve, buckets)
    assert kept == sorted(set(kept))
    assert {0, len(curve) - 1} <= set(kept)
    shown = [curve[at] for at in kept]
    assert (min(shown), max(shown)) == (min(curve), max(curve))
    assert len(kept) <= 2 * buckets + 2


def test_weeks_keep_their_last_session():
    days = [date.fromordinal(730_000 + at) for at in range(1500)]
    sessions = [day.isoformat() for day in days if day.weekday() < 5]
    phase = Phase("backtest", sessions, list(range(1, len(sessions) + 1)), None)
    kept = [date.fromisoformat(phase.sessions[at]) for at in weekly(phase)]
    assert {day.weekday() for day in kept[1:-1]} == {4}
    assert (kept[0].isoformat(), kept[-1].isoformat()) == (sessions[0], sessions[-1])


def test_phases_without_a_session_are_none():
    empty = {"sessions": [], "equity": [], "benchmark": None}
    full = {"sessions": ["2012-01-03"], "equity": [1.0], "benchmark": None}
    assert [each.name for each in phases({"backtest": empty, "record": full})] == ["record"]
    assert phases({}) == []


@given(st.floats(0.01, 1e9), st.floats(0.01, 1e9), st.booleans())
def test_ticks_lie_inside_their_scale_and_are_few(one, other, log):
    scale = spanning([one, other], log=log)
    found = ticks(scale, 5)
    assert all(scale.low <= each <= scale.high for each in found)
    assert 1 <= len(found) <= 12
    assert found == sorted(set(found))
    assert 0.0 <= scale.share(min(one, other)) <= scale.share(max(one, other)) <= 1.0


@given(st.integers(700_000, 740_000), st.integers(1, 15_000), st.integers(2, 6))
def test_named_days_lie_inside_and_do_not_crowd(first, span, wanted):
    found = date_ticks(first, first + span, wanted)
    assert all(first <= day <= first + span for day, _ in found)
    assert len(found) <= 2 * wanted + 1


@pytest.mark.parametrize(
    ("value", "words"),
    [(100_250.0, "$100.25k"), (99_500.0, "$99.5k"), (9_999.0, "$9,999"), (1.25e9, "$1.25bn")],
)
def test_money_on_an_axis_is_never_rounded_to_another_value(value, words):
    assert money(value) == words


def test_a_heat_map_keeps_phases_apart_even_within_a_year():
    backtest = Phase("backtest", ["2012-01-03", "2012-02-01"], [1.0, 1.1], None)
    record = Phase("record", ["2012-02-02", "2012-02-03"], [1.0, 0.9], None)
    table = lines([backtest, record])
    assert [(line.phase, line.year) for line in table] == [
        ("backtest", None),
        ("backtest", 2012),
        ("record", None),
        ("record", 2012),
    ]
    assert table[1].values[1] == pytest.approx(0.1)
    assert table[3].values[1] == pytest.approx(-0.1)


def test_one_wild_month_does_not_pale_the_others():
    table = [line for year in range(3) for line in lines([_steady(2000 + year)])]
    assert fullest(table) == 0.04
    assert fullest([]) == 0.04


def _steady(year):
    days = [f"{year}-{month:02}-15" for month in range(1, 13)]
    return Phase("backtest", days, [1.01**at for at in range(11)] + [3.0], None)


@given(st.floats(-0.99, 9.0))
def test_a_cell_has_room_for_its_number(value):
    assert len(short_percent(value)) <= 4
    assert len(whole_percent(value)) <= 3


def test_shares_of_a_logarithmic_scale():
    assert Scale(1.0, 10_000.0, log=True).share(100.0) == pytest.approx(0.5)
