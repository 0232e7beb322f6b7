"""What else could have come: a market cut off after a bar, or going on in another way."""

from typing import NamedTuple

import numpy as np

from engine.bars import HIGHEST_PRICE, Bars, QuotedPrices, listed
from engine.market import Market
from engine.money import Floats

NONE, NOISE, MIRRORED = "none", "noise", "mirrored noise"
WILDER = 1.5
"""By how much noise moves more than the market did: what looks ahead shall see the difference."""
LOWEST_PRICE = 1e-6
STILL = 0.01
"""What a symbol moves a bar where the bars don't say."""
LISTING_WITHIN = 20
"""Rows after a cut within which noise lists what was not listed yet."""


class Noise(NamedTuple):
    """A random walk over a whole timeline, from 1; bars of shape (rows, symbols).

    volume: each symbol's own, in another order. gap: whether a symbol has no bar.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    gap: np.ndarray

    def mirrored(self) -> "Noise":
        """Return the walk that falls where this one rises."""
        return self._replace(
            open=1 / self.open, high=1 / self.low, low=1 / self.high, close=1 / self.close
        )


def noise_of(market: Market, seed: int) -> Noise:
    """Draw a walk as wild as the market and with as many gaps; one seed gives one walk."""
    random = np.random.default_rng(seed)
    shape = market.raw.close.shape
    there = listed(market.raw)
    wild = WILDER * _moves(market.close, there)
    steps, gaps = (random.normal(0, 1, shape) * wild for _ in range(2))
    closed = np.cumsum(steps, axis=0)
    opened = np.vstack([np.zeros_like(closed[:1]), closed[:-1]]) + 0.5 * gaps
    reach = np.abs(random.normal(0, 0.5, (2, *shape))) * wild
    high, low = np.maximum(opened, closed) + reach[0], np.minimum(opened, closed) - reach[1]
    opens, highs, lows, closes = (
        np.exp(np.clip(path, -40, 40)) for path in (opened, high, low, closed)
    )
    volume = random.permuted(market.raw.volume, axis=0)
    return Noise(opens, highs, lows, closes, volume, random.random(shape) < _gaps(there))


def with_future(market: Market, cut: int, noise: Noise, rows: int | None = None) -> Market:
    """Return the market as it was up to a row's close, and from there on as noise.

    The noise goes on from each symbol's last close. No action is known that was not known at that
    close. rows: of the whole; as many as the market has where not given.
    """
    stop = len(market.sessions) if rows is None else min(rows, len(market.sessions))
    known = market.head(cut + 1)
    ahead = slice(cut + 1, stop)
    level = _last(known.raw) / noise.close[cut]
    prices = [np.clip(level * path[ahead], LOWEST_PRICE, HIGHEST_PRICE) for path in noise[:4]]
    gap = noise.gap[ahead] | _unlisted(known.raw, stop - cut - 1)
    *prices, volume = (
        np.where(gap, np.nan, each) for each in (*prices, _filled(noise.volume[ahead]))
    )
    opens, highs, lows, closes = (
        _joined(before, after) for before, after in zip(known.raw[3:7], prices, strict=True)
    )
    whole = market.raw.head(stop)._replace(
        open=opens,
        high=highs,
        low=lows,
        close=closes,
        volume=_joined(known.raw.volume, volume),
        ask=_quotes(known.raw, known.raw.ask, prices),
        bid=_quotes(known.raw, known.raw.bid, prices),
    )
    return Market(market.symbols, whole, known.actions)


def _moves(close: Floats, there: np.ndarray) -> Floats:
    """How much each symbol moves from bar to bar, on the scale of logarithms."""
    moves = np.full(close.shape[1], STILL)
    for column in range(close.shape[1]):
        own = np.diff(np.log(close[there[:, column], column]))
        if len(own) > 1 and own.std() > 0:
            moves[column] = min(float(own.std()), 0.2)
    return moves


def _gaps(there: np.ndarray) -> Floats:
    """The share of bars missing between each symbol's first and last."""
    begun = np.maximum.accumulate(there, axis=0)
    begun &= np.maximum.accumulate(there[::-1], axis=0)[::-1]
    missing: Floats = (begun & ~there).sum(axis=0) / np.maximum(begun.sum(axis=0), 1)
    return missing


def _last(bars: Bars) -> Floats:
    """Each symbol's last close, 100 before its first."""
    there = listed(bars)
    at = len(there) - 1 - np.argmax(there[::-1], axis=0)
    return np.where(there.any(axis=0), bars.close[at, np.arange(there.shape[1])], 100.0)


def _unlisted(bars: Bars, rows: int) -> np.ndarray:
    """Where noise has no bar yet, as its symbol was not listed; shape (rows, symbols)."""
    later = np.arange(bars.close.shape[1]) % LISTING_WITHIN
    waits = np.where(listed(bars).any(axis=0), 0, later + 1)
    hidden: np.ndarray = np.arange(rows)[:, None] < waits
    return hidden


def _filled(volume: Floats) -> Floats:
    """Volumes without holes where a symbol has any at all."""
    with np.errstate(invalid="ignore"):
        usual = [
            np.median(own[~np.isnan(own)]) if (~np.isnan(own)).any() else np.nan for own in volume.T
        ]
    return np.where(np.isnan(volume), np.array(usual), volume)


def _quotes(bars: Bars, known: QuotedPrices | None, prices: list[Floats]) -> QuotedPrices | None:
    """Quotes as far from the noise as they were from the last known bars."""
    if known is None:
        return None
    apart = np.nan_to_num(known.close / bars.close, nan=1.0)
    usual = np.median(apart, axis=0)
    return QuotedPrices._make(
        _joined(before, after * usual) for before, after in zip(known, prices, strict=True)
    )


def _joined(before: Floats, after: Floats) -> Floats:
    whole = np.concatenate([before, after])
    whole.setflags(write=False)
    return whole
