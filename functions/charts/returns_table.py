"""Each month's and each year's return, as the lines of a table."""

from collections.abc import Sequence
from typing import NamedTuple

from functions.charts.series import Phase, months, years

ROW, GAP, TOP = 26, 2, 24  # pixels
STRONGEST = 0.5  # of a colour over the surface: words in ink stay readable on it
LEAST_FULL = 0.04


class Line(NamedTuple):
    """A year of a phase; values by month 1 to 12, None without a session. Or a heading."""

    phase: str
    year: int | None
    values: Sequence[float | None]
    total: float | None


def lines(found: Sequence[Phase]) -> list[Line]:
    """Return each phase's heading and years, oldest first."""
    table: list[Line] = []
    for phase in found:
        by_month, by_year = months(phase), years(phase)
        table.append(Line(phase.name, None, (), None))
        table += [
            Line(phase.name, year, [by_month.get((year, month)) for month in range(1, 13)], total)
            for (year, _), total in by_year.items()
        ]
    return table


def fullest(table: Sequence[Line]) -> float:
    """Return the size of a month that gets the full colour: one month in ten is larger."""
    sizes = sorted(abs(value) for line in table for value in line.values if value is not None)
    return max(LEAST_FULL, sizes[int(0.9 * (len(sizes) - 1))] if sizes else 0.0)


def short_percent(value: float) -> str:
    """Write a month's return in at most four characters, without the sign of percent.

    >>> [short_percent(each) for each in (0.034, -0.0512, 0.12, -0.0001)]
    ['3.4', '−5.1', '12', '0.0']
    """
    places = 1 if abs(value) < 0.0995 else 0
    text = f"{value * 100:.{places}f}"
    return ("0.0" if float(text) == 0 else text).replace("-", "−")


def whole_percent(value: float) -> str:
    """Write a month's return in whole percent, for a narrow screen.

    >>> [whole_percent(each) for each in (0.034, -0.0512, -0.0001)]
    ['3', '−5', '0']
    """
    return f"{round(value * 100):d}".replace("-", "−")


def height(table: Sequence[Line]) -> int:
    """Return how high the chart is."""
    return TOP + ROW * max(len(table), 1) + 8


def sign(value: float) -> str:
    """Name the colour of a value; what reads 0.0 % is neither gain nor loss.

    >>> sign(0.01), sign(-0.01), sign(-0.0004), sign(0.0)
    ('gain', 'loss', 'muted', 'muted')
    """
    if round(abs(value), 3) == 0:
        return "muted"
    return "gain" if value > 0 else "loss"
