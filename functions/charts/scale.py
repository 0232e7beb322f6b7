"""From values to places and labels."""

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS_OF_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
AIR, LEAST_SPAN = 0.06, 1 / 12
CROWDED = 45  # days; below it, days are named


class Scale(NamedTuple):
    """A range of values, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Return where a value lies between low (0.0) and high (1.0).

        >>> Scale(1.0, 100.0, log=True).share(10.0)
        0.5
        """
        if self.log:
            low, high, at = map(math.log, (self.low, self.high, value))
            return (at - low) / (high - low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """Return what lies at a share of the way from low to high.

        >>> Scale(1.0, 3.0).value(0.5), round(Scale(1.0, 100.0, log=True).value(0.5), 9)
        (2.0, 10.0)
        """
        if self.log:
            return math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)


def spanning(values: Iterable[float], *, log: bool = False) -> Scale:
    """Return the scale that holds all values with some air.

    It spans a twelfth of the highest at least, so that a small move looks small.

    >>> spanning([100.0, 100.5])
    Scale(low=96.0625, high=104.4375, log=False)
    """
    known = list(values)
    low, high = min(known), max(known)
    if log:
        factor = max((high / low) ** AIR, 1.04)
        return Scale(low / factor, high * factor, log=True)
    air = max((high - low) * AIR, (LEAST_SPAN * abs(high) - (high - low)) / 2) or 1.0
    return Scale(low - air, high + air)


def ticks(scale: Scale, wanted: int) -> list[float]:
    """Round values inside a scale, about as many as wanted.

    >>> ticks(Scale(97_000.0, 131_000.0), 4)
    [100000.0, 110000.0, 120000.0, 130000.0]
    >>> ticks(Scale(80.0, 1_200.0, log=True), 4)
    [100.0, 200.0, 500.0, 1000.0]
    """
    if scale.log and scale.high / scale.low > 4.0:
        return _log_ticks(scale, wanted)
    step = _nice((scale.high - scale.low) / wanted)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return [round(at * step, 10) for at in range(first, last + 1)]


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * each for each in STEPS if power * each >= step * 0.999)


def _log_ticks(scale: Scale, wanted: int) -> list[float]:
    powers = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
    for steps in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        inside = [10.0**power * step for power in powers for step in steps]
        inside = [each for each in inside if scale.low <= each <= scale.high]
        if len(inside) <= wanted + 2:
            return inside
    return inside[:: math.ceil(len(inside) / wanted)]


def date_ticks(first: int, last: int, wanted: int) -> list[tuple[int, str]]:
    """Days to name on an axis, as ordinals with their labels: years, months or days.

    A January is named by its year; other months by the month, with the year where none is. Of
    days the first has its year.

    >>> days = date(2011, 3, 8).toordinal(), date(2013, 3, 1).toordinal()
    >>> [words for _, words in date_ticks(*days, 4)]
    ['Jul', '2012', 'Jul', '2013']
    """
    if last - first < CROWDED:
        step = max(math.ceil((last - first + 1) / wanted), 1)
        days = range(first, last + 1, step)
        return [(each, _day_label(each, with_year=each == first)) for each in days]
    inside = _months_inside(first, last, wanted)
    years = any(date.fromordinal(day).month == 1 for day in inside)
    return [(day, _month_label(day, with_year=not years)) for day in inside]


def _months_inside(first: int, last: int, wanted: int) -> list[int]:
    """First days of months at even distances; more than one, where there are."""
    begin = date.fromordinal(first).year
    span = (date.fromordinal(last).year - begin + 1) * 12
    inside: list[int] = []
    for step in STEPS_OF_MONTHS:
        starts = [_month_start(begin, at) for at in range(0, span, step)]
        denser, inside = inside, [day for day in starts if first <= day <= last]
        if len(inside) <= wanted:
            break
    if len(inside) < 2 <= len(denser):
        return denser[:: math.ceil(len(denser) / max(wanted, 2))]
    return inside


def _month_start(year: int, months: int) -> int:
    return date(year + months // 12, months % 12 + 1, 1).toordinal()


def _month_label(day: int, *, with_year: bool) -> str:
    when = date.fromordinal(day)
    if when.month == 1:
        return str(when.year)
    return f"{MONTHS[when.month - 1]} {when.year}" if with_year else MONTHS[when.month - 1]


def _day_label(day: int, *, with_year: bool) -> str:
    when = date.fromordinal(day)
    return f"{when.day} {MONTHS[when.month - 1]}{f' {when.year}' if with_year else ''}"


def money(value: float) -> str:
    """Write an amount for an axis.

    >>> [money(each) for each in (950.0, 100_000.0, 112_500.0, 2_500_000.0)]
    ['$950', '$100k', '$112.5k', '$2.5m']
    >>> money(-50_000.0)
    '−$50k'
    """
    if value < 0:
        return f"−{money(-value)}"
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= size:
            return f"${value / (1e3 if letter == 'k' else size):,.6g}{letter}"
    return f"${value:,.0f}"


def whole_money(value: float) -> str:
    """Write an amount in whole currency.

    >>> whole_money(104_310.4)
    '$104,310'
    """
    return f"${value:,.0f}"


def day(session: str) -> str:
    """Write a date as a reader says it.

    >>> day("2011-03-08")
    '8 Mar 2011'
    """
    when = date.fromisoformat(session[:10])
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def percent(value: float, places: int = 0) -> str:
    """Write a fraction with its sign, a real minus.

    >>> percent(-0.123), percent(0.0), percent(0.0456, 1)
    ('−12%', '0%', '+4.6%')
    """
    text = f"{value * 100:+.{places}f}%".replace("-", "−")
    return text.lstrip("+−") if not any(letter in "123456789" for letter in text) else text
