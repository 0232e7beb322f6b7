"""Yahoo's bars and corporate actions, through yfinance.

SYMBOLS names the symbols, as Yahoo writes them (`BRK-B`, `^GSPC`). Prices are adjusted for the
splits that Yahoo knows, so those after the end of a request are taken out again: what is told
is what would have been told then.
"""

import atexit
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from engine.errors import ParameterError, RobotPlugError
from functions.providers import (
    Coverage,
    Facts,
    Fetched,
    Request,
    _settings,
)
from functions.providers._patience import LIMITS, Limits, Passing, Patience
from functions.providers._ranges import LENGTHS, asked_for, check_length
from functions.providers._yahoo_frames import actions_of, as_of, bars_of, ended

if TYPE_CHECKING:
    import pandas as pd
    import yfinance

    from functions.providers._yahoo_session import YahooSession

DEFAULT_SYMBOLS = ("SPY", "QQQ", "AAPL", "MSFT", "IBM")
LATEST_ACTION = timedelta(days=400)
"""So long before the bars that are asked for actions are looked for: Yahoo lists some late.

The first reading has all of them, and a split divides only what was told before it, so that
nothing older is needed for a price.
"""
_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9.^=-]{0,19}")


class Yahoo:
    """All that Yahoo keeps: days since the listing, hours for two years, minutes for a week.

    url: a server that answers in Yahoo's stead; else YAHOO_URL may name one.
    """

    facts = Facts("XNYS", tuple(LENGTHS), "open")

    def __init__(self, url: str | None = None, limits: Limits = LIMITS) -> None:
        self._url = url
        self._patience = Patience("Yahoo", limits)

    def symbols(self) -> Sequence[str]:
        """Return those of the environment; Yahoo itself lists none."""
        return tuple(_settings.symbols(DEFAULT_SYMBOLS))

    def coverage(self) -> Coverage | None:
        """Return nothing: it goes on."""
        return None

    def fetch(self, request: Request) -> Fetched:
        """Read the range's bars, and the days around it for their actions."""
        check_length("yahoo", self.facts, request.length)
        if not _SYMBOL.fullmatch(request.symbol):
            raise ParameterError(f"no symbol of Yahoo is written {request.symbol!r}")
        return self._patience.call(lambda seconds: self._read(request, seconds))

    def _read(self, request: Request, seconds: float) -> Fetched:
        _yfinance()
        from pandas.errors import Pandas4Warning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pandas4Warning)  # what yfinance still calls
            try:
                return self._asked(request, seconds)
            except (RobotPlugError, Passing):
                raise
            except Exception as error:  # yfinance has no list of what a broken answer raises
                raise Passing(f"unusable answer, {type(error).__name__}: {error}") from error

    def _asked(self, request: Request, seconds: float) -> Fetched:
        self._session.allow(seconds)
        ticker = _yfinance().Ticker(request.symbol, session=self._session)
        days = _days(ticker, request)
        frame = days if request.length == "1d" else _intraday(ticker, request)
        regular = ticker.history_metadata.get("currentTradingPeriod", {}).get("regular")
        told = list(actions_of(request.symbol, days))
        scale, actions = as_of(request, told, days.index.tz)
        bars = asked_for(request, bars_of(request, frame, scale))
        return Fetched([bar for bar in bars if ended(bar, request, regular)], actions, "splits")

    @cached_property
    def _session(self) -> "YahooSession":
        from functions.providers._yahoo_session import YahooSession

        return YahooSession(self._url or _settings.yahoo_url())


@cache
def _yfinance() -> ModuleType:
    """Import it with its caches in a folder of this process: it unpickles what it finds there."""
    folder = tempfile.mkdtemp(prefix="yfinance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with warnings.catch_warnings():  # it sets filters of its own
        import yfinance

    yfinance.set_tz_cache_location(folder)
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what fails is raised and told
    return yfinance  # type: ignore[no-any-return]


def _days(ticker: "yfinance.Ticker", request: Request) -> "pd.DataFrame":
    """Read days up to now: a split that is yet to come has divided the prices already."""
    if request.after is None:
        return _history(ticker, "1d", period="max")
    return _history(ticker, "1d", start=request.after - LATEST_ACTION)


def _intraday(ticker: "yfinance.Ticker", request: Request) -> "pd.DataFrame":
    if request.after:
        with suppress(ParameterError):  # it refuses what lies before all that it keeps
            return _history(ticker, request.length, start=request.after)
    return _history(ticker, request.length, period="max")


def _history(ticker: "yfinance.Ticker", length: str, **span: str | datetime) -> "pd.DataFrame":
    # It would answer from its memory for as long as the process lives.
    _yfinance().data.YfData.cache_get.cache_clear()
    frame = ticker.history(interval=length, auto_adjust=False, actions=True, repair=False, **span)
    if frame.empty:
        raise Passing(f"it answered without a single {length} bar")
    return frame


provider = Yahoo()
