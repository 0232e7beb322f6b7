"""Numbers as a reader of a report sees them: with unit and sign, and a dash where there is none.

The site says the same of the same numbers (site/plugins/numerals.py); a test compares them.
"""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from engine.estimates import Estimate

LONG = {"1w": "weekly", "1mo": "monthly"}
NONE = "–"
MINUS = "−"
PLACES = {
    "fraction": 1,
    "ratio": 2,
    "money": 2,
    "days": 0,
    "sessions": 0,
    "count": 0,
    "basis points": 1,
}
SUFFIXES = {"fraction": "%", "basis points": " bp"}


def shown(value: float | None, unit: str, *, signed: bool = False) -> str:
    """Write one number in its unit; None is a dash.

    >>> shown(0.1234, "fraction", signed=True), shown(-0.5, "ratio"), shown(None, "ratio")
    ('+12.3%', '−0.50', '–')
    >>> shown(-1234.5, "money"), shown(12.34, "basis points")
    ('−$1,234.50', '12.3 bp')
    """
    if value is None:
        return NONE
    exact = Decimal(str(value)) * (100 if unit == "fraction" else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-PLACES[unit]), ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{'$' * (unit == 'money')}{abs(rounded):,f}{SUFFIXES.get(unit, '')}"


def interval(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    """Write the bounds of an interval; empty where there is none.

    >>> interval(Estimate(0.4, -0.31, 1.154), "ratio", signed=True)
    '−0.31 to +1.15'
    """
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (shown(end, unit, signed=signed) for end in (estimate.low, estimate.high))
    return f"{low} to {high}"


def trend(value: float | None, unit: str) -> str:
    """Name the side of zero that a number is on as it is shown.

    >>> trend(0.0004, "fraction"), trend(0.0006, "fraction"), trend(-12.5, "money")
    ('flat', 'gain', 'loss')
    """
    sign = shown(value, unit, signed=True)[0]
    return "gain" if sign == "+" else "loss" if sign == MINUS else "flat"


def quantity(units: int) -> str:
    """Write a number of shares, given in hundred-millionths, without needless zeros.

    >>> quantity(57_00000000), quantity(1250_50000000), quantity(-3_00000000)
    ('57', '1,250.5', '−3')
    """
    whole, part = divmod(abs(units), 10**8)
    rest = f"{part:08d}".rstrip("0")
    return f"{MINUS if units < 0 else ''}{whole:,}{'.' if rest else ''}{rest}"


def price(value: float) -> str:
    """Write a price in cents, and below one in hundredths of a cent.

    >>> price(1181.105), price(0.12345678)
    ('1,181.10', '0.1235')
    """
    exact = Decimal(str(value))
    places = "0.01" if abs(exact) >= 1 else "0.0001"
    return f"{exact.quantize(Decimal(places), ROUND_HALF_EVEN):,f}"


def counted(count: int, noun: str) -> str:
    """Write how many there are of something.

    >>> counted(1, "session"), counted(2500, "round trip")
    ('1 session', '2,500 round trips')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def rows_told(count: int, length: str) -> str:
    """Write how many bars there are, by their length.

    >>> rows_told(500, "1d"), rows_told(1, "1h"), rows_told(500, "1h"), rows_told(52, "1w")
    ('500 sessions', '1 bar of 1h', '500 bars of 1h', '52 weekly bars')
    """
    if length == "1d":
        return counted(count, "session")
    if length in LONG:
        return counted(count, f"{LONG[length]} bar")
    return f"{counted(count, 'bar')} of {length}"


def day(text: str) -> str:
    """Write an ISO date as a reader says it; an instant in full, to the minute.

    >>> day("2013-03-01"), day("2013-03-01T15:30:00Z")
    ('1 Mar 2013', '1 Mar 2013, 15:30 UTC')
    """
    when = date.fromisoformat(text[:10])
    said = f"{when.day} {when:%b %Y}"
    return f"{said}, {text[11:16]} UTC" if "T" in text else said
