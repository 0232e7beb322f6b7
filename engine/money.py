"""Money and quantities as whole hundred-millionths, so that sums are exact in any order.

One share, one dollar and a price of one dollar are each 100,000,000 units in an int64. Nothing
here needs more than 64 bits while a value stays below ninety billion.
"""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import ParameterError

UNIT = 100_000_000
LARGEST = 90_000_000_000 * UNIT

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Array = TypeVar("Array", bound=NDArray[Any])
Record = TypeVar("Record", bound=tuple[Any, ...])
Whole = TypeVar("Whole", int, Ints)


def frozen(array: Array) -> Array:
    """Return an array as a view that cannot be written to, nor be made so."""
    array.setflags(write=False)
    return array.view()


def frozen_all(record: Record) -> Record:
    """Return a NamedTuple, and those in it, with all their arrays frozen."""
    return type(record)(*(_frozen(each) for each in record))


def _frozen(each: object) -> Any:  # noqa: ANN401 - of the same type
    if isinstance(each, np.ndarray):
        return frozen(each)
    return frozen_all(each) if isinstance(each, tuple) else each


def half_even(numerator: Whole, denominator: int) -> Whole:
    """Divide whole numbers, to the nearest, ties to the even neighbour.

    >>> [half_even(n, 2) for n in (-3, -1, 1, 3, 4)]
    [-2, 0, 0, 2, 2]
    """
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    rounded: Whole = quotient + up
    return rounded


def worth(quantity: int, price: int) -> int:
    """Quantity times price, all in units, rounded half-even once.

    Split at the decimal point, because the whole product would not fit 64 bits. OverflowError
    beyond ninety billion, here as in `added`: compiled code would go on with something else.

    >>> worth(57 * UNIT, 18_110_000_000)  # 57 shares at 181.10
    1032270000000
    """
    if abs(float(quantity)) / UNIT * abs(float(price)) > LARGEST:
        raise OverflowError
    shares, part = quantity // UNIT, quantity % UNIT
    if part == 0:
        return shares * price
    dollars, cents = price // UNIT, price % UNIT
    known = shares * price + part * dollars
    odd = known % 2  # a tie goes to the even sum, of which this is a part
    return known - odd + half_even(part * cents + odd * UNIT, UNIT)


def value_of(quantity: int, price: int, multiplier: float) -> int:
    """What so much of an instrument is worth, where a price of one counts for `multiplier`."""
    value = worth(quantity, price)
    return value if multiplier == 1.0 else added(0, whole(value * multiplier))


def added(amount: int, more: int) -> int:
    """Add two amounts in units; OverflowError where the sum is beyond ninety billion."""
    if abs(float(amount) + float(more)) >= LARGEST:
        raise OverflowError
    return amount + more


def whole(amount: float) -> int:
    """Round half-even; what is beyond ninety billion becomes that much."""
    return round(min(max(amount, -float(LARGEST)), float(LARGEST)))


def countable(quantity: float, price: float, multiplier: float) -> bool:
    """Whether quantity times price, in units, can be counted with all that is charged on it."""
    return abs(float(quantity)) / UNIT * price * multiplier <= LARGEST / 4


def worths(quantities: Ints, prices: Ints) -> Ints:
    """Return what each quantity is worth at its price, as `worth` does."""
    shares, parts = quantities // UNIT, quantities % UNIT
    dollars, cents = prices // UNIT, prices % UNIT
    known: Ints = shares * prices + parts * dollars
    odd = known % 2
    return known - odd + half_even(parts * cents + odd * UNIT, UNIT)


def split_units(units: int, ratio: float) -> int:
    """Count a quantity in the shares after a split: so many new for each old."""
    return whole(units * ratio)


def split_price(price: int, ratio: float) -> int:
    """Tell a price for each share after a split; 0, which is no price, stays 0."""
    return max(1, whole(price / ratio)) if price > 0 else 0


def to_units(amount: str | float | Decimal, places: int = 8) -> int:
    """Take a decimal number to units; a float counts as the shortest text that gives it back.

    >>> to_units("100000"), to_units(0.1)
    (10000000000000, 10000000)
    """
    try:
        units = int((Decimal(str(amount)).scaleb(places)).to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise ParameterError(f"an amount must be a finite decimal, was {amount!r}") from error
    if abs(units) > LARGEST:
        raise ParameterError(f"an amount must be below ninety billion, was {amount!r}")
    return units


def to_text(units: int, places: int = 8) -> str:
    """Write units as a decimal number with all its places.

    >>> to_text(10_000_050_000_000), to_text(-1)
    ('100000.50000000', '-0.00000001')
    """
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(int(units)), 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def to_short_text(units: int, at_least: int = 2, places: int = 8) -> str:
    """Write units without the zeros at the end, but with `at_least` places.

    >>> to_short_text(18_110_000_000), to_short_text(57 * UNIT, 0)
    ('181.10', '57')
    """
    whole, part = to_text(units, places).split(".")
    part = part.rstrip("0").ljust(at_least, "0")
    return f"{whole}.{part}" if part else whole
