"""A provider's past as a market: for runs that need no database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from engine import Action, Bars, Market
from engine.errors import DataError
from functions import providers
from functions.providers import Bar
from functions.services.market.calendars import Session, sessions

CALENDAR = "XNYS"


def market_of(provider: str, symbols: Sequence[str], end: date | None) -> Market:
    """Return all that the provider has of these symbols up to a day.

    ParameterError for a provider or symbol that is not there, DataError for bars that are not.
    """
    source = providers.get(provider)
    coverage = source.coverage()
    last = end or (coverage.last if coverage else datetime.now(UTC).date())
    bars = source.bars(symbols, None, last)
    if not bars:
        raise DataError(f"no bars of {', '.join(symbols)} up to {last} from {provider}")
    days = sessions(CALENDAR, min(bar.session for bar in bars), max(bar.session for bar in bars))
    actions = [
        Action(action.symbol, action.ex_date, action.kind, float(action.value))
        for action in source.actions(symbols, last)
    ]
    return Market.build(symbols, _arrays(symbols, days, bars), actions)


def _arrays(symbols: Sequence[str], days: Sequence[Session], bars: Sequence[Bar]) -> Bars:
    row = {day.session: number for number, day in enumerate(days)}
    column = {symbol: number for number, symbol in enumerate(symbols)}
    values = np.full((5, len(days), len(symbols)), np.nan)
    for bar in bars:
        if bar.session not in row:
            raise DataError(f"{bar.symbol} has a bar on {bar.session}, no session of {CALENDAR}")
        numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume)
        at = row[bar.session], column[bar.symbol]
        values[:, at[0], at[1]] = [np.nan if one is None else float(one) for one in numbers]
    return Bars(
        np.array([day.session for day in days], dtype="datetime64[D]"),
        np.array([int(day.opens.timestamp()) for day in days], dtype=np.int64),
        np.array([int(day.closes.timestamp()) for day in days], dtype=np.int64),
        *values,
    )
