from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ParameterError
from engine.money import UNIT, half_even, to_short_text, to_text, to_units, worth, worths

pytestmark = pytest.mark.engine

quantities = st.integers(0, 10**6 * UNIT)
prices = st.integers(1, 10**4 * UNIT)


def exact(quantity: int, price: int) -> int:
    product = Decimal(quantity) * Decimal(price) / UNIT
    return int(product.quantize(Decimal(1), ROUND_HALF_EVEN))


@given(quantity=quantities | st.integers(0, 10**6).map(lambda n: n * UNIT), price=prices)
def test_worth_is_the_exact_product_rounded_half_even_once(quantity, price):
    assert worth(quantity, price) == exact(quantity, price)


@given(pairs=st.lists(st.tuples(quantities, prices), min_size=1, max_size=5))
def test_arrays_are_worth_what_their_numbers_are(pairs):
    quantity, price = np.array(pairs, dtype=np.int64).T
    assert worths(quantity, price).tolist() == [worth(*pair) for pair in pairs]


@given(numerator=st.integers(-(10**15), 10**15), denominator=st.integers(1, 10**6))
def test_half_even_rounds_as_decimal_does(numerator, denominator):
    expected = (Decimal(numerator) / denominator).to_integral_value(ROUND_HALF_EVEN)
    assert half_even(numerator, denominator) == expected


@given(half=st.integers(1, 10**6), odd=st.integers(-(10**6), 10**6).map(lambda n: 2 * n + 1))
def test_a_tie_goes_to_the_even_neighbour(half, odd):
    assert half_even(half * odd, 2 * half) % 2 == 0
    assert half_even(np.array([half * odd]), 2 * half) % 2 == 0


@given(units=st.integers(-(10**18), 10**18))
def test_text_gives_the_units_back(units):
    assert to_units(to_text(units)) == units


@pytest.mark.parametrize(
    ("units", "at_least", "text"),
    [
        (57 * UNIT, 0, "57"),
        (57 * UNIT, 2, "57.00"),
        (57 * UNIT + 1, 2, "57.00000001"),
        (-UNIT // 2, 2, "-0.50"),
    ],
)
def test_short_text_drops_only_zeros(units, at_least, text):
    assert to_short_text(units, at_least) == text


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "ten", "1e12", float("inf")])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ParameterError, match="an amount must be"):
        to_units(amount)
