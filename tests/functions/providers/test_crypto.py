"""An exchange's candles through ccxt, over real HTTP to a server on this machine."""

import csv
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, repeat

import pytest

from engine.errors import ParameterError
from functions.providers import Facts, ProviderError, Request
from functions.providers._patience import Limits
from functions.providers.crypto import Crypto
from tests.builders.market_servers import (
    BitstampServer,
    Candle,
    broken,
    cut_off,
    dripping,
    refusing_url,
    serving,
    too_many,
    truncated,
)

pytest.importorskip("ccxt", reason="the extra `crypto` is not installed")
QUICK = Limits(attempts=3, deadline=8.0, first_wait=0.02, failures=100)
FIRST = datetime(2016, 1, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def server():
    with serving(BitstampServer()) as market:
        yield market


@pytest.fixture
def crypto(server):
    return Crypto("bitstamp", server.url, QUICK)


def days(count, first=FIRST):
    for number in range(count):
        price = 100 + number / 100
        at = int((first + number * DAY).timestamp())
        yield Candle(at, price, price + 1, price - 1, price, 0.05655554)


def daily(until, after=None, symbol="BTC/USD"):
    return Request(symbol, "1d", after, until)


def test_an_exchange_says_which_bars_it_makes(crypto):
    assert crypto.facts == Facts("24/7", ("1d", "1h", "30m", "15m", "5m", "1m"), "clock")


def test_many_pages_are_one_answer(server, crypto):
    server.add("BTC/USD", 86_400, days(2500))
    fetched = crypto.fetch(daily(FIRST + 2500 * DAY))
    assert len(fetched.bars) == 2500
    assert {second.starts - first.starts for first, second in pairwise(fetched.bars)} == {DAY}
    assert (fetched.actions, fetched.adjusted) == ([], "none")
    assert str(fetched.bars[0].volume) == "0.05655554"


def test_prices_are_exact(server, crypto, shared_data):
    with (shared_data / "crypto" / "BTCUSD_bitfinex_hour_2013-10.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("open", "high", "low", "close", "volume")
    starts = [datetime.fromisoformat(row["start_utc"]) for row in rows]
    server.add(
        "BTC/USD",
        3600,
        [
            Candle(int(at.timestamp()), *(row[name] for name in names))
            for at, row in zip(starts, rows, strict=True)
        ],
    )
    until = starts[-1] + HOUR
    told = crypto.fetch(Request("BTC/USD", "1h", starts[0] - HOUR, until)).bars
    assert [bar.starts for bar in told] == starts  # with its missing hours
    assert [bar[2:] for bar in told] == [
        tuple(Decimal(row[name]) for name in names) for row in rows
    ]


def test_only_the_range_and_what_has_ended_is_told(server, crypto):
    server.add("BTC/USD", 86_400, days(10))
    noon = FIRST + 5 * DAY + 12 * HOUR
    told = crypto.fetch(daily(noon, FIRST + DAY)).bars
    assert [bar.starts for bar in told] == [FIRST + number * DAY for number in (2, 3, 4)]


def test_a_market_that_is_not_there_is_told_with_the_nearest(server, crypto):
    server.add("BTC/USD", 86_400, days(2))
    with pytest.raises(ParameterError, match="'BTC/USDT'; did you mean 'BTC/USD'"):
        crypto.fetch(daily(FIRST, symbol="BTC/USDT"))


def test_an_exchange_that_ccxt_does_not_know_is_told(monkeypatch):
    monkeypatch.setenv("CRYPTO_EXCHANGE", "bitstmp")
    with pytest.raises(ParameterError, match="'bitstmp'; did you mean 'bitstamp'"):
        _ = Crypto().facts


def test_without_ccxt_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(ParameterError, match=r"pip install -e '\.\[crypto\]'"):
        _ = Crypto().facts


@pytest.mark.parametrize(
    "fault",
    [too_many("0"), broken(502), truncated, cut_off],
    ids=["429", "502", "truncated", "cut off"],
)
def test_a_fault_that_passes_is_not_noticed(server, crypto, fault):
    """Pages that were read before it are not asked for again."""
    server.add("BTC/USD", 86_400, days(2500))
    server.fail([None, fault, None, fault])
    until = FIRST + 2500 * DAY
    told = crypto.fetch(daily(until, FIRST - DAY)).bars
    assert [bar.starts for bar in told] == [FIRST + number * DAY for number in range(2500)]
    assert len(server.asked) == 5


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (too_many("0"), "RateLimitExceeded|DDoSProtection"),
        (broken(502), "502"),
        (truncated, "no whole JSON"),
        (cut_off, "does not answer"),
    ],
    ids=["429", "502", "truncated", "cut off"],
)
def test_a_fault_that_stays_is_told_with_its_reason(server, crypto, fault, reason):
    server.add("BTC/USD", 86_400, days(10))
    server.fail(repeat(fault))
    with pytest.raises(ProviderError, match=reason):
        crypto.fetch(daily(FIRST + DAY, FIRST - DAY))
    assert len(server.asked) == QUICK.attempts


def test_it_does_not_wait_beyond_its_deadline(server, crypto):
    server.add("BTC/USD", 86_400, days(10))
    server.fail(repeat(too_many("3600")))
    began = time.monotonic()
    with pytest.raises(ProviderError):
        crypto.fetch(daily(FIRST + DAY, FIRST - DAY))
    assert time.monotonic() - began < QUICK.deadline
    assert len(server.asked) == 1


def test_a_slow_drip_ends_at_the_deadline(server):
    """A read's own time limit begins again with each byte."""
    server.add("BTC/USD", 86_400, days(10))
    server.fail(repeat(dripping(0.5)))
    began = time.monotonic()
    with pytest.raises(ProviderError, match="no whole answer"):
        Crypto("bitstamp", server.url, QUICK._replace(deadline=2.0)).fetch(
            daily(FIRST + DAY, FIRST - DAY)
        )
    assert 1.5 < time.monotonic() - began < 10.0


def test_a_refused_connection_is_told():
    with pytest.raises(ProviderError, match=r"(?i)connection"):
        Crypto("bitstamp", refusing_url(), QUICK).fetch(daily(FIRST))


def test_its_symbols_are_the_users(crypto, monkeypatch):
    assert crypto.symbols()[:2] == ("BTC/USD", "ETH/USD")
    monkeypatch.setenv("SYMBOLS", "sol/usd")
    assert crypto.symbols() == ("SOL/USD",)
