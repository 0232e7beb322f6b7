"""Numbers as a reader sees them: with unit and sign, and never without saying why there is none.

theme/static/js/numerals.js says the same in the browser; a test holds the two together.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pelican import Pelican
from pelican.plugins import signals

NONE = "–"
MINUS = "−"
PLACES = {"fraction": 1, "ratio": 2, "money": 2, "days": 0, "sessions": 0, "count": 0}
Number = float | int | str | Decimal


def shown(value: Number | None, unit: str, *, signed: bool = False) -> str:
    """Write one number in its unit; None is a dash.

    >>> shown(0.1234, "fraction", signed=True), shown(-0.5, "ratio"), shown(None, "ratio")
    ('+12.3%', '−0.50', '–')
    >>> shown("100000.00000000", "money"), shown(-1234.5, "money"), shown(500, "sessions")
    ('$100,000.00', '−$1,234.50', '500')
    """
    if value is None:
        return NONE
    exact = Decimal(str(value)) * (100 if unit == "fraction" else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-PLACES[unit]), ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{'$' * (unit == 'money')}{abs(rounded):,f}{'%' * (unit == 'fraction')}"


def interval(estimate: Mapping[str, Any], unit: str, *, signed: bool = False) -> str:
    """Write the bounds of a 95 % interval; empty where there is none.

    >>> interval({"low": -0.31, "high": 1.154}, "ratio", signed=True)
    '−0.31 to +1.15'
    """
    if estimate.get("low") is None or estimate.get("high") is None:
        return ""
    low, high = (shown(estimate[side], unit, signed=signed) for side in ("low", "high"))
    return f"{low} to {high}"


def quantity(value: Number) -> str:
    """Write a number of shares without needless zeros.

    >>> quantity("57.00000000"), quantity("1250.50000000"), quantity("-3")
    ('57', '1,250.5', '−3')
    """
    exact = Decimal(str(value))
    whole, _, rest = f"{abs(exact):,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{MINUS if exact < 0 else ''}{whole}{'.' if rest else ''}{rest}"


def price(value: Number) -> str:
    """Write a price in cents, and below one in hundredths of a cent.

    >>> price("1181.10500000"), price("0.12345678")
    ('1,181.10', '0.1235')
    """
    exact = Decimal(str(value))
    places = "0.01" if abs(exact) >= 1 else "0.0001"
    return f"{exact.quantize(Decimal(places), ROUND_HALF_EVEN):,f}"


def trend(value: Number | None, unit: str) -> str:
    """Name the side of zero that a number is on as it is shown, for its colour.

    >>> trend(0.0004, "fraction"), trend(0.0006, "fraction"), trend("-12.50000000", "money")
    ('flat', 'gain', 'loss')
    """
    sign = shown(value, unit, signed=True)[0]
    return "gain" if sign == "+" else "loss" if sign == MINUS else "flat"


def plural(count: int, noun: str) -> str:
    """Write a noun as it follows a number.

    >>> plural(1, "session"), plural(0, "session")
    ('session', 'sessions')
    """
    return noun if count == 1 else f"{noun}s"


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {
        "shown": shown,
        "interval": interval,
        "quantity": quantity,
        "price": price,
        "trend": trend,
        "plural": plural,
    }


def register() -> None:
    """Offer the filters to every template."""
    signals.initialized.connect(_add_filters)
