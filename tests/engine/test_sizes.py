"""What becomes of a wish: whole lots, a common factor, a rejection."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Account, Costs, Options, Position, simulate
from engine.money import UNIT, to_units
from tests.builders.bars import market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

FREE = Options(costs=Costs(0.0, 0.0))


def asked(ask, prices, *, options=FREE, opening=None):
    """Run one strategy that asks at the first close; return what the second open brought."""
    symbols = {symbol: [price, price] for symbol, price in prices.items()}
    run = simulate(scripted({0: ask}), market(symbols), options=options, opening=opening)
    return run, {fill.symbol: told(fill) for fill in run.fills}


def told(fill):
    return (1 if fill.side == "buy" else -1) * fill.quantity / UNIT


def holding(quantity, cash="0", symbol="IBM"):
    return Account(to_units(cash), {symbol: Position(to_units(quantity), to_units(quantity) * 100)})


def test_a_weight_buys_its_share_of_equity_in_whole_lots():
    _, bought = asked(lambda broker: broker.target("IBM", weight=0.5), {"IBM": 180.0})
    assert bought == {"IBM": 277}  # 50,000 / 180 = 277.8


def test_a_weight_counts_at_the_slipped_price():
    options = Options(costs=Costs(0.0, 100.0))
    _, bought = asked(lambda b: b.target("IBM", weight=0.5), {"IBM": 100.0}, options=options)
    assert bought == {"IBM": 495}  # 50,000 / 101


def test_equity_is_marked_at_the_opens_that_fill():
    run = simulate(
        weighted(np.array([[1.0], [0.5], [0.5], [0.5]]), "row"),
        market({"IBM": [(100.0, 100.0), (100.0, 100.0), (200.0, 150.0), (200.0, 200.0)]}),
        options=FREE,
    )
    assert [told(fill) for fill in run.fills] == [1000, -500]


@pytest.mark.parametrize(
    ("lot", "quantity"), [(1.0, 333), (100.0, 300), (0.01, 333.33), (1e-8, 333.33333333)]
)
def test_lots_truncate_toward_zero(lot, quantity):
    options = Options(costs=Costs(0, 0), lot_size=lot)
    _, bought = asked(
        lambda b: b.target("IBM", value=33_333.333333333), {"IBM": 100.0}, options=options
    )
    assert bought == {"IBM": pytest.approx(quantity, abs=1e-9)}


def test_a_reduction_truncates_toward_zero_too():
    run, sold = asked(lambda b: b.target("IBM", value=950.0), {"IBM": 100.0}, opening=holding("20"))
    assert sold == {"IBM": -10}  # 9.5 wished, so 10.5 too many
    assert run.account_at(1).positions["IBM"].quantity == 10 * UNIT


def test_target_zero_closes_fractions_too():
    run, sold = asked(lambda b: b.target("IBM", weight=0), {"IBM": 100.0}, opening=holding("20.5"))
    assert sold == {"IBM": -20.5}
    assert run.account_at(1).positions == {}


def test_reductions_pay_for_increases_of_the_same_open():
    def rotate(broker):
        broker.target("AAPL", weight=1)
        broker.target("IBM", weight=0)

    run, changed = asked(rotate, {"AAPL": 50.0, "IBM": 100.0}, opening=holding("20"))
    assert changed == {"IBM": -20, "AAPL": 40}
    assert [fill.side for fill in run.fills] == ["sell", "buy"]


def test_an_explicit_quantity_beyond_cash_is_rejected_with_its_reason():
    run, bought = asked(lambda b: b.buy("IBM", quantity=1001), {"IBM": 100.0})
    assert bought == {}
    assert "rejects  buy 1001 IBM at market: not enough cash" in run.ledger()
    assert run.account_at(1).cash == 100_000 * UNIT


def test_explicit_quantities_come_first_and_the_rest_is_shared():
    def both(broker):
        broker.target("AAPL", weight=1)
        broker.buy("IBM", quantity=600)

    _, bought = asked(both, {"AAPL": 100.0, "IBM": 100.0})
    assert bought == {"AAPL": 400, "IBM": 600}


def test_selling_more_than_is_held_goes_short():
    run, _ = asked(lambda b: b.sell("IBM", quantity=21), {"IBM": 100.0}, opening=holding("20"))
    assert [told(fill) for fill in run.fills] == [-20, -1]
    assert run.account_at(1).positions["IBM"].quantity == -UNIT


def test_selling_a_value_goes_as_far_short_as_buying_power_lets():
    run, _ = asked(lambda b: b.sell("IBM", value=1e6), {"IBM": 100.0}, opening=holding("20"))
    assert [told(fill) for fill in run.fills] == [-20, -20]


def test_selling_to_reduce_alone_ends_at_what_is_held():
    run, _ = asked(
        lambda b: b.sell("IBM", value=1e6, reduce_only=True), {"IBM": 100.0}, opening=holding("20")
    )
    assert [told(fill) for fill in run.fills] == [-20]


def test_buys_and_sales_add_to_what_is_held():
    _, bought = asked(
        lambda b: b.buy("IBM", value=550.0), {"IBM": 100.0}, opening=holding("20", "1000")
    )
    assert bought == {"IBM": 5}


def test_cash_buffer_leaves_its_share_of_equity_alone():
    options = Options(costs=Costs(0, 0), cash_buffer=0.0025)
    _, bought = asked(lambda b: b.target("IBM", weight=1), {"IBM": 100.0}, options=options)
    assert bought == {"IBM": 997}


@pytest.mark.parametrize(
    ("weight", "changes"), [(0.5005, {}), (0.502, {"IBM": 2}), (0, {"IBM": -500})]
)
def test_min_trade_skips_small_changes_but_never_a_close(weight, changes):
    options = Options(costs=Costs(0, 0), min_trade=0.001)
    opening = holding("500", "50000")
    _, changed = asked(
        lambda b: b.target("IBM", weight=weight), {"IBM": 100.0}, options=options, opening=opening
    )
    assert changed == changes


def test_min_trade_lets_a_small_holding_be_closed():
    options = Options(costs=Costs(0, 0), min_trade=0.01)
    _, changed = asked(
        lambda b: b.target("IBM", weight=0),
        {"IBM": 100.0},
        options=options,
        opening=holding("1", "50000"),
    )
    assert changed == {"IBM": -1}


def test_less_than_one_lot_is_rejected_when_explicit_and_skipped_when_reached():
    run, _ = asked(lambda b: b.buy("IBM", quantity=0.5), {"IBM": 100.0})
    assert "rejects  buy 0.5 IBM at market: less than one lot to trade" in run.ledger()
    run, _ = asked(lambda b: b.target("IBM", quantity=20.5), {"IBM": 100.0}, opening=holding("20"))
    assert "skips  target 20.5 IBM at market: less than one lot to trade" in run.ledger()


def total(lots, prices, bps):
    value = [Decimal(int(n)) * Decimal(str(p)) for n, p in zip(lots, prices, strict=True)]
    return float(sum(value)) * (1 + bps / 10_000)


@given(
    weights=st.lists(st.floats(0.05, 0.33), min_size=3, max_size=3),
    prices=st.lists(st.integers(100, 90_000), min_size=3, max_size=3),
    bps=st.sampled_from([5.0, 100.0, 2_000.0]),
)
def test_unaffordable_weights_are_scaled_by_the_largest_common_factor(weights, prices, bps):
    weights = [weight / sum(weights) for weight in weights]
    prices = [price / 100 for price in prices]
    table = {name: [price, price] for name, price in zip("ABC", prices, strict=True)}
    options = Options(costs=Costs(bps, 0.0))
    run = simulate(weighted(np.array([weights, weights])), market(table), options=options)
    got = [
        run.account_at(1).positions[name].quantity // UNIT
        if name in run.account_at(1).positions
        else 0
        for name in "ABC"
    ]
    wish = [weight * 100_000 / price for weight, price in zip(weights, prices, strict=True)]
    assert run.account_at(1).cash >= 0
    # No larger factor would do: the next size any of them could reach is beyond the cash.
    factor = min((lots + 1) / wished for lots, wished in zip(got, wish, strict=True))
    if factor <= 1:
        more = [int(wished * factor * (1 + 1e-12)) for wished in wish]
        assert total(more, prices, bps) > 100_000 * (1 - 1e-9)
    # And one factor explains them all.
    low = max(lots / wished for lots, wished in zip(got, wish, strict=True))
    assert low <= factor * (1 + 1e-9)
