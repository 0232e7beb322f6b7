"""One tree of errors, divided by who must act."""

from collections.abc import Iterable
from difflib import get_close_matches


class RobotPlugError(Exception):
    """Something a user can mend; its message says what, which, and the way out."""


class DataError(RobotPlugError):
    """Mend the data."""


class OrderError(RobotPlugError):
    """Mend the strategy."""


class ParameterError(RobotPlugError):
    """Mend the request."""


def unknown(what: str, name: str, known: Iterable[str]) -> ParameterError:
    """Name what does not exist, with the nearest thing that does.

    >>> str(unknown("strategy", "sma_cros", ["rsi_reversion", "sma_cross"]))
    "no strategy named 'sma_cros'; did you mean 'sma_cross'?"
    >>> str(unknown("strategy", "x", ["rsi_reversion", "sma_cross"]))
    "no strategy named 'x'; there are rsi_reversion, sma_cross"
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    way_out = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
    return ParameterError(f"no {what} named {name!r}; {way_out}")
