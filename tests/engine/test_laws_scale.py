"""What a change of units may not change: a split, and the money that prices are told in."""

import dataclasses
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import Account, Action, Bars, Market, simulate
from engine.money import UNIT
from tests.builders.worlds import FRACTIONS, SYMBOLS, Units, random_bars, random_script

pytestmark = pytest.mark.engine

LAW = settings(max_examples=60, deadline=None)
SEEDS = st.integers(0, 10**6)
OPTIONS = st.sampled_from(
    [
        dataclasses.replace(FRACTIONS, leverage=leverage, fill=fill, size_at=size_at)
        for leverage in (1.0, 2.0)
        for fill in ("next_open", "same_close")
        for size_at in ("open", "decision")
    ]
)
PRICES = ("open", "high", "low", "close")
DUST = 1e-6


def scaled(bars: Bars, factor: float) -> Bars:
    return bars._replace(**{name: getattr(bars, name) * factor for name in PRICES})


def split_at(bars: Bars, row: int, ratio: float) -> Bars:
    """The same bars as they trade when each share of every symbol is split before a row."""
    since = (np.arange(len(bars.sessions)) >= row)[:, None]
    prices = {
        name: np.where(since, getattr(bars, name) / ratio, getattr(bars, name)) for name in PRICES
    }
    return bars._replace(**prices, volume=np.where(since, bars.volume * ratio, bars.volume))


def equity(market, options, script, cash=100_000):
    opening = Account.of_cash(str(cash))
    return simulate(script, market, opening=opening, options=options)


def assert_same_but_dust(one, other, factor=1.0):
    """The same fills, and equity by a factor, up to the first fill of dust.

    Money is rounded to whole units, so that the last cash may just buy a hundred-millionth of a
    share in one run and nothing in the other; from there a script sees another account.
    """
    fills = (*one.fills, *other.fills)
    dust = [fill.row for fill in fills if fill.quantity <= DUST * UNIT]
    stop = min(dust, default=len(one.equity))
    kept = [
        [(fill.row, fill.symbol, fill.side) for fill in run.fills if fill.row < stop]
        for run in (one, other)
    ]
    assert kept[0] == kept[1]
    scaled_equity = other.equity[:stop] / factor
    np.testing.assert_allclose(scaled_equity, one.equity[:stop], rtol=1e-9, atol=1e-4)


@LAW
@given(
    bars_seed=SEEDS,
    seed=SEEDS,
    options=OPTIONS,
    ratio=st.sampled_from([0.5, 2.0, 4.0]),
    row=st.integers(1, 29),
    thin=st.booleans(),
)
def test_a_split_changes_no_value(bars_seed, seed, options, ratio, row, thin):
    plain = random_bars(bars_seed, 30, thin=thin)
    day = plain.sessions[row].item()
    actions = [Action(symbol, day, "split", ratio) for symbol in SYMBOLS]
    split = Market.build(SYMBOLS, split_at(plain, row, ratio), actions)
    before = equity(Market.build(SYMBOLS, plain), options, random_script(seed, 0.4))
    after = equity(split, options, random_script(seed, 0.4, Units(shares=ratio, since=row)))
    assert_same_but_dust(before, after)


@LAW
@given(
    bars_seed=SEEDS,
    seed=SEEDS,
    options=OPTIONS,
    factor=st.sampled_from([0.5, 2.0, 8.0]),
    thin=st.booleans(),
)
@example(bars_seed=1, seed=101270, options=FRACTIONS, factor=2.0, thin=False)
def test_scaling_prices_and_cash_scales_equity(bars_seed, seed, options, factor, thin):
    plain = random_bars(bars_seed, 30, thin=thin)
    before = equity(Market.build(SYMBOLS, plain), options, random_script(seed, 0.4))
    scaled_market = Market.build(SYMBOLS, scaled(plain, factor))
    script = random_script(seed, 0.4, Units(money=factor))
    after = equity(scaled_market, options, script, cash=round(100_000 * factor))
    assert_same_but_dust(before, after, factor)


@LAW
@given(bars_seed=SEEDS, seed=SEEDS, options=OPTIONS, row=st.integers(2, 27))
def test_a_later_action_changes_no_earlier_number(bars_seed, seed, options, row):
    plain = random_bars(bars_seed, 30)
    known = Market.build(SYMBOLS, plain)
    day: date = plain.sessions[row].item()
    actions = [Action("IBM", day, "dividend", 0.5), Action("FB", day, "split", 2.0)]
    more = Market.build(SYMBOLS, plain, actions)
    script = random_script(seed, 0.4)
    before, after = (equity(market, options, script) for market in (known, more))
    np.testing.assert_array_equal(before.equity_units[:row], after.equity_units[:row])
    assert [f for f in before.fills if f.row < row] == [f for f in after.fills if f.row < row]
