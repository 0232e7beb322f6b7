"""What a curve did over the sessions before each of its places: Sharpe ratios and betas.

Sums are carried along, so that a place costs the same however long its window is; numpy is not
needed. A window that hardly varies beside the whole curve has no ratio.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from operator import mul
from statistics import NormalDist

Returns = Sequence[float | None]
Z_95 = NormalDist().inv_cdf(0.975)
SHARES = (1.0, 0.5, 0.25)
"""Of a year: the lengths that a window may have."""
ROOM = 1.5
"""How many windows a curve must be long, so that more is seen than a dot."""
FLAT = 1e-9


def window_of(sessions: int, periods_per_year: float) -> int:
    """Choose the longest window that a curve has room for; the shortest where none fits.

    >>> [window_of(sessions, 252) for sessions in (2770, 200, 10)]
    [252, 126, 63]
    """
    lengths = [round(periods_per_year * share) for share in SHARES]
    return next((each for each in lengths if sessions >= ROOM * each), lengths[-1])


def returns_of(values: Sequence[float | None], start: float | None) -> list[float | None]:
    """Return the simple return to each value from the one before; None where either is not known.

    >>> returns_of([110.0, None, 121.0], 100.0)
    [0.10000000000000009, None, None]
    """
    before = [start, *values[:-1]]
    return [
        None if now is None or not then else now / then - 1.0
        for then, now in zip(before, values, strict=True)
    ]


def sharpes(
    returns: Returns, window: int, periods_per_year: float, places: Iterable[int]
) -> list[float | None]:
    """Sharpe ratio a year over the window that ends at each of the places; None elsewhere.

    >>> sharpes([0.01, -0.01, 0.02, 0.0], 4, 252, [3])[3]  # doctest: +ELLIPSIS
    6.148...
    """
    series = _filled(returns)
    sums, squares, known = _sums(series), _sums(map(mul, series, series)), _known(returns)
    least = FLAT * squares[-1] / max(known[-1], 1)
    year = math.sqrt(periods_per_year)

    def at(first: int, last: int) -> float | None:
        if known[last] - known[first] < window:
            return None
        mean = (sums[last] - sums[first]) / window
        spread = (squares[last] - squares[first] - window * mean * mean) / (window - 1)
        return mean / math.sqrt(spread) * year if spread > least else None

    return _at_places(len(returns), window, places, at)


def betas(
    returns: Returns, benchmark: Returns, window: int, places: Iterable[int]
) -> list[float | None]:
    """Slope on the benchmark's returns over the window that ends at each of the places.

    >>> betas([0.02, -0.02, 0.04], [0.01, -0.01, 0.02], 3, [2])[2]  # doctest: +ELLIPSIS
    2.0...
    """
    known = _known([None if None in pair else 0.0 for pair in zip(returns, benchmark, strict=True)])
    own, market = _filled(returns), _filled(benchmark)
    ours, theirs = _sums(own), _sums(market)
    squares, shared = _sums(map(mul, market, market)), _sums(map(mul, own, market))
    least = FLAT * squares[-1] / max(known[-1], 1) * window

    def at(first: int, last: int) -> float | None:
        if known[last] - known[first] < window:
            return None
        mean = (theirs[last] - theirs[first]) / window
        spread = squares[last] - squares[first] - window * mean * mean
        together = shared[last] - shared[first] - mean * (ours[last] - ours[first])
        return together / spread if spread > least else None

    return _at_places(len(returns), window, places, at)


def reach(sharpe: float, window: int, periods_per_year: float) -> float:
    """How far a Sharpe ratio a year may be off, at 95 %, on either side. Lo (2002), eq. 9.

    >>> round(reach(0.0, 252, 252), 2)
    1.96
    """
    each = sharpe * sharpe / periods_per_year
    return Z_95 * math.sqrt((1.0 + each / 2.0) / window * periods_per_year)


def _at_places(
    count: int, window: int, places: Iterable[int], at: Callable[[int, int], float | None]
) -> list[float | None]:
    """What is told of the window that ends with each place, where there is a whole one."""
    found: list[float | None] = [None] * count
    for place in places:
        if place + 1 >= window:
            found[place] = at(place + 1 - window, place + 1)
    return found


def _filled(values: Returns) -> list[float]:
    return [0.0 if value is None else value for value in values]


def _sums(values: Iterable[float]) -> list[float]:
    """Sums of all that lies before each place; one more than there are values."""
    return list(accumulate(values, initial=0.0))


def _known(values: Returns) -> Sequence[int]:
    """How many are known before each place."""
    if None not in values:
        return range(len(values) + 1)
    return list(accumulate((value is not None for value in values), initial=0))
