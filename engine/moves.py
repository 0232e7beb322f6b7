"""How much a symbol's closes move, as it was known before each bar.

Every sum has one written order, so that the numbers are the same on every CPU.
"""

import numpy as np

from engine.money import Bools, Floats

MOVES = 20


def volatility_before(close: Floats, there: Bools) -> Floats:
    """Return the sample deviation of each symbol's last 20 moves before a row; 0 until it has 20.

    close: on one price scale, shape (rows, symbols). there: where there is a bar. A move is the
    simple return from a bar's close to the next one's, not annualised.
    """
    known = np.zeros(close.shape)
    for column in range(close.shape[1]):
        rows = np.flatnonzero(there[:, column])
        if len(rows) > MOVES:
            deviations = _deviations(close[rows, column])
            before = np.searchsorted(rows, np.arange(len(close)))
            known[:, column] = np.append(0.0, deviations)[before]
    return known


def _deviations(close: Floats) -> Floats:
    """The deviation of the moves up to each close, 0 before there are enough."""
    moves = close[1:] / close[:-1] - 1
    windows = len(moves) - MOVES + 1
    mean = np.zeros(windows)
    for at in range(MOVES):
        mean += moves[at : at + windows]
    mean /= MOVES
    squares = np.zeros(windows)
    for at in range(MOVES):
        apart = moves[at : at + windows] - mean
        squares += apart * apart
    return np.append(np.zeros(MOVES), np.sqrt(squares / (MOVES - 1)))
