"""A run's name: the same for the same run, another for anything that could change it."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Action, Market, Options
from functions.services.reporting.identity import bars_hash, identity
from tests.builders.bars import FIRST, bars, market, random_market
from tests.builders.finished import Turns, finished


def turned(over=None, every=7, **more):
    return finished(Turns(every=every), over or random_market(1, 60, ("IBM",)), **more)


def test_the_same_run_has_the_same_name():
    assert identity(turned(code="x")) == identity(turned(code="x"))


@pytest.mark.parametrize(
    ("other", "part"),
    [
        ({"over": random_market(2, 60, ("IBM",))}, "bars"),
        ({"every": 8}, "settings"),
        ({"options": Options(lot_size=2.0)}, "settings"),
        ({"cash": "100001"}, "settings"),
        ({"code": "y"}, "code"),
    ],
)
def test_whatever_a_run_is_made_from_is_in_its_name(other, part):
    one, another = identity(turned(**{"code": "x"} | other)), identity(turned(code="x"))
    assert one.run != another.run
    changed = {name for name in one._fields if getattr(one, name) != getattr(another, name)}
    assert changed - {"result"} == {"run", part}


def test_how_it_is_shown_is_not_in_its_name():
    told = turned(code="x")
    shown = replace(told, benchmark=None, metrics={}, source="another", left_out={"late": 3})
    assert identity(shown) == identity(told)


def test_a_cent_in_the_last_bar_changes_bars_and_result():
    prices = [100.0, 101.0, 102.0, 103.0]
    one, other = (
        identity(turned(market({"IBM": [*prices[:-1], last]}), every=2)) for last in (103.0, 103.01)
    )
    assert one.bars != other.bars
    assert one.result != other.result


def test_an_action_a_time_and_a_symbol_count():
    plain = market({"IBM": [100.0, 101.0]})
    paid = market({"IBM": [100.0, 101.0]}, [Action("IBM", FIRST, "dividend", 1.0)])
    named = market({"SPX": [100.0, 101.0]})
    later = Market.build(("IBM",), plain.raw._replace(opens=plain.raw.opens + 60), ())
    assert len({bars_hash(each) for each in (plain, paid, named, later)}) == 4


def test_no_bar_is_no_bar_whatever_its_bits():
    odd = np.array([[100.0], [np.float64(np.nan)], [101.0]])
    bits = odd.view(np.int64).copy()
    bits[1] |= 7
    raw = [bars(odd), bars(bits.view(np.float64))]
    assert np.isnan(raw[1].open[1, 0])
    one, other = (bars_hash(Market.build(("IBM",), each, ())) for each in raw)
    assert one == other


def test_code_that_is_not_known_is_said_to_be():
    assert identity(turned()).code == ""
