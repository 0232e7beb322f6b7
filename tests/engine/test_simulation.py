from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from engine import (
    Account,
    Costs,
    Options,
    OrderError,
    ParameterError,
    Position,
    Strategy,
    simulate,
)
from engine.errors import DataError
from engine.money import UNIT, to_units
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

FREE = Options(costs=Costs(0.0, 0.0))


def buy(quantity, symbol="IBM"):
    return lambda broker: broker.buy(symbol, quantity=quantity)


def test_an_order_fills_at_the_next_open_moved_by_slippage_against_you():
    script = {0: buy(57), 1: lambda broker: broker.target("IBM", weight=0)}
    prices = {"IBM": [(180.0, 180.5), (181.0, 182.0), (183.0, 184.0)]}
    run = simulate(scripted(script), market(prices))
    bought, sold = run.fills
    assert (bought.row, bought.side, bought.price) == (1, "buy", 181.0905)
    assert (sold.row, sold.side, sold.price) == (2, "sell", 182.9085)
    assert bought.commission == to_units("5.16107925")  # 5 basis points of 57 * 181.0905
    assert bought.slippage == to_units("5.1585")
    assert bought.pnl is None
    assert sold.pnl == run.account_at(2).cash - 100_000 * UNIT
    assert bought.time == int(run.market.opens[1])
    assert (bought.session, bought.order_id) == (date(2012, 1, 10), "2012-01-09-IBM-1")


def test_an_order_waits_for_its_symbols_next_bar():
    run = simulate(scripted({0: buy(1)}), market({"IBM": [100.0, NAN, NAN, 110.0]}), options=FREE)
    assert [(fill.row, fill.price) for fill in run.fills] == [(3, 110.0)]
    waiting = [[order.id for order in run.account_at(row).waiting] for row in range(4)]
    assert waiting == [["2012-01-09-IBM-1"]] * 3 + [[]]


def test_a_sale_waits_for_a_bar_too():
    script = {0: buy(5), 1: lambda broker: broker.target("IBM", weight=0)}
    made = market({"IBM": [100.0, 100.0, NAN, 90.0]})
    run = simulate(scripted(script), made, options=FREE)
    assert [(fill.row, fill.side, fill.price) for fill in run.fills] == [
        (1, "buy", 100.0),
        (3, "sell", 90.0),
    ]


def test_a_late_listing_is_bought_when_it_lists():
    weights = np.full((4, 2), 0.5)
    prices = {"IBM": [100.0] * 4, "FB": [NAN, NAN, 40.0, 41.0]}
    run = simulate(weighted(weights), market(prices), options=FREE)
    assert [(fill.row, fill.symbol, fill.quantity // UNIT) for fill in run.fills] == [
        (1, "IBM", 500),
        (2, "FB", 1250),
    ]


def test_a_gap_is_marked_at_the_last_close():
    run = simulate(
        scripted({0: buy(10)}), market({"IBM": [100.0, (100.0, 105.0), NAN]}), options=FREE
    )
    assert run.equity.tolist() == [100_000.0, 100_050.0, 100_050.0]


def test_a_new_target_cancels_what_waits_for_its_symbol():
    script = {0: buy(5), 1: lambda broker: broker.target("IBM", quantity=7)}
    run = simulate(scripted(script), market({"IBM": [100.0, NAN, 100.0]}), options=FREE)
    assert [fill.quantity for fill in run.fills] == [7 * UNIT]
    assert "cancels  buy 5 IBM at market: a new target replaces it" in run.ledger()


def test_orders_of_one_close_add_up_and_are_numbered():
    def ask(broker):
        broker.buy("IBM", quantity=2)
        broker.buy("AAPL", quantity=1)
        broker.buy("IBM", quantity=3)

    run = simulate(scripted({0: ask}), market({"AAPL": [10.0] * 2, "IBM": [100.0] * 2}))
    assert [order.id for order in run.orders_at(0)] == [
        "2012-01-09-IBM-1",
        "2012-01-09-AAPL-1",
        "2012-01-09-IBM-2",
    ]
    assert [fill.order_id for fill in run.fills] == [
        "2012-01-09-AAPL-1",
        "2012-01-09-IBM-1",
        "2012-01-09-IBM-2",
    ]


def test_constant_weights_hold_shares_and_rows_rebalance():
    made = market({"IBM": [100.0, 100.0, 200.0, 200.0], "AAPL": [100.0] * 4})
    weights = np.full((4, 2), 0.5)
    assert len(simulate(weighted(weights), made, options=FREE).fills) == 2
    rebalanced = simulate(weighted(weights, "row"), made, options=FREE)
    assert [fill.quantity // UNIT for fill in rebalanced.fills] == [500, 500, 125, 250]


def test_weights_are_rounded_at_the_door():
    weights = np.array([[0.5], [0.5 + 4e-10], [0.5 + 6e-10]])
    run = simulate(weighted(weights), market({"IBM": [100.0] * 3}))
    assert [order.amount for order in run.orders] == [500_000_000, 500_000_001]


def test_bars_before_the_start_are_history():
    made = market({"IBM": [100.0] * 5})
    run = simulate(weighted(np.full((5, 1), 0.5)), made, start=date(2012, 1, 11))
    assert (run.start_row, len(run.equity), [fill.row for fill in run.fills]) == (2, 3, [3])


def test_a_start_after_the_last_bar_is_refused():
    with pytest.raises(DataError, match="no bars of IBM from 2020-01-01"):
        simulate(weighted(np.ones((1, 1))), market({"IBM": [1.0]}), start=date(2020, 1, 1))


def test_a_run_opens_with_the_positions_and_orders_it_is_given():
    first = simulate(
        scripted({0: buy(10), 1: buy(3)}), market({"IBM": [100.0, 100.0]}), options=FREE
    )
    left = first.account_at(1)
    made = market({"IBM": [100.0, 100.0, 110.0]})
    run = simulate(scripted({}), made, start=date(2012, 1, 11), opening=left, options=FREE)
    assert [(fill.order_id, fill.quantity // UNIT) for fill in run.fills] == [
        ("2012-01-10-IBM-1", 3)
    ]
    assert run.account_at(2).positions == {"IBM": Position(13 * UNIT, 1330 * UNIT)}
    assert (run.start_equity, run.equity[-1]) == (100_000 * UNIT, 100_100.0)


def test_an_account_with_a_symbol_the_market_lacks_is_refused():
    opening = Account(0, {"AAPL": Position(UNIT, UNIT)})
    with pytest.raises(DataError, match="holds or waits for AAPL; give the market its bars"):
        simulate(scripted({}), market({"IBM": [1.0]}), opening=opening)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[0.1], [-1001]], "weight of IBM on 2012-01-10 is -1001.0; it must be from -1000 to 1000"),
        ([[0.1], [np.inf]], "weight of IBM on 2012-01-10 is inf; it must be from -1000 to 1000"),
        ([[0.1, 0.1]], r"targets must have shape \(2, 1\), one row a bar .* had \(1, 2\)"),
    ],
)
def test_weights_beyond_any_account_are_refused(weights, message):
    with pytest.raises(OrderError, match=message):
        simulate(weighted(np.array(weights)), market({"IBM": [100.0, 100.0]}))


def test_a_strategy_is_written_in_one_form():
    class Neither(Strategy):
        """Nothing."""

    with pytest.raises(OrderError, match="Neither must have either targets or on_bar"):
        simulate(Neither, market({"IBM": [1.0]}))


def test_a_strategy_that_keeps_state_starts_afresh_in_every_run():
    class Counting(Strategy):
        """Buy one more share every day."""

        calls = 0

        def on_bar(self, now, broker):
            self.calls += 1
            broker.buy("IBM", quantity=self.calls)

    robot, made = Counting(), market({"IBM": [100.0] * 5})
    assert simulate(robot, made).fills == simulate(robot, made).fills
    assert robot.calls == 0


def test_tables_grow_as_far_as_a_run_needs():
    def many(broker):
        for _ in range(300):
            broker.buy("C", quantity=1)

    run = simulate(
        scripted({0: many, 2: many}), random_market(3, rows=6, symbols=("A", "C"), gaps=0)
    )
    assert len(run.fills) == 600


def test_costs_default_to_five_and_five_basis_points():
    assert Options().to_dict() == {
        "commission_bps": 5.0,
        "slippage_bps": 5.0,
        "lot_size": 1.0,
        "cash_buffer": 0.0,
        "min_trade": 0.0,
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"options": Costs()}, r"must be Options, were Costs\(.*; give Options\(costs=...\)"),
        ({"options": {}}, r"options must be Options, were \{\}; give Options\(...\)"),
        ({"opening": 10_000}, r"must be an Account, was 10000; give Account.of_cash\(10000\)"),
        ({"opening": 0}, r"must be an Account, was 0; give Account.of_cash"),
        (
            {"market": np.ones((2, 2))},
            "must be a Market, was a ndarray; build it with .*from_frames",
        ),
        ({"strategy": None}, "the strategy must be a Strategy or its class, was None; write a cl"),
        ({"strategy": int}, "the strategy must be a Strategy or its class, was <class 'int'>"),
        ({"start": 5}, "start must be a datetime.date, or .* with its timezone, was 5; read"),
        ({"start": "foo"}, "was 'foo'; read text with date.fromisoformat"),
        ({"start": pd.NaT}, "start must be a datetime.date, .*, was NaT"),
        ({"start": np.datetime64("2012-01-09")}, "start must be a datetime.date, .*, was np.dat"),
        ({"start": datetime(2012, 1, 9)}, "the start 2012-01-09 00:00:00 has no timezone"),  # noqa: DTZ001
    ],
)
def test_what_a_run_is_given_must_be_of_its_kind(given, message):
    told = {"strategy": scripted({}), "market": market({"IBM": [100.0] * 2}), **given}
    with pytest.raises(ParameterError, match=message):
        simulate(told.pop("strategy"), told.pop("market"), **told)


@pytest.mark.parametrize("start", [date(2012, 1, 10), datetime(2012, 1, 10, tzinfo=UTC)])
def test_a_start_is_a_day_or_an_instant(start):
    made = market({"IBM": [100.0] * 3})
    assert simulate(scripted({}), made, start=start).start_row == 1
