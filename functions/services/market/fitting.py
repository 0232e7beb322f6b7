"""Whether told bars fit the stored ones, and by which factor they do not."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import inf, log, sqrt
from statistics import median

import numpy as np

from functions.providers import Bar, CorporateAction, Fetched
from functions.services.market.actions import DIVIDENDS
from functions.services.market.quality import Grid
from functions.services.market.scales import NEARER, off_scale, telling, usual_move

FEWEST = 2
"""So many bars must be off by one factor before it is called an adjustment."""
_ONE = Decimal(1)
_RELATIVE = Decimal("0.0002")
_HALF_TICK = (Decimal("0.0051"), Decimal("0.000051"))


def misfit(bars: Sequence[Bar], stored: Mapping[datetime, Bar]) -> str:
    """Say by which one factor bars differ from the stored ones, or nothing."""
    pairs = [(bar, stored[bar.starts]) for bar in bars if bar.starts in stored]
    finite = [pair for pair in pairs if all(price.is_finite() for price in pair[0][2:6])]
    off = [pair for pair in finite if not _alike(*pair, _ONE)]
    if len(off) < FEWEST:
        return ""
    factor = median(told.close / known.close for told, known in off)
    if not all(_alike(told, known, factor) for told, known in off):
        return ""
    return (
        f"{len(off)} of {len(finite)} bars that are stored are now told at {float(factor):.6g} "
        "times their price; the provider changed how it adjusts, or missed a split"
    )


def _alike(told: Bar, known: Bar, factor: Decimal) -> bool:
    pairs = zip(told[2:6], (price * factor for price in known[2:6]), strict=True)
    return all(abs(price - other) <= _tolerance(other) for price, other in pairs)


def _tolerance(price: Decimal) -> Decimal:
    return max(price * _RELATIVE, _HALF_TICK[price < 1])


def unapplied(fetched: Fetched, grid: Grid) -> str:
    """Say which split told bars were not divided by, or twice, though others may be; or nothing.

    For a first reading; later ones are laid beside what is stored. Bars that stand alone on
    another scale are passed over: each is refused by itself.
    """
    splits = [one for one in fetched.actions if one.kind == "split" and one.value]
    if not splits:
        return ""
    bars = _together(fetched, splits, grid)
    days = [grid.session(bar) for bar in bars]
    usual = usual_move(days, np.array([float(bar.close) for bar in bars])) if bars else 0.0
    for split in splits:
        at = bisect_left(days, split.ex_date)
        if not 0 < at < len(bars):
            continue
        passed = _sessions_between(grid, days[at - 1], days[at])
        if telling([split], usual * sqrt(passed)):
            between = days[at - 1], days[at]
            paid = 0.0 if fetched.adjusted == "all" else _paid(fetched.actions, between)
            if how := _missed(split, float(bars[at - 1].close), float(bars[at].close), paid):
                return (
                    f"the split of {split.value or 1:.6g} on {split.ex_date} is listed, and "
                    f"the prices before it are {how}; ask again later"
                )
    return ""


def _together(fetched: Fetched, splits: Sequence[CorporateAction], grid: Grid) -> list[Bar]:
    """Return the bars with prices in order, without those that stand alone on another scale."""
    finite = (bar for bar in fetched.bars if all(p.is_finite() and p > 0 for p in bar[2:6]))
    bars = sorted(finite, key=lambda bar: bar.starts)
    days = [grid.session(bar) for bar in bars]
    alone = off_scale(bars, days, splits, np.ones(len(bars)))
    return [bar for at, bar in enumerate(bars) if at not in alone]


def _sessions_between(grid: Grid, first: date, last: date) -> int:
    days = sorted({first, last, *grid.sessions.values()})
    return days.index(last) - days.index(first)


def _paid(actions: Sequence[CorporateAction], between: tuple[date, date]) -> float:
    """What was paid a share after the first day and up to the second."""
    first, last = between
    there = [one for one in actions if one.kind in DIVIDENDS and first < one.ex_date <= last]
    return float(sum((one.value or Decimal() for one in there), Decimal()))


def _missed(split: CorporateAction, before: float, after: float, paid: float) -> str:
    """Say how a change of price contradicts a split, where nothing else explains it better."""
    size, change = log(float(split.value or 1)), log(before / after)
    explained = abs(log((before - paid) / after)) if paid < before else inf
    ways = {"not adjusted for it": abs(change - size), "adjusted for it twice": abs(change + size)}
    how, off = min(ways.items(), key=lambda way: way[1])
    return how if off < min(NEARER * abs(size), explained) else ""


def without_rounding(
    bars: Sequence[Bar], told: Sequence[Bar], stored: Mapping[datetime, Bar]
) -> list[Bar]:
    """Take a stored bar's numbers where an undone one differs by its rounding alone."""
    kept = []
    for bar, original in zip(bars, told, strict=True):
        known = stored.get(bar.starts)
        if bar is not original and known and _alike(bar, known, _ONE):
            bar = bar._replace(**known._asdict() | {"volume": _volume(bar, known)})
        kept.append(bar)
    return kept


def _volume(bar: Bar, known: Bar) -> Decimal | None:
    if bar.volume is None or known.volume is None:
        return bar.volume
    return known.volume if abs(bar.volume - known.volume) <= known.volume / 1000 + 1 else bar.volume
