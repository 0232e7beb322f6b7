"""Back to prices as traded, from providers that adjust what they tell.

Bars that are stored already decide what a provider's numbers mean: first seen is the truth. Where
neither undoing the adjustment nor leaving it fits them, the whole answer is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from functions.providers import Bar, CorporateAction, Fetched
from functions.services.market.fitting import misfit, unapplied, without_rounding
from functions.services.market.quality import Grid

_ONE = Decimal(1)
_PLACES = (Decimal("0.0001"), Decimal("0.000001"))
_DESCRIBED = ("split", "dividend", "special_dividend")


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
    if not past.bars and fetched.adjusted == "splits" and (missed := unapplied(fetched, grid)):
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
    scales = []
    for action in fetched.actions if fetched.adjusted == "splits" else _booked(fetched, past):
        if action.value is None or action.kind not in _DESCRIBED:
            continue
        if action.kind == "split":
            scales.append(_Scale(action.ex_date, action.value, action.value))
        elif fetched.adjusted == "all":
            scales.extend(_dividend_scale(action, past, grid))
    return scales


def _dividend_scale(action: CorporateAction, past: Past, grid: Grid) -> Iterator[_Scale]:
    before = [bar for bar in past.bars.values() if grid.session(bar) < action.ex_date]
    if before and action.value is not None:
        close = max(before, key=lambda bar: bar.starts).close
        if close > action.value:
            yield _Scale(action.ex_date, _ONE / (_ONE - action.value / close), _ONE)


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
    if volume is not None and volume.is_finite() and shares != 1:
        volume = (volume / shares).quantize(_ONE)
    return bar._replace(
        open=_rounded(bar.open * price),
        high=_rounded(bar.high * price),
        low=_rounded(bar.low * price),
        close=_rounded(bar.close * price),
        volume=volume,
    )


def _rounded(price: Decimal) -> Decimal:
    """Drop the digits that adjusting brought: nothing trades finer."""
    return price.quantize(_PLACES[price < 1]) if price.is_finite() else price


def _per_share(action: CorporateAction, shares: Decimal) -> CorporateAction:
    if action.value is None or action.kind == "split" or shares == 1:
        return action
    return action._replace(value=(action.value * shares).quantize(_PLACES[1]))
