"""What a number given by a user must be, refused with its name and its bounds."""

import re
from numbers import Real

from engine.errors import ParameterError, unknown


def short(value: float) -> str:
    """Write a number as a user would.

    >>> short(1e-8), short(1e9), short(0.5)
    ('1e-8', '1e9', '0.5')
    """
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:g}")


def number(name: str, value: object) -> float:
    """Return a number, which may be infinite or NaN; ParameterError where it is none.

    >>> number("leverage", "2")
    Traceback (most recent call last):
    engine.errors.ParameterError: leverage must be a number, was '2'
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ParameterError(f"{name} must be a number, was {value!r}")
    return float(value)


def share(name: str, value: object, *, below: float = 1, what: str = "") -> None:
    """Refuse what is not from 0 to below a bound.

    >>> share("cash_buffer", 1)
    Traceback (most recent call last):
    engine.errors.ParameterError: cash_buffer must be from 0 to below 1, was 1
    """
    if not 0 <= number(name, value) < below:
        raise ParameterError(f"{name} must be {what}from 0 to below {short(below)}, was {value}")


def between(name: str, value: object, low: float, high: float) -> None:
    """Refuse what does not lie between two bounds, themselves allowed.

    >>> between("leverage", 0.5, 1, 1000)
    Traceback (most recent call last):
    engine.errors.ParameterError: leverage must be between 1 and 1000, was 0.5
    """
    if not low <= number(name, value) <= high:
        raise ParameterError(f"{name} must be between {short(low)} and {short(high)}, was {value}")


def flag(name: str, value: object) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool):
        raise ParameterError(f"{name} must be true or false, was {value!r}")


def one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse what is not one of the words; it names the nearest."""
    if value not in known:
        raise unknown(name, str(value), known)
