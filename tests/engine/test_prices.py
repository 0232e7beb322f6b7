"""The bars as the loop reads them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Action, Market
from engine.money import UNIT
from engine.moves import MOVES
from engine.prices import SECONDS_PER_YEAR
from tests.builders.bars import NAN, bars, intraday, market, quoted, random_market

pytestmark = pytest.mark.engine

KNOWN_LATER = ("next_action", "next_listed", "late")


def test_a_bar_without_quotes_is_bought_and_sold_at_its_trades():
    made = quoted(bars(np.array([[10.0, 20.0], [11.0, 21.0], [NAN, 22.0]])), 0.5)
    unquoted = made.ask.open.copy()
    unquoted[1, 0] = NAN
    sides = {}
    for name, side in (("ask", made.ask), ("bid", made.bid)):
        gone = [np.where(np.isnan(unquoted), NAN, array) for array in side]
        sides[name] = side._make(gone)
    prices = Market.build(("A", "B"), made._replace(**sides)).prices
    assert prices.quoted.tolist() == [[True, True], [False, True], [False, True]]
    assert (prices.ask.close[:, 0] / UNIT).tolist() == [10.25, 11.0, 11.0]
    assert (prices.bid.close[:, 0] / UNIT).tolist() == [9.75, 11.0, 11.0]
    assert (prices.ask.low[:, 1] / UNIT).tolist() == [20.25, 21.25, 22.25]
    assert (prices.close[:, 1] / UNIT).tolist() == [20.0, 21.0, 22.0]


def test_bars_without_quotes_share_one_array_for_both_sides():
    prices = random_market(rows=20).prices
    assert np.shares_memory(prices.ask.high, prices.bid.high)
    assert np.shares_memory(prices.ask.open, prices.open)
    assert not prices.quoted.any()


def test_years_count_from_close_to_close():
    prices = market({"IBM": [1.0] * 6}).prices  # Monday to Monday
    days = prices.years * SECONDS_PER_YEAR / 86_400
    assert days.tolist() == pytest.approx([0, 1, 1, 1, 1, 3])


def test_volatility_is_the_sample_deviation_of_the_moves_before():
    made = random_market(4, rows=60, gaps=0.15, late=10)
    known = made.prices_with_volatility.volatility
    assert not made.prices.volatility.any()
    for column in range(3):
        own = made.close[:, column]
        for row in range(60):
            closes = own[:row][~np.isnan(own[:row])]
            moves = np.diff(closes) / closes[:-1]
            expected = np.std(moves[-MOVES:], ddof=1) if len(moves) >= MOVES else 0.0
            assert known[row, column] == pytest.approx(expected, abs=1e-12)


def test_a_split_and_a_dividend_move_no_volatility():
    path = 100 + np.arange(30.0) % 3
    day = date(2012, 1, 25)
    row = int(np.busday_count(date(2012, 1, 9), day))
    halved = [*path[:row], *(path[row:] / 2)]
    plain = market({"IBM": list(path)}).prices_with_volatility
    split = market({"IBM": halved}, [Action("IBM", day, "split", 2.0)]).prices_with_volatility
    np.testing.assert_allclose(split.volatility, plain.volatility, rtol=1e-12)
    assert plain.volatility[MOVES + 1, 0] > 0.01


@given(
    seed=st.integers(0, 50),
    rows=st.integers(1, 59),
    several=st.sampled_from([1, 7]),
    spread=st.sampled_from([0.0, 0.5]),
)
def test_the_prices_of_a_prefix_are_the_prefix_of_the_prices(seed, rows, several, spread):
    days = random_market(seed, rows=60, gaps=0.1, late=20)
    made = quoted(days.raw, spread) if spread else days.raw
    made = made if several == 1 else intraday(made, several)
    split = Action("IBM", made.sessions[40].item(), "split", 2.0)
    whole = Market.build(days.symbols, made, [split])
    full, head = whole.prices_with_volatility, whole.head(rows).prices_with_volatility
    for name in full._fields:
        if name in ("ask", "bid"):
            for one, other in zip(getattr(full, name), getattr(head, name), strict=True):
                np.testing.assert_array_equal(one[:rows], other)
        elif name not in KNOWN_LATER:
            np.testing.assert_array_equal(getattr(full, name)[:rows], getattr(head, name))


def test_the_scale_counts_for_quotes_too():
    day = date(2012, 1, 10)
    made = Market.build(
        ("IBM",), quoted(bars(np.array([[100.0], [50.0]])), 1.0), [Action("IBM", day, "split", 2.0)]
    )
    assert made.ask.open[:, 0].tolist() == [100.5, 101.0]
    assert made.bid.open[:, 0].tolist() == [99.5, 99.0]
    assert made.factors[:, 0].tolist() == [1.0, 2.0]
    assert market({"IBM": [1.0]}).ask is None


def test_every_market_gives_arrays_of_the_same_kind():
    """Compiled code is made anew for each other kind of array."""
    made = random_market(rows=30)
    both = [made.prices, made.head(7).prices, made.prices_with_volatility]
    both.append(Market.build(made.symbols, quoted(made.raw, 0.5)).prices)
    kinds = [
        [
            (one.dtype, one.ndim, one.flags.c_contiguous, one.flags.writeable)
            for one in arrays(prices)
        ]
        for prices in both
    ]
    assert kinds[1:] == kinds[:1] * 3
    assert all(contiguous for _, _, contiguous, _ in kinds[0])


def arrays(prices):
    for one in prices:
        yield from arrays(one) if isinstance(one, tuple) else (one,)


def test_nobody_writes_to_what_fills_come_from():
    made = random_market(rows=20)
    arrays = [made.prices.open, made.prices.ask.low, made.factors, made.close, made.raw.open]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)
