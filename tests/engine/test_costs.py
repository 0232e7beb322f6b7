"""What an order owes and what a price is moved by, by hand, by law and as others publish it."""

import json
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Costs, Options, OrderError, ParameterError, cost_models, simulate
from engine.charges import fees_of, slippage_of
from engine.costs import order_fee, slipped_price
from engine.money import UNIT, worth
from strategies.sma_cross import SmaCross
from tests.builders.bars import random_market

pytestmark = pytest.mark.engine


@pytest.fixture
def zipline(shared_data):
    return json.loads((shared_data / "reference" / "zipline_costs_dev.json").read_text())


@pytest.fixture
def lean(shared_data):
    return json.loads((shared_data / "reference" / "lean_verified_dev.json").read_text())


def owed(costs, quantity, value, maker=0.0):
    """What an order owes, in money."""
    told = (round(amount * UNIT) for amount in (quantity, value, maker))
    return order_fee(fees_of(costs), *told) / UNIT


def moved(costs, price, direction, share=0.0, volatility=0.0):
    units = slipped_price(slippage_of(costs), round(price * UNIT), direction, share, volatility)
    return units / UNIT


def free(**costs):
    return Costs(0, 0, **costs)


TIERED = ((0, 10), (1_000, 5), (10_000, 1))


@pytest.mark.parametrize(
    ("costs", "traded", "fee"),
    [
        (Costs(), (100, 5_000), 2.5),
        (Costs(), (0, 0), 0),
        (free(per_order=3), (1, 50), 3),
        (free(per_order=3), (0, 0), 0),
        (free(per_share=0.005), (100, 5_000), 0.5),
        (free(per_share=0.005, minimum=1), (100, 5_000), 1),
        (free(minimum=1), (0, 0), 0),
        (Costs(5, per_share=0.01, per_order=1), (100, 5_000), 2.5 + 1 + 1),
        (free(per_share=1, maximum=0.01), (100, 5_000), 50),
        (free(per_share=1, maximum=0.01, minimum=60), (100, 5_000), 60),
        (free(maximum=0.01, minimum=60), (1, 0), 60),
        (Costs(20, maker_bps=10), (100, 5_000, 5_000), 5),
        (Costs(20, maker_bps=10), (100, 5_000, 2_000), 6 + 2),
        (Costs(20, maker_bps=0), (100, 5_000, 5_000), 0),
        (Costs(20), (100, 5_000, 2_000), 10),
        (Costs(tiers=TIERED), (1, 500), 0.5),
        (Costs(tiers=TIERED), (1, 1_000), 1),
        (Costs(tiers=TIERED), (1, 3_000), 1 + 1),
        (Costs(tiers=TIERED), (1, 30_000), 1 + 4.5 + 2),
        (Costs(20, tiers=((1_000, 5),)), (1, 500), 1),
        (Costs(20, tiers=((1_000, 5),)), (1, 3_000), 2 + 1),
        (Costs(tiers=TIERED), (1, 3_000, 3_000), 2),
        (Costs(tiers=TIERED, maker_bps=2), (1, 3_000, 2_000), 1 + 0.4),
    ],
)
def test_an_order_owes_for_what_it_traded(costs, traded, fee):
    assert owed(costs, *traded) == pytest.approx(fee, abs=1e-8)


def test_a_fee_is_rounded_half_even_once():
    assert [order_fee(fees_of(Costs(5_000)), 1, value, 0) for value in (1, 3, 5)] == [0, 2, 2]
    assert order_fee(fees_of(Costs(5)), UNIT, 1_032_270_000_000, 0) == 516_135_000


RECORDS = st.builds(
    Costs,
    commission_bps=st.floats(0, 9_999),
    maker_bps=st.none() | st.floats(0, 9_999),
    per_share=st.floats(0, 100),
    per_order=st.floats(0, 100),
    minimum=st.floats(0, 100),
    maximum=st.just(math.inf) | st.floats(1e-6, 1),
    tiers=st.lists(
        st.tuples(st.floats(0, 1e6), st.floats(0, 9_999)), unique_by=lambda tier: tier[0]
    ).map(sorted),
)
FILLS = st.lists(
    st.tuples(st.integers(1, 10**13), st.integers(1, 10**12), st.booleans()), min_size=1, max_size=6
)


@given(costs=RECORDS, fills=FILLS)
def test_what_an_order_owes_never_falls_as_it_fills(costs, fills):
    fees, before, quantity, value, maker = fees_of(costs), 0, 0, 0, 0
    for units, price, rested in fills:
        quantity, value = quantity + units, value + worth(units, price)
        maker += worth(units, price) * rested
        after = order_fee(fees, quantity, value, maker)
        assert after >= before
        before = after


@given(costs=RECORDS, fills=FILLS)
def test_an_order_owes_at_least_its_minimum_and_at_most_its_maximum(costs, fills):
    quantity = sum(units for units, _, _ in fills)
    value = sum(worth(units, price) for units, price, _ in fills)
    fee = order_fee(fees_of(costs), quantity, value, 0)
    assert fee >= round(costs.minimum * UNIT)
    if costs.maximum * value >= costs.minimum * UNIT:
        assert fee <= round(costs.maximum * value) if costs.maximum < math.inf else True


@given(value=st.integers(0, 10**18), maker=st.integers(0, 10**18), bps=st.floats(0, 9_999))
def test_a_maker_who_pays_as_the_rest_pays_for_the_whole_value(value, maker, bps):
    assume(maker <= value)
    assert order_fee(fees_of(Costs(bps)), 1, value, maker) == round(value * bps / 10_000)


@pytest.mark.parametrize("case", range(3))
def test_fills_pay_what_zipline_takes(case, zipline):
    model, fills, expected = zipline["commission"][case].values()
    rate = float(re.search(r"[0-9.]+", model)[0])
    costs = free(per_share=rate) if "share" in model else free(per_order=rate)
    paid, traded = [], 0
    for fill in fills:
        before, traded = owed(costs, traded, traded * 50), traded + abs(fill)
        paid.append(owed(costs, traded, traded * 50) - before)
    assert paid == pytest.approx(expected, abs=1e-8)


def test_prices_are_moved_as_zipline_moves_them(zipline):
    cases = zipline["fixed_bps"]
    for case in cases["cases"]:
        costs = Costs(slippage_bps=case["bps"])
        assert moved(costs, cases["bar"]["close"], 1) == case["price"]


@pytest.mark.parametrize(
    ("shares", "value", "fee"),
    [
        (697, 100_000, 3.485),
        (1, 389.87, 1.0),
        (311, 80_000, 1.555),
        (144, 20_000, 1.0),
        (1_000, 900, 4.5),
        (1_000, 100, 1.0),
    ],
)
def test_lean_takes_half_a_cent_a_share_between_a_dollar_and_half_a_percent(shares, value, fee):
    assert owed(cost_models.get("lean"), shares, value) == fee


def test_whole_backtests_of_lean_paid_these_fees(lean):
    for case in lean["cases"][:3]:
        expected = case["expect"]
        shares = expected.get("quantities", {"SPY": expected.get("quantity")}).values()
        fees = sum(owed(cost_models.get("lean"), one, one * 150) for one in shares)
        assert fees == pytest.approx(expected["total_fees"], abs=0.006)


@pytest.mark.parametrize(
    ("costs", "share", "volatility", "moves"),
    [
        (Costs(slippage_bps=5), 0.0, 0.0, 0.0005),
        (Costs(slippage_bps=5), 0.5, 0.2, 0.0005),
        (free(volume_impact=0.1), 0.025, 0.0, 0.0000625),
        (free(volume_impact=0.1), 0.0, 0.0, 0.0),
        (free(volatility_impact=0.5), 0.04, 0.02, 0.5 * 0.02 * 0.2),
        (free(volatility_impact=0.5), 0.0, 0.02, 0.0),
        (Costs(0, 5, volume_impact=1, volatility_impact=1), 0.1, 0.02,
         0.0005 + 0.01 + 0.02 * math.sqrt(0.1)),
        (free(volume_impact=999), 1.0, 0.0, 1.0),
    ],
)  # fmt: skip
def test_a_price_is_moved_against_you(costs, share, volatility, moves):
    assert moved(costs, 100, 1, share, volatility) == pytest.approx(100 * (1 + moves), abs=1e-8)
    least = max(100 * (1 - moves), 1e-8)
    assert moved(costs, 100, -1, share, volatility) == pytest.approx(least, abs=1e-8)


@given(price=st.integers(1, 2**52), bps=st.floats(0, 9_999))
def test_a_price_stays_above_zero_and_below_its_double(price, bps):
    slippage = slippage_of(Costs(slippage_bps=bps))
    assert 1 <= slipped_price(slippage, price, -1, 0.0, 0.0) <= price
    assert price <= slipped_price(slippage, price, 1, 0.0, 0.0) <= 2 * price


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"commission_bps": -1}, "commission_bps must be from 0 to below 10000, was -1"),
        ({"slippage_bps": math.nan}, "slippage_bps must be from 0 to below 10000, was nan"),
        ({"maker_bps": -2}, "maker_bps must be from 0 to below 10000, was -2"),
        ({"per_share": math.inf}, "per_share must be from 0 to below 1e9, was inf"),
        ({"per_order": "1"}, "per_order must be a number, was '1'"),
        ({"minimum": True}, "minimum must be a number, was True"),
        ({"maximum": 0}, "maximum must be a share of value above 0, was 0"),
        ({"borrow_rate": 10}, "borrow_rate must be a share a year, from 0 to below 10, was 10"),
        ({"debit_rate": -0.1}, "debit_rate must be a share a year, from 0 to below 10, was -0.1"),
        ({"volume_impact": 1000}, "volume_impact must be from 0 to below 1000, was 1000"),
        ({"volatility_impact": -1}, "volatility_impact must be from 0 to below 1000, was -1"),
        ({"tiers": 5}, r"tiers cannot be 5; give pairs of from_value and bps"),
        ({"tiers": (5, 10)}, r"tiers cannot hold 5; give pairs of from_value and bps"),
        ({"tiers": ((0, 5, 1),)}, r"tiers cannot hold \(0, 5, 1\); give pairs"),
        ({"tiers": ((10, 5), (10, 4))}, "tiers must rise, but 10 follows 10"),
        ({"tiers": ((0, -5),)}, "the bps of a tier must be from 0 to below 10000, was -5"),
        ({"tiers": ((-1, 5),)}, "the from_value of a tier must be from 0 to below 9e10, was -1"),
        ({"own_fee": 5}, "own_fee must be a function, was 5; name a cost_model"),
        ({"own_price": "x:y"}, "own_price must be a function, was 'x:y'; name a cost_model"),
    ],
)
def test_impossible_costs_say_what_they_must_be(costs, message):
    with pytest.raises(ParameterError, match=message):
        Costs(**costs)


@pytest.mark.parametrize(
    "costs",
    [free(maker_bps=1), free(tiers=((5, 1),)), free(per_share=1), free(minimum=1), Costs(1, 0),
     free(volume_impact=1), free(own_fee=lambda *traded: 0.0), Costs(0, 1)],
)  # fmt: skip
def test_a_run_without_costs_can_be_told(costs):
    assert free().none
    assert free(maker_bps=0, borrow_rate=0.1).none
    assert not costs.none


def test_its_own_python_is_asked_for_fee_and_price():
    costs = Costs(
        own_fee=lambda shares, value, maker: shares + value + maker,
        own_price=lambda price, direction, share, volatility: (
            price + direction * (share + volatility)
        ),
    )
    assert owed(costs, 1, 20, 3) == 24
    assert owed(costs, 0, 0) == 0
    assert moved(costs, 100, 1, 0.5, 0.25) == 100.75
    assert moved(costs, 100, -1, 0.5, 0.25) == 99.25


@pytest.mark.parametrize("amount", [math.nan, -1.0, math.inf, None, "5", True, [1.0], 10**400])
def test_its_own_python_must_return_an_amount(amount):
    with pytest.raises(
        OrderError, match=r"own_fee\(1, 50, 0\) must return a number from 0 on, was"
    ):
        owed(Costs(own_fee=lambda *traded: amount), 1, 50)


def flat_fee(shares):
    return shares / 0


@pytest.mark.parametrize(
    ("fee", "what"),
    [
        (flat_fee, r"raised TypeError: flat_fee\(\) takes 1 positional .*; mend flat_fee$"),
        (
            lambda *told: flat_fee(*told[:1]),
            "raised ZeroDivisionError: .* by zero; mend .*lambda>$",
        ),
    ],
)
def test_its_own_python_that_fails_is_named_with_its_call(fee, what):
    with pytest.raises(OrderError, match=rf"own_fee\(1, 50, 0\) must return .*, {what}"):
        owed(Costs(own_fee=fee), 1, 50)


@pytest.mark.parametrize("amount", [np.float64(2.5), Decimal("2.5"), Fraction(5, 2)])
def test_its_own_python_may_return_any_kind_of_number(amount):
    assert owed(Costs(own_fee=lambda *traded: amount), 1, 50) == 2.5


def test_its_own_python_must_return_a_price():
    with pytest.raises(OrderError, match=r"own_price\(50, 1, 0, 0\) must return a number from 1e-"):
        moved(Costs(own_price=lambda *told: 0.0), 50, 1)


def traded(costs):
    return simulate(
        SmaCross(), random_market(rows=120), options=Options(costs, participation=0.0001)
    )


def test_a_run_of_own_python_comes_out_as_the_same_record_does():
    """Each fill pays the rise of its order's fee, which is rounded once for the order."""
    own = Costs(
        own_fee=lambda shares, value, maker: value * 0.0005,
        own_price=lambda price, direction, share, volatility: price * (1 + direction * 0.0005),
    )
    record, run = traded(Costs()), traded(own)
    assert len(run.fills) > len({fill.order_id for fill in run.fills})  # some fill in parts
    assert run.ledger() == record.ledger()
    assert [note.partition(": ")[0] for note in run.notes] == ["own cost code"]


def test_a_fee_of_own_python_that_falls_gives_nothing_back():
    run = traded(Costs(own_fee=lambda shares, value, maker: max(0.0, 100.0 - value / 1_000)))
    assert all(fill.commission >= 0 for fill in run.fills)
    paid = {}
    for fill in run.fills:
        paid.setdefault(fill.order_id, []).append(fill.commission)
    assert any(len(parts) > 1 and not any(parts[1:]) for parts in paid.values())
