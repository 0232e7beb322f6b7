"""Steps in a price that are a split's and no day's move.

What a symbol usually does in a session is the measure: a split that is no larger than that cannot
be told from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import log
from typing import NamedTuple

import numpy as np

from engine.money import Floats
from functions.providers import Bar, CorporateAction

TELLING = 8.0
"""A split is told from a day's move when it is so many times as large as they usually are."""
NEARER = 0.25
"""So much of a split, as a logarithm, may the day itself have moved."""
LONGEST_RUN = 20
"""Of bars that a provider forgot to adjust; later a price may have come back by itself."""
_FEWEST = 20
_UNKNOWN = 0.03
"""What a price is thought to do in a session while too few of them are known."""
_SMALLEST = 0.01
_DEVIATION = 1.4826
"""The standard deviation of normal moves over the median of their size."""


class Step(NamedTuple):
    """Where the price first differs by a ratio from the bar before, and the ratio."""

    at: int
    ratio: float


def usual_move(days: Sequence[date], closes: Floats) -> float:
    """Return the deviation of a session's move, as a logarithm; single large ones do not count.

    days: of each close the session, in order. closes: on one scale of shares.
    """
    sessions = np.array(days, dtype="datetime64[D]")
    last = np.append(sessions[1:] != sessions[:-1], True)
    moves = np.abs(np.diff(np.log(closes[last])))
    if len(moves) < _FEWEST:
        return _UNKNOWN
    passed = np.maximum(np.busday_count(sessions[last][:-1], sessions[last][1:]), 1)
    return max(float(np.median(moves / np.sqrt(passed))) * _DEVIATION, _SMALLEST)


def telling(splits: Iterable[CorporateAction], move: float) -> list[float]:
    """Return the ratios of the splits that can be told from so large a move."""
    told = {float(split.value) for split in splits if split.value}
    return sorted(ratio for ratio in told if abs(log(ratio)) >= TELLING * move)


def off_scale(
    bars: Sequence[Bar], days: Sequence[date], splits: Sequence[CorporateAction], shares: Floats
) -> dict[int, float]:
    """Return the places of bars that stand at a split's ratio between those around them.

    shares: by which each bar's prices are multiplied to stand on one scale. A run of such bars
    ends where the price steps back.
    """
    if not splits or len(bars) < 3:
        return {}
    opens = np.array([float(bar.open) for bar in bars]) * shares
    closes = np.array([float(bar.close) for bar in bars]) * shares
    ratios = telling(splits, usual_move(days, closes))
    steps = sorted(_steps(np.log(opens), np.log(closes), ratios))
    return dict(_runs(steps))


def _steps(opens: Floats, closes: Floats, ratios: Sequence[float]) -> Iterator[Step]:
    """Yield where both open and close are a ratio, or its inverse, from the close before."""
    own = np.stack([opens[1:], closes[1:]]) - closes[:-1]
    for size in {abs(log(ratio)) for ratio in ratios}:
        for sign in (1.0, -1.0):
            near = np.abs(own - sign * size) < NEARER * size
            places = np.flatnonzero(near.all(axis=0)) + 1
            yield from (Step(at, float(np.exp(sign * size))) for at in places.tolist())


def _runs(steps: Sequence[Step]) -> Iterator[tuple[int, float]]:
    end = 0
    for at, ratio in steps:
        back = (
            other.at
            for other in steps
            if at < other.at <= at + LONGEST_RUN and abs(log(other.ratio * ratio)) < _SMALLEST
        )
        if at >= end and (until := next(back, None)):
            yield from ((place, ratio) for place in range(at, until))
            end = until
