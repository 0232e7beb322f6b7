"""A provider's past as a market: for runs that need no database."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from engine import Action, Bars, Market
from engine.errors import DataError, unknown
from engine.money import Ints
from functions import providers
from functions.local.choice import own_names
from functions.providers import Bar, CorporateAction, Coverage, Fetched, Provider
from functions.services.market import adjusting, fetching
from functions.services.market.actions import fault
from functions.services.market.calendars import sessions
from functions.services.market.fetching import Wanted
from functions.services.market.grid import DAY, BarTime
from functions.services.market.quality import Grid, judge
from functions.services.market.slots import anchor_of, bars_of

_LONGEST_CLOSURE = timedelta(days=40)
_BOOKED = ("split", "dividend", "special_dividend", "delisting")


class Series(NamedTuple):
    """Which bars: of one provider and length, by a calendar's sessions up to a day.

    calendar: None for the provider's own; end: None for the newest there is.
    """

    provider: str
    length: str = DAY
    calendar: str | None = None
    end: date | None = None


class Past(NamedTuple):
    """A market, and how many rows were left out of it, by reason."""

    market: Market
    left_out: Counter[str]


def past_of(series: Series, symbols: Sequence[str]) -> Past:
    """Return all that the provider has of these symbols, as collecting would store it.

    ParameterError for a provider, symbol or length that is not there, DataError where there are
    no bars, or where collecting would refuse a whole answer.
    """
    source = providers.get(series.provider)
    symbols = own_names(source.symbols(), symbols)
    calendar = series.calendar or source.facts.calendar
    last = last_bar(source, series)
    left_out: Counter[str] = Counter()
    bars: list[Bar] = []
    actions: list[CorporateAction] = []
    for symbol in symbols:
        told = fetching.fetch(source, Wanted(symbol, series.length, None, last), ())
        told, faults = _sound(told, last.session)
        grid = Grid.of(_rows(series, calendar, told.bars))
        traded = adjusting.as_traded(told, adjusting.Past({}, None), grid)
        if traded.refused:
            raise DataError(f"{symbol} from {series.provider}: {traded.refused}")
        judged = judge(traded.bars, traded.actions, grid)
        left_out.update([*faults, *(row.reason for row in told.unread)])
        left_out.update(refused.reason for refused in judged.refused)
        bars += judged.good
        actions += [one for one in traded.actions if one.ex_date <= last.session]
    if not bars:
        raise DataError(_nothing(series, symbols, series.end or last.session, left_out))
    rows = _rows(series, calendar, bars)
    booked = [_booked(action) for action in actions if action.kind in _BOOKED]
    arrays = _arrays(symbols, rows, bars)._replace(ends=_ends(calendar, rows))
    return Past(Market.build(symbols, arrays, booked), left_out)


def coverage_of(name: str, source: Provider) -> Coverage | None:
    """Return how far a provider's data reach; DataError where that is a day yet to come."""
    coverage = source.coverage()
    if coverage and coverage.last > datetime.now(UTC).date() + timedelta(days=1):
        raise DataError(
            f"the {name} data have a row of {coverage.last}, which is yet to come; "
            "take it out of its file"
        )
    return coverage


def _nothing(series: Series, symbols: Sequence[str], until: date, left_out: Counter[str]) -> str:
    told = f"no bars of {', '.join(symbols)} up to {until} from {series.provider}"
    reasons = "; ".join(f"{count}: {reason}" for reason, count in sorted(left_out.items()))
    return f"{told}; rows left out: {left_out.total()} ({reasons})" if reasons else told


def _sound(told: Fetched, last: date) -> tuple[Fetched, list[str]]:
    """Return an answer without the actions that nobody can book, and why each of them is out."""
    faults = {action: fault(action) for action in told.actions}
    sound = [action for action, why in faults.items() if not why]
    reasons = [why for action, why in faults.items() if why and action.ex_date <= last]
    return told._replace(actions=sound), reasons


def market_of(provider: str, symbols: Sequence[str], end: date | None = None) -> Market:
    """Return the market of a provider's daily bars; see past_of."""
    return past_of(Series(provider, end=end), symbols).market


def last_bar(source: Provider, series: Series) -> BarTime:
    """Return the newest bar that can be there: closed, and no later than the series' end.

    An end that is yet to come means the newest bar there is.

    ParameterError for a length that the provider does not have.
    """
    if series.length not in source.facts.lengths:
        what = f"bar length of the {series.provider} provider"
        raise unknown(what, series.length, source.facts.lengths)
    calendar = series.calendar or source.facts.calendar
    now = datetime.now(UTC)
    until = min(series.end or now.date(), now.date())
    anchor = anchor_of(series.provider, series.length)
    around = bars_of(calendar, series.length, anchor, until - _LONGEST_CLOSURE, until)
    closed = [bar for bar in around if bar.closes <= now]
    if not closed:
        raise DataError(f"calendar {calendar} has no session up to {until}")
    return closed[-1]


def _rows(series: Series, calendar: str, bars: Sequence[Bar]) -> tuple[BarTime, ...]:
    """Every bar time from the first bar to the last."""
    if not bars:
        return ()
    first, last = min(bar.starts for bar in bars), max(bar.starts for bar in bars)
    day, anchor = timedelta(days=1), anchor_of(series.provider, series.length)
    around = bars_of(calendar, series.length, anchor, first.date() - day, last.date() + day)
    return tuple(row for row in around if first <= row.starts <= last)


def _ends(calendar: str, rows: Sequence[BarTime]) -> Ints:
    """When each row's session closes."""
    days = sessions(calendar, rows[0].session, rows[-1].session)
    closes = {day.session: int(day.closes.timestamp()) for day in days}
    return np.array([closes[row.session] for row in rows], dtype=np.int64)


def _booked(action: CorporateAction) -> Action:
    value = float("nan") if action.value is None else float(action.value)
    kind = "dividend" if action.kind == "special_dividend" else action.kind
    return Action(action.symbol, action.ex_date, kind, value)


def _arrays(symbols: Sequence[str], rows: Sequence[BarTime], bars: Sequence[Bar]) -> Bars:
    row = {bar_time.starts: number for number, bar_time in enumerate(rows)}
    column = {symbol: number for number, symbol in enumerate(symbols)}
    values = np.full((5, len(rows), len(symbols)), np.nan)
    for bar in bars:
        numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume)
        at = row[bar.starts], column[bar.symbol]
        values[:, at[0], at[1]] = [np.nan if one is None else float(one) for one in numbers]
    return Bars(
        np.array([bar_time.session for bar_time in rows], dtype="datetime64[D]"),
        np.array([int(bar_time.opens.timestamp()) for bar_time in rows], dtype=np.int64),
        np.array([int(bar_time.closes.timestamp()) for bar_time in rows], dtype=np.int64),
        *values,
    )
