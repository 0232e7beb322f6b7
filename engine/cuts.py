"""After which bars a market is cut off: at decisions, at ends of weeks and months, and between."""

from collections.abc import Iterator
from itertools import islice, zip_longest

import numpy as np

from engine.bars import Sessions
from engine.money import Ints

GOLDEN = (5**0.5 - 1) / 2
FIRST_WEEK = 4
"""Days from 1970-01-01, a Thursday, to the first Monday."""


def cuts_of(decided: Ints, sessions: Sessions, first: int, most: int) -> list[int]:
    """Return up to `most` rows in the order of trying, each once; every row where there are so few.

    decided: the rows with decisions. However early one stops, what was tried lies spread over the
    whole. The last row is none: after it nothing is known that could be taken away.
    """
    rows = np.arange(first, len(sessions) - 1)
    decided = decided[(decided >= first) & (decided < len(sessions) - 1)]
    ends = rows[_ends(sessions)[rows]] if len(rows) else rows
    decisions = dict.fromkeys([*decided[:1].tolist(), *decided[-1:].tolist(), *_spread(decided)])
    by_turns = _by_turns(iter(decisions), iter(_spread(ends)), iter(_spread(rows)))
    return list(islice(dict.fromkeys(by_turns), most))


def _ends(sessions: Sessions) -> np.ndarray:
    """Whether a row is the last of its week, or of its month; the last row of all is not."""
    weeks = (sessions.astype(np.int64) - FIRST_WEEK) // 7
    months = sessions.astype("datetime64[M]").astype(np.int64)
    changes: np.ndarray = (np.diff(weeks) != 0) | (np.diff(months) != 0)
    return np.append(changes, False)


def _spread(rows: Ints) -> list[int]:
    """Order rows so that any first few of them lie evenly among all."""
    places = (np.arange(len(rows)) * GOLDEN) % 1
    return [int(row) for row in rows[places.argsort().argsort()]]


def _by_turns(decisions: Iterator[int], *others: Iterator[int]) -> Iterator[int]:
    """Take two decisions and then one of each other group, until all are at their ends."""
    turns = zip_longest(decisions, decisions, *others)
    return (row for turn in turns for row in turn if row is not None)
