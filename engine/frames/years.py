"""How many sessions a year has, told from the days of bars where they leave no doubt."""

from typing import NamedTuple

import numpy as np

from engine.bars import Sessions
from engine.errors import ParameterError
from engine.frames.reading import DAILY

FEWEST = 3
"""Sessions from which something can be told; of fewer a stock exchange's year is assumed."""
WEEKEND, STRAY = 0.2, 0.02
"""Shares of sessions at weekends: from the one on it is no weekday's market, below the other it is.

All seven days have two at a weekend; an exchange that also opens on Sunday evening one in six.
"""


class Year(NamedTuple):
    """How many sessions a year has, and what one is: "1d", "1w" or "1mo"."""

    sessions: float
    length: str


STOCKS, EVERY_DAY = Year(252.0, DAILY), Year(365.0, DAILY)
WEEKS, MONTHS = Year(52.0, "1w"), Year(12.0, "1mo")


def year_of(sessions: Sessions) -> Year | None:
    """Tell the year of these sessions, several rows of one counted once; None where it is in doubt.

    >>> days = np.arange("2012-01-09", "2012-03-09", dtype="datetime64[D]")
    >>> year_of(days).sessions, year_of(days[::7]).length, year_of(days[::3])
    (365.0, '1w', None)
    """
    days = np.unique(sessions.astype("datetime64[D]"))
    if len(days) < FEWEST:
        return STOCKS
    apart = float(np.median(np.diff(days).astype(np.int64)))
    if 6 <= apart <= 8:
        return WEEKS
    if 28 <= apart <= 31:
        return MONTHS
    return _of_days(days) if apart == 1 else None


def _of_days(days: Sessions) -> Year | None:
    weekends = 1 - float(np.is_busday(days).mean())
    if weekends >= WEEKEND:
        return EVERY_DAY
    return STOCKS if weekends <= STRAY else None


def told_year(sessions: Sessions) -> Year:
    """Tell the year as `year_of` does; ParameterError where it is in doubt."""
    year = year_of(sessions)
    if year is None:
        raise ParameterError(
            "how many sessions a year has cannot be told from these bars; give periods_per_year, "
            "such as 252 for a stock exchange's days, 260 for weekdays or 365 for every day"
        )
    return year
