from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Action, Market
from engine.errors import DataError, ParameterError
from engine.money import UNIT
from tests.builders.bars import NAN, bars, market, random_market

pytestmark = pytest.mark.engine

SPLIT_DAY = date(2012, 1, 11)


def test_the_scale_starts_at_one_and_a_split_multiplies_from_its_day_on():
    made = market({"AAPL": [100.0, 102.0, 51.0, 52.0]}, [Action("AAPL", SPLIT_DAY, "split", 2.0)])
    assert made.close[:, 0].tolist() == [100.0, 102.0, 102.0, 104.0]
    assert made.raw.close[:, 0].tolist() == [100.0, 102.0, 51.0, 52.0]
    assert (made.volume[:, 0] / made.raw.volume[:, 0]).tolist() == [1.0, 1.0, 0.5, 0.5]


def test_a_dividend_raises_the_scale_by_its_share_of_the_close_before():
    made = market({"IBM": [100.0, 100.0, 98.0]}, [Action("IBM", SPLIT_DAY, "dividend", 2.0)])
    assert made.close[:, 0] == pytest.approx([100.0, 100.0, 100.0])


def test_a_dividend_on_the_day_of_a_split_counts_in_the_new_shares():
    actions = [
        Action("IBM", SPLIT_DAY, "dividend", 1.0),
        Action("IBM", SPLIT_DAY, "split", 2.0),
    ]
    made = market({"IBM": [100.0, 100.0, 49.0]}, actions)
    assert made.close[2, 0] == pytest.approx(100.0)


def test_a_split_within_a_gap_is_in_the_price_that_marks_it():
    made = market({"IBM": [100.0, 100.0, NAN, NAN, 50.0]}, [Action("IBM", SPLIT_DAY, "split", 2.0)])
    assert (made.prices.close[:, 0] / UNIT).tolist() == [100.0, 100.0, 50.0, 50.0, 50.0]
    assert (made.prices.open[:, 0] / UNIT).tolist() == [100.0, 100.0, 50.0, 50.0, 50.0]


def test_actions_outside_the_timeline_change_nothing():
    actions = [
        Action("IBM", date(2011, 1, 1), "split", 2.0),
        Action("IBM", date(2013, 1, 1), "dividend", 5.0),
    ]
    made = market({"IBM": [100.0, 101.0]}, actions)
    assert made.close[:, 0].tolist() == [100.0, 101.0]
    assert not made.prices.has_action.any()


@given(seed=st.integers(0, 50), day=st.integers(0, 59), value=st.floats(0.2, 5.0), rows=st.data())
def test_a_later_action_never_changes_an_earlier_number(seed, day, value, rows):
    plain = random_market(seed, rows=60)
    split = Action("IBM", plain.sessions[day].item(), "split", value)
    with_split = Market.build(plain.symbols, plain.raw, [split])
    known = rows.draw(st.integers(1, 60))
    for name in ("open", "high", "low", "close", "volume"):
        full, head = getattr(with_split, name), getattr(with_split.head(known), name)
        np.testing.assert_array_equal(full[:known], head)
        np.testing.assert_array_equal(full[:day], getattr(plain, name)[:day])


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (Action("SPX", SPLIT_DAY, "split", 2.0), "split of SPX on 2012-01-11 belongs to no symbol"),
        (Action("IBM", SPLIT_DAY, "merger", 2.0), "merger of IBM on 2012-01-11 has no known kind"),
        (Action("IBM", SPLIT_DAY, "split", 0.0), "must be above 0 and finite, was 0.0"),
        (Action("IBM", SPLIT_DAY, "dividend", NAN), "must be above 0 and finite, was nan"),
        (Action("IBM", SPLIT_DAY, "dividend", 100.0), "dividend of IBM on 2012-01-11 is not below"),
    ],
)
def test_a_bad_action_is_named_with_the_way_out(action, message):
    with pytest.raises(DataError, match=message):
        _ = market({"IBM": [100.0, 100.0, 100.0]}, [action]).close


def test_a_day_after_the_last_bar_has_no_row():
    with pytest.raises(DataError, match="no bars of IBM from 2013-01-01; the last session is"):
        market({"IBM": [100.0]}).row_of(date(2013, 1, 1))


def test_a_day_without_a_session_finds_the_next():
    assert market({"IBM": [1.0] * 8}).row_of(date(2012, 1, 14)) == 5


def test_a_market_is_shown_by_its_symbols_and_stretch():
    made = market({"IBM": [1.0] * 3, "FB": [2.0] * 3})
    assert repr(made) == "Market(IBM, FB; 2012-01-09 to 2012-01-11, 3 rows)"


@pytest.mark.parametrize(
    ("kind", "value"), [("split", 2.0), ("delisting", NAN), ("delisting", 5.0)]
)
def test_an_action_that_is_there_twice_is_refused(kind, value):
    twice = [Action("IBM", SPLIT_DAY, kind, value), Action("IBM", SPLIT_DAY, kind, value)]
    with pytest.raises(DataError, match=f"the {kind} of IBM on 2012-01-11 is there twice; keep it"):
        market({"IBM": [100.0] * 4}, twice)


def test_a_special_dividend_may_equal_the_ordinary_one():
    made = market({"IBM": [100.0] * 4}, [Action("IBM", SPLIT_DAY, "dividend", 1.0)] * 2)
    assert made.factors[-1, 0] == pytest.approx(1 / 0.98)


@pytest.mark.parametrize("length", [None, 5, "", "2d"])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(ParameterError, match=f"bars can be put together to .* not {length!r}"):
        market({"IBM": [100.0] * 4}).resample(length)


@pytest.mark.parametrize("symbol", [5, None, "", " ", "I\nBM", ["IBM"]])
def test_a_symbol_is_a_word(symbol):
    with pytest.raises(DataError, match="a symbol must be text on one line like 'IBM', was"):
        Market.build([symbol], bars(np.ones((2, 1))))
