"""What yfinance's frames say, as exact bars and actions."""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from functions.providers import Bar, CorporateAction, Request
from functions.providers._ranges import LENGTHS, known_by, midnight
from functions.providers._ratios import ratio

if TYPE_CHECKING:
    import pandas as pd

_KINDS = (
    ("Stock Splits", "split"),
    ("Dividends", "dividend"),
    ("Capital Gains", "special_dividend"),
)


def actions_of(symbol: str, days: "pd.DataFrame") -> Iterator[CorporateAction]:
    """Yield what is paid or split on which day, as far as the frame goes."""
    for column, kind in _KINDS:
        if column not in days:
            continue
        told = days[column] > 0
        if column == "Capital Gains":  # a dividend of the same day may hold it already
            told &= ~(days["Dividends"] > 0)
        for moment, value in days.loc[told, column].items():
            amount = ratio(Decimal(repr(float(value)))) if kind == "split" else exact(value)
            yield CorporateAction(symbol, moment.date(), kind, amount)


def as_of(
    request: Request, actions: Sequence[CorporateAction], zone: tzinfo | None
) -> tuple[Decimal, list[CorporateAction]]:
    """Return what later splits divided prices by, and the actions as they were told before.

    zone: where the symbol is traded.
    """
    known = known_by(
        request, sorted(actions, key=lambda one: (one.ex_date, one.kind)), lambda: zone
    )
    scale = Decimal(1)
    for action in actions:
        if action.kind == "split" and action not in known and action.value:
            scale *= action.value
    return scale, [
        action
        if action.kind == "split" or action.value is None
        else action._replace(value=_times(action.value, scale))
        for action in known
    ]


def bars_of(request: Request, frame: "pd.DataFrame", scale: Decimal) -> Iterator[Bar]:
    """Yield every bar of the frame, stamped as bars are stamped here."""
    prices = frame[["Open", "High", "Low", "Close"]]
    for moment, values, volume in zip(
        frame.index, prices.itertuples(index=False, name=None), frame["Volume"], strict=True
    ):
        if all(math.isnan(value) for value in values):
            continue  # a day without a trade, or one that an action alone stands for
        starts = (
            midnight(moment.date())
            if request.length == "1d"
            else moment.tz_convert("UTC").to_pydatetime()
        )
        opened, high, low, close = (_times(exact(value), scale) for value in values)
        shares = Decimal(round(volume / float(scale)))
        yield Bar(request.symbol, starts, opened, high, low, close, shares)


def _times(price: Decimal, scale: Decimal) -> Decimal:
    return price if scale == 1 or not price.is_finite() else round(price * scale, 8)


def ended(bar: Bar, request: Request, regular: Mapping[str, datetime] | None) -> bool:
    """Say whether a bar was whole at the request's end; only the newest session can tell."""
    if not regular:
        return True
    opens, closes = regular["start"], regular["end"]
    if request.length == "1d":
        return bar.starts < midnight(opens.date()) or request.until >= closes
    ends = bar.starts + LENGTHS[request.length]
    return bar.starts < opens or min(ends, closes) <= request.until


def exact(value: float) -> Decimal:
    """Return the decimal that Yahoo meant: it keeps prices in single precision.

    >>> exact(93.71499633789062), exact(200.81170000000003), exact(float("nan"))
    (Decimal('93.715'), Decimal('200.8117'), Decimal('NaN'))
    """
    for digits in (6, 7, 8, 9):
        text = f"{value:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == value:
            break
    else:
        text = f"{value:.10g}"
    return Decimal(f"{Decimal(text):f}")
