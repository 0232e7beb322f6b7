"""Whether told bars fit the stored ones, and by which factor they do not."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from statistics import median

from functions.providers import Bar, Fetched
from functions.services.market.quality import Grid

FEWEST = 2
"""So many bars must be off by one factor before it is called an adjustment."""
_ONE = Decimal(1)
_TELLING = 0.4
"""A split smaller than this, as a logarithm, may be a day's move: three for two is just larger."""
_NEARER = 1 / 3
"""So much of a split's logarithm may the day itself have moved."""
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
    """Say which split told bars were not divided by, though others may be, or nothing.

    For a first reading; later ones are laid beside what is stored. Only where a split falls
    between two sessions in a row does the change of price tell.
    """
    finite = (bar for bar in fetched.bars if bar.close.is_finite() and bar.close > 0)
    bars = sorted(finite, key=lambda bar: bar.starts)
    days = sorted(set(grid.sessions.values()))
    for split in fetched.actions:
        if split.kind != "split" or not split.value:
            continue
        at = bisect_left(days, split.ex_date)
        before = [bar for bar in bars if at and grid.session(bar) == days[at - 1]]
        after = [bar for bar in bars if at < len(days) and grid.session(bar) == days[at]]
        if before and after and _jumped(before[-1].close / after[0].close, split.value):
            return (
                f"the split of {split.value.normalize():f} on {split.ex_date} is listed, and the "
                "prices before it are not adjusted for it; ask again later"
            )
    return ""


def _jumped(change: Decimal, ratio: Decimal) -> bool:
    """Whether a change of price is much nearer to a split's than to none, if that can be told."""
    told, split = abs(float((change / ratio).ln())), abs(float(ratio.ln()))
    return split > _TELLING and told < split * _NEARER


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
