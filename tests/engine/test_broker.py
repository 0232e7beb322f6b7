from datetime import date

import numpy as np
import pytest

from engine import Account, Action, Costs, Options, OrderError, Position, Strategy, simulate
from engine.money import UNIT
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda b: b.buy("IBN", quantity=1), "no symbol named 'IBN'; did you mean 'IBM'"),
        (lambda b: b.buy("IBM"), "the buy order for IBM on 2012-01-09 must have one size, had 0"),
        (lambda b: b.sell("IBM", quantity=1, value=1), "the sell order for IBM .* had 2"),
        (lambda b: b.buy("IBM", quantity=-1), "has size -1; accounts are cash only"),
        (lambda b: b.sell("IBM", quantity=0), "has size 0; accounts are cash only"),
        (lambda b: b.target("IBM", weight=-0.1), "target order for IBM .* accounts are cash only"),
        (lambda b: b.target("IBM", quantity=-5), "has size -5; accounts are cash only"),
        (lambda b: b.target("IBM", weight=1.1), "has weight 1.1; accounts are cash only"),
        (lambda b: b.target("IBM", weight=NAN), "must have a finite size, was nan"),
        (lambda b: b.buy("IBM", value=1e12), "it must be below ninety billion"),
    ],
)
def test_an_impossible_order_names_symbol_and_bar(ask, message):
    with pytest.raises(OrderError, match=message):
        simulate(scripted({0: ask}), market({"IBM": [100.0, 100.0]}))


def test_the_broker_tells_what_the_account_holds():
    seen = []

    def look(broker):
        weight = round(broker.weight("IBM"), 4)
        held = broker.quantity("IBM"), weight
        seen.append((broker.cash, broker.equity, *held, broker.waiting("IBM")))

    opening = Account(500 * UNIT, {"IBM": Position(10 * UNIT, 900 * UNIT)})
    script = {0: look, 1: lambda b: b.buy("IBM", quantity=1), 2: look, 3: look}
    made = market({"IBM": [(99.0, 100.0), (99.0, 101.0), NAN, (90.0, 95.0)]})
    simulate(scripted(script), made, opening=opening, options=Options(costs=Costs(0, 0)))
    assert seen == [
        (500.0, 1500.0, 10.0, 0.6667, 0),
        (500.0, 1510.0, 10.0, 0.6689, 1),
        (410.0, 1455.0, 11.0, 0.7182, 0),
    ]


def test_now_shows_this_bar_and_all_before_it_and_nothing_after():
    made = random_market(5, rows=30, actions=[Action("IBM", date(2012, 1, 20), "split", 2.0)])
    seen = []

    class Looking(Strategy):
        """Look around."""

        def on_bar(self, now, broker):
            seen.append((now.row, now.session, now.close.copy()))
            for name in ("open", "high", "low", "close", "volume"):
                assert len(getattr(now, name)) == now.row + 1
            assert len(now.window(made.close)) == now.row + 1

    simulate(Looking, made)
    assert [row for row, *_ in seen] == list(range(30))
    for row, session, close in seen:
        assert session == made.sessions[row].item()
        np.testing.assert_array_equal(close, made.close[: row + 1])


def test_what_is_shown_cannot_be_changed():
    class Meddling(Strategy):
        """Change the past."""

        def on_bar(self, now, broker):
            now.close[0, 0] = 1.0

    with pytest.raises(ValueError, match="read-only"):
        simulate(Meddling, market({"IBM": [100.0]}))
