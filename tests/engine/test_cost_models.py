"""Every cost model found keeps the promises that the loop rests on."""

from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine.plugins
from engine import Costs, Options, ParameterError, cost_models
from engine.charges import fees_of, slippage_of
from engine.costs import order_fee, slipped_price
from engine.money import UNIT, worth
from engine.plugins import Plugins

pytestmark = pytest.mark.engine

QUOTES = st.integers(1, 10_000 * UNIT)
SIZES = st.integers(1, 100_000 * UNIT)


@pytest.fixture(params=cost_models.names())
def costs(request):
    return cost_models.get(request.param)


def test_none_fails_to_load():
    assert cost_models.failures() == {}


def test_a_run_can_name_it(costs):
    (name,) = {name for name in cost_models.names() if cost_models.get(name) is costs}
    assert Options.from_dict({"cost_model": name}).costs == costs


def test_what_is_stored_is_the_record_itself(costs):
    if not costs.own:
        stored = Options(costs).to_dict()
        assert "cost_model" not in stored
        assert Options.from_dict(stored).costs == costs


def test_only_the_one_called_free_is_free():
    assert [name for name in cost_models.names() if cost_models.get(name).none] == ["free"]


@pytest.mark.parametrize("name", cost_models.names())
@given(fills=st.lists(st.tuples(SIZES, QUOTES, st.booleans()), min_size=1, max_size=5))
def test_what_an_order_owes_never_falls_as_it_fills(name, fills):
    fees = fees_of(cost_models.get(name))
    owed, quantity, value, maker = [order_fee(fees, 0, 0, 0)], 0, 0, 0
    for units, price, rested in fills:
        quantity, value = quantity + units, value + worth(units, price)
        maker += worth(units, price) * rested
        owed.append(order_fee(fees, quantity, value, maker))
    assert owed == sorted(owed)
    assert owed[0] == 0


@pytest.mark.parametrize("name", cost_models.names())
@given(price=QUOTES, share=st.floats(0, 1), volatility=st.floats(0, 0.5))
def test_no_price_is_moved_in_your_favour(name, price, share, volatility):
    slippage = slippage_of(cost_models.get(name))
    assert slipped_price(slippage, price, 1, share, volatility) >= price
    assert 1 <= slipped_price(slippage, price, -1, share, volatility) <= price


def module(**content):
    made = ModuleType("theirs")
    vars(made).update(content)
    return made


THEIRS = Costs(per_order=2)


@pytest.mark.parametrize("thing", [module(COSTS=THEIRS), THEIRS])
def test_another_distribution_offers_a_module_or_a_record(thing, monkeypatch):
    monkeypatch.setattr(EntryPoint, "load", lambda point: thing)
    point = EntryPoint("theirs", "no.such.module", cost_models.group)
    monkeypatch.setattr(
        engine.plugins, "entry_points", lambda group: [point] if group == cost_models.group else []
    )
    found = Plugins("cost model", "engine.cost_models", cost_models.group, cost_models.costs_in)
    assert found.get("theirs") is THEIRS


@pytest.mark.parametrize("thing", [module(), module(COSTS={"commission_bps": 5}), "5"])
def test_what_is_no_record_is_refused(thing):
    with pytest.raises(ParameterError, match="a cost model must be a Costs record named COSTS"):
        cost_models.costs_in(thing)


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(ParameterError, match="no cost model named 'zipine'; did you mean 'zip"):
        Options.from_dict({"cost_model": "zipine"})


def test_its_numbers_can_be_changed_one_by_one():
    options = Options.from_dict({"cost_model": "lean", "slippage_bps": 2})
    assert options.costs == Costs(0, 2.0, per_share=0.005, minimum=1.0, maximum=0.005)
