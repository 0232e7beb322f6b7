"""Back to prices as traded, from providers that adjust what they tell.

Bars that are stored already decide what a provider's numbers mean: first seen is the truth. Where
neither undoing the adjustment nor leaving it fits them, the whole answer is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from functions.providers import Bar, CorporateAction, Fetched
from functions.services.market.actions import DIVIDENDS
from functions.services.market.fitting import misfit, unapplied, without_rounding
from functions.services.market.quality import Grid

_NONE, _ONE = Decimal(0), Decimal(1)
_PLACES = (Decimal("0.0001"), Decimal("0.000001"))
_BOUNDLESS = Decimal("1e18")
"""No number is as large; what is told beyond it is refused as it stands."""
_DESCRIBED = ("split", *DIVIDENDS)


class Past(NamedTuple):
    """What is stored of a symbol: bars by start, and the last session that was read first.

    first_reading: None before there is anything.
    """

    bars: Mapping[datetime, Bar]
    first_reading: date | None


class Traded(NamedTuple):
    """Bars and actions as traded; refused: why they are not to be used, or nothing."""

    bars: list[Bar]
    actions: list[CorporateAction]
    refused: str = ""


def as_traded(fetched: Fetched, past: Past, grid: Grid) -> Traded:
    """Undo a provider's adjustment, unless its bars fit the stored ones as they are."""
    undone = _undone(fetched, past, grid)
    if not past.bars and fetched.adjusted != "none" and (missed := unapplied(fetched, grid)):
        return undone._replace(refused=missed)
    off = misfit(undone.bars, past.bars)
    if not off:
        return undone._replace(bars=without_rounding(undone.bars, fetched.bars, past.bars))
    plain = Traded(list(fetched.bars), _booked(fetched, past))
    if fetched.adjusted != "none" and not misfit(plain.bars, past.bars):
        return plain
    return plain._replace(refused=off)


def _undone(fetched: Fetched, past: Past, grid: Grid) -> Traded:
    booked = _booked(fetched, past)
    if fetched.adjusted == "none":
        return Traded(list(fetched.bars), booked)
    scales = _scales(fetched, past, grid)
    if not scales:
        return Traded(list(fetched.bars), booked)
    bars = [_scaled(bar, *_factors(scales, grid.session(bar))) for bar in fetched.bars]
    shares = [scale for scale in scales if scale.shares != 1]
    actions = [_per_share(action, _factors(shares, action.ex_date)[1]) for action in booked]
    return Traded(bars, actions)


def _booked(fetched: Fetched, past: Past) -> list[CorporateAction]:
    """The actions that the prices do not contain: with all adjusted, those since first read."""
    if fetched.adjusted != "all":
        return list(fetched.actions)
    return [
        action
        for action in fetched.actions
        if action.kind not in _DESCRIBED
        or (past.first_reading is not None and action.ex_date > past.first_reading)
    ]


class _Scale(NamedTuple):
    """What makes told prices before a day traded ones again, and told shares."""

    ex_date: date
    price: Decimal
    shares: Decimal


def _scales(fetched: Fetched, past: Past, grid: Grid) -> list[_Scale]:
    """Return the scales of all actions that prices contain, the newest first."""
    told = fetched.actions if fetched.adjusted == "splits" else _booked(fetched, past)
    scales: list[_Scale] = []
    for day in sorted({action.ex_date for action in told}, reverse=True):
        there = [one for one in told if one.ex_date == day and one.value is not None]
        paid = sum((one.value or _NONE for one in there if one.kind in DIVIDENDS), _NONE)
        if fetched.adjusted == "all" and paid:
            scales += _dividend_scale(fetched, day, paid, tuple(scales), grid)
        scales.extend(
            _Scale(day, one.value, one.value) for one in there if one.kind == "split" and one.value
        )
    return scales


def _dividend_scale(
    fetched: Fetched, day: date, paid: Decimal, later: Sequence[_Scale], grid: Grid
) -> Iterator[_Scale]:
    """Yield what undoes a day's dividends: they were taken off the close before, as it is told.

    That close and what was paid are counted in the shares of their day.
    """
    before = [bar for bar in fetched.bars if grid.session(bar) < day and bar.close.is_finite()]
    if not before:
        return
    price, shares = _factors(later, day)
    close = max(before, key=lambda bar: bar.starts).close * price
    if close > 0:
        yield _Scale(day, (close + paid * shares) / close, _ONE)


def _factors(scales: Sequence[_Scale], day: date) -> tuple[Decimal, Decimal]:
    price = shares = _ONE
    for scale in scales:
        if scale.ex_date > day:
            price, shares = price * scale.price, shares * scale.shares
    return price, shares


def _scaled(bar: Bar, price: Decimal, shares: Decimal) -> Bar:
    if price == 1:
        return bar
    volume = bar.volume
    if volume is not None and shares != 1:
        volume = _whole(volume / shares)
    return bar._replace(
        open=_rounded(bar.open * price),
        high=_rounded(bar.high * price),
        low=_rounded(bar.low * price),
        close=_rounded(bar.close * price),
        volume=volume,
    )


def _rounded(price: Decimal) -> Decimal:
    """Drop the digits that adjusting brought: nothing trades finer."""
    return price.quantize(_PLACES[price < 1]) if _bounded(price) else price


def _whole(volume: Decimal) -> Decimal:
    return volume.quantize(_ONE) if _bounded(volume) else volume


def _bounded(number: Decimal) -> bool:
    return number.is_finite() and abs(number) < _BOUNDLESS


def _per_share(action: CorporateAction, shares: Decimal) -> CorporateAction:
    if action.value is None or action.kind == "split" or shares == 1:
        return action
    return action._replace(value=(action.value * shares).quantize(_PLACES[1]))
