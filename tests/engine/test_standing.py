"""What a broker tells of holdings is what the loop counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Account, Instrument, Options, Strategy, simulate
from engine.account import opened
from engine.marks import marked
from engine.money import LARGEST, UNIT, value_of
from engine.orders import Orders
from engine.positions import Position
from engine.standing import Standing
from engine.state import OVERFLOWN
from engine.tables import empty_table
from tests.builders.bars import market

pytestmark = pytest.mark.engine

MADE = market({"FB": [40.0, 41.0], "IBM": [100.0, 101.0]})
UNITS = st.integers(-500, 500).map(lambda shares: shares * UNIT) | st.integers(-(10**12), 10**12)
PRICE = st.integers(1, 10**12)


def state_of(cash, units):
    held = {
        symbol: Position(each, each)
        for symbol, each in zip(MADE.symbols, units, strict=True)
        if each
    }
    return opened(Account(cash, held), MADE, 0, empty_table(Orders, 0))


@given(
    cash=st.integers(-(10**14), 10**14),
    units=st.tuples(UNITS, UNITS),
    prices=st.tuples(PRICE, PRICE),
    multiplier=st.sampled_from([1.0, 1.0, 5.0]),
)
def test_equity_and_worths_are_those_that_the_loop_marks(cash, units, prices, multiplier):
    options = Options(instruments={"FB": Instrument(multiplier=multiplier)})
    state, rules = state_of(cash, units), options.rules(MADE.symbols)
    at = np.array(prices)
    equity, values = Standing(state, rules).worth(at)
    assert equity == marked(state, rules, at)[0]
    assert values == [
        value_of(each, price, float(times))
        for each, price, times in zip(units, prices, rules.multiplier, strict=True)
    ]


def test_what_cannot_be_counted_is_nothing_and_the_state_says_so():
    state = state_of(UNIT, (LARGEST // 2, UNIT))
    rules = Options().rules(MADE.symbols)
    assert Standing(state, rules).worth(np.array([10 * UNIT, UNIT])) == (0, [0, 0])
    assert state.flags[OVERFLOWN]


def test_a_broker_tells_anew_after_a_fill_and_at_each_close():
    told = []

    class Once(Strategy):
        def on_bar(self, now, broker):
            told.append((broker.quantity("IBM"), broker.weight("IBM"), broker.equity))
            if now.row == 0:
                broker.buy("IBM", quantity=10)

    prices = {"IBM": [100.0, 100.0, 110.0, 121.0]}
    simulate(Once, market(prices), opening=Account.of_cash(2000), options=Options.from_dict(FREE))
    assert [quantity for quantity, _, _ in told] == [0.0, 10.0, 10.0, 10.0]
    assert [equity for _, _, equity in told] == [2000.0, 2000.0, 2100.0, 2210.0]
    assert [weight for _, weight, _ in told] == [0.0, 0.5, 1100 / 2100, 1210 / 2210]


FREE = {"commission_bps": 0.0, "slippage_bps": 0.0, "participation": None}
