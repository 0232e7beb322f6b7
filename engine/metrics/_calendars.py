"""How many sessions a year has, by calendar."""

from engine.errors import ParameterError

PERIODS_PER_YEAR = {"XNYS": 252.0, "24/7": 365.0, "24/5": 260.0}


def periods_per_year(*calendars: str) -> float:
    """How many sessions make a year: stated, never guessed from dates.

    The same for bars of any length, since returns are measured from session to session. A mixed
    account has a session whenever one of its calendars has: it counts as the most frequent one.

    >>> periods_per_year("XNYS"), periods_per_year("XNYS", "24/7")
    (252.0, 365.0)
    """
    if not calendars:
        raise ParameterError("a year of which calendar? name at least one, such as XNYS")
    return max(_periods(calendar) for calendar in calendars)


def _periods(calendar: str) -> float:
    try:
        return PERIODS_PER_YEAR[calendar]
    except KeyError:
        known = ", ".join(sorted(PERIODS_PER_YEAR))
        message = f"no periods per year are set for calendar {calendar!r}; there are {known}"
        raise ParameterError(message) from None
