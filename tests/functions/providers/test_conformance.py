"""Every provider found keeps the promises that collecting rests on."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from engine.errors import ParameterError
from functions import providers
from functions.services.market.collecting import fault

pytestmark = pytest.mark.parametrize("name", providers.names())
ONE_DAY = timedelta(days=1)


def lived(name):
    """A provider with its symbols and a range that it has."""
    provider = providers.get(name)
    coverage = provider.coverage()
    symbols = list(provider.symbols())
    if coverage is None or not symbols:
        pytest.skip("it needs its source to be there")
    return provider, symbols, coverage


def middle(coverage):
    return coverage.first + (coverage.last - coverage.first) / 2


def test_bars_are_exact_in_order_and_each_once(name):
    provider, symbols, coverage = lived(name)
    bars = provider.bars(symbols, None, coverage.last)
    keys = [(bar.symbol, bar.session) for bar in bars]
    assert keys == sorted(set(keys))
    assert {symbol for symbol, _ in keys} == set(symbols)
    for bar in bars:
        assert {type(value) for value in bar[2:6]} == {Decimal}
        assert bar.volume is None or type(bar.volume) is Decimal


def test_every_bar_can_be_computed_with(name):
    provider, symbols, coverage = lived(name)
    bars = provider.bars(symbols, None, coverage.last)
    days = frozenset(bar.session for bar in bars)
    assert {fault(bar, days) for bar in bars} == {None}


def test_coverage_is_the_first_and_the_last_session(name):
    provider, symbols, coverage = lived(name)
    days = [bar.session for bar in provider.bars(symbols, None, coverage.last + 30 * ONE_DAY)]
    assert (min(days), max(days)) == coverage


@pytest.mark.parametrize("back", [0, 1, 30, 400])
def test_nothing_later_than_asked_for_is_told(name, back):
    provider, symbols, coverage = lived(name)
    until = coverage.last - back * ONE_DAY
    everything = provider.bars(symbols, None, coverage.last)
    told = provider.bars(symbols, None, until)
    assert list(told) == [bar for bar in everything if bar.session <= until]
    actions = provider.actions(symbols, coverage.last)
    assert list(provider.actions(symbols, until)) == [
        action for action in actions if action.ex_date <= until
    ]


def test_two_ranges_are_one(name):
    provider, symbols, coverage = lived(name)
    cut = middle(coverage)
    parts = [*provider.bars(symbols, None, cut), *provider.bars(symbols, cut, coverage.last)]
    assert sorted(parts) == list(provider.bars(symbols, None, coverage.last))
    assert list(provider.bars(symbols, coverage.last, coverage.last)) == []


def test_a_symbol_tells_the_same_alone_and_among_others(name):
    provider, symbols, coverage = lived(name)
    for symbol in symbols:
        alone = provider.bars([symbol], None, coverage.last)
        among = provider.bars(symbols, None, coverage.last)
        assert list(alone) == [bar for bar in among if bar.symbol == symbol]


def test_actions_are_in_order_exact_and_in_the_range(name):
    provider, symbols, coverage = lived(name)
    actions = provider.actions(symbols, coverage.last)
    keys = [(action.symbol, action.ex_date, action.kind) for action in actions]
    assert keys == sorted(set(keys))
    for action in actions:
        assert action.kind in ("split", "dividend")
        assert type(action.value) is Decimal
        assert action.value > 0
        assert coverage.first < action.ex_date <= coverage.last


def test_no_move_beyond_a_third_lacks_its_action(name):
    provider, symbols, coverage = lived(name)
    splits = {
        (action.symbol, action.ex_date): action.value
        for action in provider.actions(symbols, coverage.last)
        if action.kind == "split"
    }
    for before, bar in pairwise(provider.bars(symbols, None, coverage.last)):
        if before.symbol == bar.symbol:
            ratio = splits.get((bar.symbol, bar.session), Decimal(1))
            assert Decimal("0.48") < bar.close * ratio / before.close < Decimal("1.5")


def test_an_unknown_symbol_is_named(name):
    provider, symbols, coverage = lived(name)
    for ask in (
        lambda: provider.bars([*symbols, "NO.SUCH"], None, coverage.last),
        lambda: provider.actions(["NO.SUCH"], coverage.last),
    ):
        with pytest.raises(ParameterError, match=r"NO\.SUCH"):
            ask()


def test_a_time_before_everything_has_nothing(name):
    provider, symbols, _coverage = lived(name)
    assert list(provider.bars(symbols, None, date(1900, 1, 1))) == []
    assert list(provider.actions(symbols, date(1900, 1, 1))) == []
