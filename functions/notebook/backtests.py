"""A backtest from a frame of bars, in one call."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from engine import Account, Action, Market, Options, Run, simulate
from engine.bounds import number
from engine.errors import ParameterError
from engine.frames import Labelled, by_symbol, labelled_market, labels_of, length_of
from engine.frames.forms import ALONE, bar_length
from engine.frames.markets import Adjusted
from engine.frames.reading import DAILY
from engine.frames.years import STOCKS, Year, told_year, year_of
from functions.notebook.adjusted import adjusted_remarks
from functions.notebook.result import Backtest
from functions.notebook.settings import Asked, chosen, day_of, start_of
from functions.services.reporting.finished import Finished

BENCHMARK = "buy_and_hold"
FRAMES, MARKET = "pandas", "a market"
"""Where the bars come from, as a report says it."""
CLOSED = "the market was closed then"


def backtest(
    strategy: Asked,
    bars: object,
    *,
    symbol: str = ALONE,
    start: str | date | None = None,
    end: str | date | None = None,
    cash: float | str | Decimal = 100_000,
    benchmark: Asked | None = BENCHMARK,
    options: Options | None = None,
    length: str | None = None,
    timezone: str | None = None,
    actions: Sequence[Action] = (),
    adjusted: Adjusted = "none",
    periods_per_year: float | None = None,
    **settings: Any,  # noqa: ANN401
) -> Backtest:
    """Simulate a strategy over bars of yours, beside its benchmark.

    strategy: a built-in one by its name, a .py file, or a Strategy of yours: its class, or made.
    bars: a frame with columns open, high, low, close and perhaps volume, in either case, indexed
        by time; a dict of one for each symbol; one frame with symbols as a second level of column
        names, as yfinance gives it; a Market, or a Labelled one. They are read, never changed.
    symbol: what a frame is called that has no name.
    start: the first day of decisions; bars before it are history.
    end: the last day; bars after it are not read.
    benchmark: what it is measured against, with the same bars, cash and options; None for nothing.
    length, timezone, actions, adjusted: see `engine.frames.market_from_frames`; the length is
        told from the bars where it is not given. periods_per_year: how many sessions a year has;
        where it is not given it is told from the days of the bars: 252 where there are no
        weekends, 365 where there are, 52 of weekly and 12 of monthly bars.
    settings: the strategy's parameters and any field of `Options` or `Costs`, by their names.

    ParameterError, DataError and OrderError say what is wrong, and the way out.
    """
    own = chosen(strategy, options, settings, KEYWORDS)
    about = {"timezone": timezone, "actions": actions, "adjusted": adjusted}
    told = _until(_told(bars, symbol, length, about), day_of("end", end))
    year = _year(told, periods_per_year)
    opening, first = Account.of_cash(cash), start_of(start)
    run = partial(
        simulate, market=told.labelled.market, start=first, opening=opening, options=own.options
    )
    mine = run(own.strategy)
    theirs = None if benchmark is None else run(chosen(benchmark).strategy)
    return _result(told, own.code, (mine, theirs), year)


class _Told(NamedTuple):
    """Bars as a market, how long each is, where they come from, and what must be said of them."""

    labelled: Labelled
    length: str
    source: str
    remarks: tuple[str, ...] = ()


def _told(bars: object, symbol: str, length: str | None, about: Mapping[str, Any]) -> _Told:
    if isinstance(bars, Market):
        bars = Labelled(bars, labels_of(bars), 0)
    if isinstance(bars, Labelled):
        return _Told(bars, length or bar_length(bars.market), MARKET)
    frames = by_symbol(bars, symbol)
    length = length or length_of(frames)
    labelled = labelled_market(frames, length=length, **about)
    contained = about["actions"] or about["adjusted"] != "none"
    return _Told(labelled, length, FRAMES, () if contained else adjusted_remarks(frames))


def _until(told: _Told, end: date | None) -> _Told:
    """Leave out what comes after a day."""
    if end is None:
        return told
    market, index, outside = told.labelled
    rows = int(np.searchsorted(market.sessions, np.datetime64(end), side="right"))
    if not rows:
        raise ParameterError(f"no bars up to end {end}; the first are of {market.sessions[0]}")
    return told._replace(labelled=Labelled(market.head(rows), index[:rows], outside))


def _year(told: _Told, periods_per_year: float | None) -> Year:
    """What a year has, and how long a bar is: a row of a week is called a day's in the market."""
    sessions = told.labelled.market.sessions
    if periods_per_year is None:
        year = told_year(sessions)
    else:
        sessions_a_year = number("periods_per_year", periods_per_year)
        if not 0 < sessions_a_year < math.inf:
            raise ParameterError(f"periods_per_year must be above 0, was {sessions_a_year:g}")
        year = Year(sessions_a_year, (year_of(sessions) or STOCKS).length)
    return year if told.length == DAILY else year._replace(length=told.length)


def _result(told: _Told, code: str, runs: tuple[Run, Run | None], year: Year) -> Backtest:
    (mine, theirs), outside = runs, told.labelled.outside
    finished = Finished(
        run=mine,
        benchmark=theirs,
        metrics=mine.metrics(year.sessions, None if theirs is None else theirs.equity),
        source=told.source,
        length=year.length,
        left_out={CLOSED: outside} if outside else {},
        code=code,
        periods_per_year=year.sessions,
        remarks=told.remarks,
    )
    return Backtest(finished, told.labelled.index)


KEYWORDS = [
    name for name, one in signature(backtest).parameters.items() if one.kind is one.KEYWORD_ONLY
]
