"""Candles of a crypto exchange, through ccxt.

CRYPTO_EXCHANGE names the exchange as ccxt does, SYMBOLS its markets (`BTC/USD`). Days are UTC
days, and there is no corporate action.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from engine.errors import ParameterError
from functions.providers import Bar, Coverage, Facts, Fetched, Request, _settings
from functions.providers._patience import Limits, Passing, Patience, retry_after, within
from functions.providers._ranges import LENGTHS, asked_for, check_length

if TYPE_CHECKING:
    import ccxt

T = TypeVar("T")

DEFAULT_SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "LTC/USD")
EARLIEST = datetime(2010, 7, 1, tzinfo=UTC)
"""No exchange is older."""
FIRST_PAGES = 20
"""How far back a first reading goes: decades of days, years of hours, days of minutes."""
LONGEST_READ = 15.0
LIMITS = Limits(deadline=45.0)


class Crypto:
    """One exchange, asked page by page and no faster than it allows.

    url: a server that answers in the exchange's stead; else CRYPTO_URL may name one.
    """

    def __init__(
        self, exchange: str | None = None, url: str | None = None, limits: Limits = LIMITS
    ) -> None:
        self._given = (exchange, url)
        self._patience = Patience("the crypto exchange", limits)

    @property
    def facts(self) -> Facts:
        """Return the bars that the exchange makes; ParameterError without ccxt."""
        made = self._exchange.timeframes or {}
        return Facts("24/7", tuple(length for length in LENGTHS if length in made), "clock")

    def symbols(self) -> Sequence[str]:
        """Return those of the environment; an exchange has thousands."""
        return tuple(_settings.symbols(DEFAULT_SYMBOLS))

    def coverage(self) -> Coverage | None:
        """Return nothing: it goes on."""
        return None

    def fetch(self, request: Request) -> Fetched:
        """Read the range's candles that have ended; a first reading goes FIRST_PAGES back."""
        check_length("crypto", self.facts, request.length)
        read: list[list[Any]] = []
        self._patience.call(lambda seconds: self._read(request, read, seconds))
        length = LENGTHS[request.length]
        bars = {bar.starts: bar for bar in (_bar(request.symbol, candle) for candle in read)}
        ended = [bars[starts] for starts in sorted(bars) if starts + length <= request.until]
        return Fetched(asked_for(request, ended), [])

    def _read(self, request: Request, read: list[list[Any]], seconds: float) -> None:
        """Add the pages that are missing; what was read before a failure stays read."""
        end = datetime.now(UTC) + timedelta(seconds=seconds)
        exchange, length = self._exchange, LENGTHS[request.length]
        self._ask(end, exchange.load_markets)
        if request.symbol not in exchange.markets:
            raise _missing(f"market of {exchange.id}", request.symbol, exchange.markets)
        page = exchange.feature_value(request.symbol, "fetchOHLCV", "limit", 300)
        since = max(request.after or request.until - FIRST_PAGES * page * length, EARLIEST)
        if read:
            since = max(since, _starts(read[-1]) + length)
        while since < request.until:
            at = int(since.timestamp() * 1000)
            candles = self._ask(
                end, partial(exchange.fetch_ohlcv, request.symbol, request.length, at, page)
            )
            newest = max((_starts(candle) for candle in candles), default=since)
            since = newest + length if newest > since else since + page * length
            read.extend(candles)

    def _ask(self, end: datetime, question: Callable[[], T]) -> T:
        exchange = self._exchange
        errors = _ccxt()
        left = (end - datetime.now(UTC)).total_seconds()
        if left <= 0:
            raise Passing("no whole answer in time")
        exchange.last_json_response = {}  # what it knows already it does not ask for
        exchange.timeout = int(1000 * min(left, LONGEST_READ))
        try:
            answer = within(left, question)
        except errors.BadSymbol as error:
            raise ParameterError(str(error)) from error
        except errors.NetworkError as error:
            headers = exchange.last_response_headers or {}
            raise Passing(_told(error), retry_after(headers.get("Retry-After"))) from error
        except Passing:
            self._leave()
            raise
        except Exception as error:  # ccxt has no list of what a broken answer raises
            raise Passing(f"unusable answer, {_told(error)}") from error
        if not isinstance(exchange.last_json_response, list | dict):
            raise Passing("the answer is no whole JSON")
        return answer

    def _leave(self) -> None:
        """Hang up on an answer that does not end; the next question is asked anew."""
        self._exchange.session.close()
        del self._exchange

    @cached_property
    def _exchange(self) -> "ccxt.Exchange":
        ccxt = _ccxt()
        name, url = self._given
        name = name or _settings.crypto_exchange()
        url = url or _settings.crypto_url()
        if name not in ccxt.exchanges:
            raise _missing("exchange in ccxt, which CRYPTO_EXCHANGE names,", name, ccxt.exchanges)
        exchange = getattr(ccxt, name)(
            {
                "number": Decimal,
                "enableRateLimit": True,
                "enableLastJsonResponse": True,
                "requests_trust_env": True,
            }
        )
        if url:
            exchange.urls = {**exchange.urls, "api": _moved(exchange.urls["api"], url)}
        return exchange


def _ccxt() -> ModuleType:
    try:
        import ccxt
    except ImportError as error:
        raise ParameterError(
            "the crypto provider needs ccxt: pip install -e '.[crypto]'"
        ) from error
    module: ModuleType = ccxt
    return module


def _missing(what: str, name: str, known: Sequence[str]) -> ParameterError:
    near = get_close_matches(name, known, n=1)
    return ParameterError(
        f"no {what} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    )


def _moved(urls: Any, url: str) -> Any:  # noqa: ANN401
    """Put one server in the place of all that ccxt knows of an exchange."""
    if isinstance(urls, dict):
        return {name: _moved(part, url) for name, part in urls.items()}
    return url.rstrip("/") + urlsplit(urls).path


def _told(error: Exception) -> str:
    reason = error.__cause__ or error
    return f"{type(error).__name__}: {reason}"[:300]


def _starts(candle: Sequence[Any]) -> datetime:
    return datetime.fromtimestamp(candle[0] / 1000, UTC)


def _bar(symbol: str, candle: Sequence[Any]) -> Bar:
    nan = Decimal("NaN")
    opened, high, low, close = (nan if value is None else value for value in candle[1:5])
    return Bar(symbol, _starts(candle), opened, high, low, close, candle[5])


provider = Crypto()
