"""The ratio of a split, which people round when they write it down."""

from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt

_FEWEST_PLACES = 4
_LARGEST = 1_000
"""No split gives its shares for more than so many old ones."""
_CHANCE = 50
"""A fraction counts where one number in so many, or fewer, lies that near to one by chance."""
_DIGITS = Context(prec=20)
"""So many that no other float lies nearer."""


def ratio(told: Decimal) -> Decimal:
    """Return new shares for one old share, of which some digits were told.

    >>> ratio(Decimal("0.3333")), ratio(Decimal("1.3333")), ratio(Decimal("0.66666"))
    (Decimal('0.33333333333333333333'), Decimal('1.3333333333333333333'), Decimal('0.66666666666666666667'))
    >>> ratio(Decimal("1.05")), ratio(Decimal("1.046")), ratio(Decimal("0.0625"))
    (Decimal('1.05'), Decimal('1.046'), Decimal('0.0625'))
    """  # noqa: E501
    exponent = told.as_tuple().exponent if told.is_finite() and told > 0 else 0
    if not isinstance(exponent, int) or exponent > -_FEWEST_PLACES:
        return told
    unit = Fraction(10) ** exponent
    denominators = min(isqrt(int(1 / (unit * _CHANCE))), _LARGEST)
    near = Fraction(told).limit_denominator(max(denominators, 1))
    off = near - Fraction(told)
    if not (-unit / 2 <= off < unit) or off == 0:  # rounded, or cut off
        return told
    return _DIGITS.divide(Decimal(near.numerator), Decimal(near.denominator))
