"""What the bars around a bar say of it: prices that came from nowhere and went back there."""

from typing import NamedTuple

import numpy as np

from engine.money import Bools, Floats

HIGHEST_SPIKE = 1.5
"""A high above this multiple of its own body and of both neighbours' highs is a bad print.

Where a market never closes it is noted only: thin books are swept within a minute, and paid.
"""
LOWEST_SPIKE = 0.4
"""A low below this share of all around it is noted, not refused: in a crash such lows are paid."""
COARSE_BELOW = 1.0
"""Where a tick is a large part of a price, spikes are trades."""
SLIPS = (100.0, 1000.0, 0.01, 0.001)
_NEAR = 1.5


class Strays(NamedTuple):
    """Places of bars: with the reason why each cannot be, and of highs and lows far from others."""

    refused: dict[int, str]
    high: list[int]
    low: list[int]


class _Around(NamedTuple):
    """Of every bar that has both neighbours; theirs on its own scale of shares."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    close_before: Floats
    open_after: Floats
    highest: Floats
    lowest: Floats
    least: Floats


def strays(prices: Floats, ratio: Floats, *, thin: bool) -> Strays:
    """Find what cannot be among one symbol's bars in order.

    prices: open, high, low and close, shape (4, bars). ratio: by how much the splits since the bar
    before multiplied shares, shape (bars,). thin: the market never closes.
    """
    found = Strays({}, [], [])
    if prices.shape[1] < 3:
        return found
    around = _around(prices, ratio)
    slips, above = _slips(around), _above(around)
    spiked = (above > HIGHEST_SPIKE) & (around.least >= COARSE_BELOW)
    plunged = around.low < LOWEST_SPIKE * around.lowest
    for at in np.flatnonzero((slips > 0) | spiked | plunged).tolist():
        if slips[at] > 0:
            found.refused[at + 1] = f"its prices are {slips[at]:g} times those before and after it"
        elif spiked[at] and not thin:
            found.refused[at + 1] = f"its high is {above[at] - 1:.0%} above all around it"
        else:
            (found.high if spiked[at] else found.low).append(at + 1)
    return found


def _around(prices: Floats, ratio: Floats) -> _Around:
    before, own, after = (
        prices[:, :-2] / ratio[1:-1],
        prices[:, 1:-1],
        prices[:, 2:] * ratio[2:],
    )
    bodies = np.stack([own[0], own[3]])
    highest = np.max([*bodies, before[1], after[1]], axis=0)
    lowest = np.min([*bodies, before[2], after[2]], axis=0)
    least = np.min([*bodies, before[3], after[3]], axis=0)
    return _Around._make([*own, before[3], after[0], highest, lowest, least])


def _above(around: _Around) -> Floats:
    above: Floats = around.high / around.highest
    return above


def _slips(around: _Around) -> Floats:
    """By what all four prices are off, 0 where they are not."""
    slips = np.zeros(len(around.open))
    own = np.stack(around[:4])
    for times in SLIPS:
        near = np.ones(len(slips), np.bool_)
        for other in (around.close_before * times, around.open_after * times):
            near &= _near(own, other)
        slips = np.where(near & (slips == 0), times, slips)
    return slips


def _near(prices: Floats, other: Floats) -> Bools:
    share = prices / other
    return np.asarray(((share > 1 / _NEAR) & (share < _NEAR)).all(axis=0))
