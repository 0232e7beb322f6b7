"""Every built-in provider with its source at hand: two symbols' past, the same for all."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from functions import providers
from functions.providers import Provider
from functions.providers._patience import Limits
from functions.providers.crypto import Crypto
from functions.providers.files import Files
from functions.providers.yahoo import Yahoo
from tests.builders.market_servers import BitstampServer, Candle, YahooServer, serving

FIRST = date(2020, 1, 1)
COUNT = 300
SPLIT_AT, PAID_AT = 200, (50, 150, 250)
_QUICK = Limits(attempts=1, deadline=20.0)


class Lived(NamedTuple):
    """A provider, its symbols, and the first and last day it has of them."""

    provider: Provider
    symbols: list[str]
    first: date
    last: date


def days() -> Iterator[tuple[date, float]]:
    """Each day and its close; the second half costs half as much."""
    for number in range(COUNT):
        price = 100.0 + number % 7
        yield FIRST + timedelta(days=number), price if number < SPLIT_AT else price / 2


@contextmanager
def sample() -> Iterator[Lived]:
    provider = providers.get("sample")
    coverage = provider.coverage()
    assert coverage is not None
    yield Lived(provider, list(provider.symbols()), *coverage)


@contextmanager
def files() -> Iterator[Lived]:
    rows = "".join(f"{day},{p},{p + 1},{p - 1},{p},1000\n" for day, p in days())
    actions = [f"{FIRST + timedelta(days=SPLIT_AT)},split,2"]
    actions += [f"{FIRST + timedelta(days=number)},dividend,0.25" for number in PAID_AT]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "robotplug.toml").write_text('calendar = "24/7"\nprices = "raw"\n')
        for symbol in ("A", "B"):
            (folder / f"{symbol}.csv").write_text(f"date,open,high,low,close,volume\n{rows}")
        told = "".join(f"{symbol},{action}\n" for symbol in ("A", "B") for action in actions)
        (folder / "actions.csv").write_text(f"symbol,ex_date,kind,value\n{told}")
        yield Lived(Files(folder), ["A", "B"], FIRST, FIRST + timedelta(days=COUNT - 1))


@contextmanager
def yahoo() -> Iterator[Lived]:
    with serving(YahooServer()) as market:
        assert isinstance(market, YahooServer)
        stamps = [_stamp(day, 14) for day, _ in days()]
        candles = [
            Candle(at, *(value / (2 if number < SPLIT_AT else 1) for value in _prices(p)), 1000)
            for number, (at, (_, p)) in enumerate(zip(stamps, days(), strict=True))
        ]
        for symbol in ("A", "B"):
            market.add(
                symbol,
                "1d",
                candles,
                splits={stamps[SPLIT_AT]: 2.0},
                dividends={stamps[number]: 0.25 for number in PAID_AT},
            )
        provider = Yahoo(market.url, _QUICK)
        yield Lived(provider, ["A", "B"], FIRST, FIRST + timedelta(days=COUNT - 1))


@contextmanager
def crypto() -> Iterator[Lived]:
    with serving(BitstampServer()) as market:
        assert isinstance(market, BitstampServer)
        candles = [Candle(_stamp(day, 0), *_prices(100.0 + day.day), 1) for day, _ in days()]
        symbols = ["BTC/USD", "ETH/USD"]
        for symbol in symbols:
            market.add(symbol, 86_400, candles)
        provider = Crypto("bitstamp", market.url, _QUICK)
        yield Lived(provider, symbols, FIRST, FIRST + timedelta(days=COUNT - 1))


def _stamp(day: date, hour: int) -> int:
    return int(
        datetime(day.year, day.month, day.day, hour, 30 if hour else 0, tzinfo=UTC).timestamp()
    )


def _prices(price: float) -> tuple[float, float, float, float]:
    return price, price + 1, price - 1, price


LIVED: Mapping[str, Callable[[], AbstractContextManager[Lived]]] = {
    "crypto": crypto,
    "files": files,
    "sample": sample,
    "yahoo": yahoo,
}
