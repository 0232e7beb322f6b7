"""Yahoo, over real HTTP to a server on this machine that answers in its schema."""

import csv
import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from zoneinfo import ZoneInfo

import pytest

from engine.errors import ParameterError
from functions.providers import CorporateAction, ProviderError, Request
from functions.providers._patience import Limits
from functions.providers.yahoo import Yahoo
from tests.builders.market_servers import (
    Candle,
    YahooServer,
    broken,
    cut_off,
    dripping,
    nothing,
    refusing_url,
    serving,
    too_many,
    truncated,
)

QUICK = Limits(attempts=3, deadline=6.0, first_wait=0.02, failures=100)
NEW_YORK = ZoneInfo("America/New_York")
END = datetime(2020, 9, 11, tzinfo=UTC)


@pytest.fixture
def server():
    with serving(YahooServer()) as market:
        yield market


@pytest.fixture
def yahoo(server):
    return Yahoo(server.url, QUICK)


def daily(symbol, until=END, after=None):
    return Request(symbol, "1d", after, until)


def days(first, *closes):
    """Daily candles on consecutive days, stamped as Yahoo does at the opening."""
    for number, close in enumerate(closes):
        day = datetime.combine(first + timedelta(days=number), datetime.min.time(), NEW_YORK)
        at = int(day.replace(hour=9, minute=30).timestamp())
        yield Candle(at, close, close + 1, close - 1, close, 1000)


@pytest.fixture
def recorded(server, shared_data):
    """The chart responses beside the checkout, as they are."""
    for path in (shared_data / "yahoo_chart").glob("*_1[dm]_*.json"):
        symbol, interval, *_ = path.stem.split("_")
        server.charts[symbol, interval] = json.loads(path.read_text())["chart"]["result"][0]
    return server


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "SPY"])
def test_days_are_those_of_another_source_to_the_cent(yahoo, shared_data, symbol):
    fetched = yahoo.fetch(daily(symbol))
    assert fetched.adjusted == "splits"
    ratio = 4 if symbol == "AAPL" else 1
    split = datetime(2020, 8, 31, tzinfo=UTC)
    told = {
        bar.starts: tuple(price * (ratio if bar.starts < split else 1) for price in bar[2:6])
        for bar in fetched.bars
    }
    with (shared_data / "us_daily" / f"{symbol}.csv").open(newline="") as file:
        known = {
            datetime.fromisoformat(row["date"]).replace(tzinfo=UTC): tuple(
                Decimal(row[name]) for name in ("open", "high", "low", "close")
            )
            for row in csv.DictReader(file)
        }
    assert len(told) == 33
    for starts, prices in told.items():
        for price, other in zip(prices, known[starts], strict=True):
            assert abs(price - other) <= Decimal("0.01")


@pytest.mark.usefixtures("recorded")
def test_apples_split_and_dividend_are_listed(yahoo):
    assert yahoo.fetch(daily("AAPL")).actions == [
        CorporateAction("AAPL", date(2020, 8, 7), "dividend", Decimal("0.205")),
        CorporateAction("AAPL", date(2020, 8, 31), "split", Decimal(4)),
    ]


@pytest.mark.usefixtures("recorded")
def test_before_its_split_everything_is_as_it_was_told_then(yahoo):
    """A clock in the past reads no share count of the future."""
    now = yahoo.fetch(daily("AAPL"))
    then = yahoo.fetch(daily("AAPL", datetime(2020, 8, 28, 20, tzinfo=UTC)))
    assert then.bars[0].close == 4 * now.bars[0].close
    assert then.bars[0].volume == now.bars[0].volume / 4
    assert then.actions == [CorporateAction("AAPL", date(2020, 8, 7), "dividend", Decimal("0.82"))]


@pytest.mark.usefixtures("recorded")
def test_minutes_are_in_utc_and_of_the_range_only(yahoo):
    first = datetime(2013, 10, 7, 13, 30, tzinfo=UTC)
    until = first + timedelta(minutes=30)
    fetched = yahoo.fetch(Request("SPY", "1m", first, until))
    starts = [bar.starts for bar in fetched.bars]
    assert starts == [first + timedelta(minutes=number) for number in range(1, 30)]


def charts_asked(server, interval):
    """Since when charts were asked for, but for the one of a day that tells the time zone."""
    return [
        int(query["period1"])
        for _, query in server.asked
        if query["interval"] == interval and "period1" in query
    ]


@pytest.mark.parametrize("length", ["1d", "1h"])
def test_later_only_the_days_are_asked_for_in_which_something_may_be_new(server, yahoo, length):
    candles = list(days(date(2018, 1, 1), *range(10, 990)))
    stamps = [candle.starts for candle in candles]
    paid = {stamps[0]: 0.5, stamps[700]: 0.25, stamps[-1]: 0.125}
    server.add("IBM", "1d", candles, dividends=paid, splits={stamps[-2]: 2.0})
    hours = {
        "start": stamps[-1],
        "end": stamps[-1] + 23_400,
        "timezone": "EDT",
        "gmtoffset": -14400,
    }
    server.add("IBM", "1h", candles[-10:], tradingPeriods=[[hours]])
    after = datetime.fromtimestamp(stamps[-8], UTC)
    whole = yahoo.fetch(Request("IBM", "1d", None, END))
    server.asked.clear()
    later = yahoo.fetch(Request("IBM", length, after, END))
    assert [bar.close for bar in later.bars] == [bar.close for bar in whole.bars[-7:]]
    assert later.actions == [one for one in whole.actions if one.ex_date.year > 2018]
    assert len(later.actions) == 3
    (since,) = charts_asked(server, "1d")[-1:]
    assert timedelta(days=366) < after - datetime.fromtimestamp(since, UTC) < timedelta(days=402)


@pytest.mark.usefixtures("recorded")
def test_a_split_to_come_is_taken_out_of_later_readings_too(yahoo):
    until = datetime(2020, 8, 28, 20, 20, tzinfo=UTC)
    after = datetime(2020, 8, 20, tzinfo=UTC)
    first, later = (yahoo.fetch(daily("AAPL", until, since)) for since in (None, after))
    assert later.bars == [bar for bar in first.bars if bar.starts > after]
    assert later.actions == first.actions


def test_a_bar_that_has_not_ended_is_not_told(server, yahoo):
    opens = datetime(2020, 9, 3, 9, 30, tzinfo=NEW_YORK)
    closes = opens + timedelta(hours=6, minutes=30)
    stamp = {"timezone": "EDT", "gmtoffset": -14400}
    period = {"start": int(opens.timestamp()), "end": int(closes.timestamp()), **stamp}
    meta = {"currentTradingPeriod": {"regular": period}, "tradingPeriods": [[period]]}
    server.add("IBM", "1d", days(date(2020, 9, 1), 10, 11, 12), **meta)
    hours = [Candle(int(opens.timestamp()) + 3600 * n, 10, 12, 9, 11, 5) for n in range(7)]
    server.add("IBM", "1h", hours, **meta)
    before = closes - timedelta(minutes=10)
    assert [bar.starts.day for bar in yahoo.fetch(daily("IBM", before)).bars] == [1, 2]
    assert [bar.starts.day for bar in yahoo.fetch(daily("IBM", closes)).bars] == [1, 2, 3]
    at = Request("IBM", "1h", opens - timedelta(hours=1), before)
    assert len(yahoo.fetch(at).bars) == 6
    assert len(yahoo.fetch(at._replace(until=closes)).bars) == 7  # the last has half an hour


def test_minutes_that_yahoo_no_longer_keeps_are_those_it_keeps(server, yahoo):
    opens = datetime.now(NEW_YORK).replace(hour=9, minute=30, second=0, microsecond=0)
    day = opens - timedelta(days=1)
    stamps = [int(moment.timestamp()) for moment in (day, day.replace(hour=16, minute=0))]
    period = {"start": stamps[0], "end": stamps[1], "timezone": "EDT", "gmtoffset": -14400}
    server.add("IBM", "1d", days(day.date(), 10))
    candles = [Candle(stamps[0] + 60 * number, 10, 12, 9, 11, 5) for number in range(5)]
    server.add("IBM", "1m", candles, tradingPeriods=[[period]])
    server.keeps["1m"] = stamps[0] - 86_400 * 9
    long_ago = opens - timedelta(days=300)
    assert len(yahoo.fetch(Request("IBM", "1m", long_ago, opens)).bars) == 5
    assert int(server.asked[-1][1]["period1"]) > int(long_ago.timestamp())


@pytest.mark.parametrize("symbol", ["BRK-B", "^GSPC", "EURUSD=X", "VOD.L"])
def test_symbols_pass_as_yahoo_writes_them(server, yahoo, symbol):
    server.add(symbol, "1d", days(date(2020, 9, 1), 10, 11))
    assert [bar.close for bar in yahoo.fetch(daily(symbol)).bars] == [10, 11]
    assert {path for path, _ in server.asked} == {f"/v8/finance/chart/{symbol}"}


def test_noise_of_single_precision_is_no_price(server, yahoo):
    server.add("IBM", "1d", [Candle(1598967000, 93.71499633789062, 94.5, 93.7, 200.8117, 5)])
    bar = yahoo.fetch(daily("IBM")).bars[0]
    assert (str(bar.open), str(bar.close)) == ("93.715", "200.8117")


def test_a_number_that_is_missing_is_nan_and_an_empty_day_is_no_bar(server, yahoo):
    nan = float("nan")
    rows = [*days(date(2020, 9, 1), 10), *days(date(2020, 9, 2), nan), *days(date(2020, 9, 3), 12)]
    server.add("IBM", "1d", [rows[0], rows[1], rows[2]._replace(high=nan)])
    told = yahoo.fetch(daily("IBM")).bars
    assert [bar.starts.day for bar in told] == [1, 3]
    assert told[1].high.is_nan()


def test_an_unknown_symbol_is_told_by_name_and_asked_for_once(server, yahoo):
    with pytest.raises(ParameterError, match=r"'NOSUCH'.*may be delisted"):
        yahoo.fetch(daily("NOSUCH"))
    assert len(server.asked) == 1
    with pytest.raises(ParameterError, match="no symbol of Yahoo is written"):
        yahoo.fetch(daily("../v1/test"))


@pytest.mark.parametrize(
    "fault",
    [too_many("0"), broken(502), truncated, cut_off, nothing],
    ids=["429", "502", "truncated", "cut off", "empty"],
)
def test_a_fault_that_passes_is_not_noticed(server, yahoo, fault):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10, 11))
    server.fail([fault, None, fault])
    assert [bar.close for bar in yahoo.fetch(daily("IBM")).bars] == [10, 11]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (too_many("0"), r"too many requests \(429\)"),
        (broken(502), "it answered 502"),
        (truncated, "no whole JSON"),
        (cut_off, "does not answer"),
        (nothing, "without a single 1d bar|unusable answer|no price data"),
    ],
    ids=["429", "502", "truncated", "cut off", "empty"],
)
def test_a_fault_that_stays_is_told_with_its_reason(server, yahoo, fault, reason):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10, 11))
    server.fail(repeat(fault))
    with pytest.raises(ProviderError, match=reason):
        yahoo.fetch(daily("IBM"))


def test_it_waits_as_long_as_it_is_asked_to(server, yahoo):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    server.fail([too_many("1")])
    began = time.monotonic()
    yahoo.fetch(daily("IBM"))
    assert 1.0 <= time.monotonic() - began < 5.5


def test_it_does_not_wait_beyond_its_deadline(server, yahoo):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    server.fail(repeat(too_many("3600")))
    began = time.monotonic()
    with pytest.raises(ProviderError, match="429"):
        yahoo.fetch(daily("IBM"))
    assert time.monotonic() - began < QUICK.deadline
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [too_many("3600"), broken(503, "3600")], ids=["429", "503"])
def test_whoever_asks_next_leaves_it_alone_as_long_as_it_asked(server, yahoo, fault):
    for symbol in ("IBM", "SPY", "AAPL"):
        server.add(symbol, "1d", days(date(2020, 9, 1), 10))
    server.fail([fault])
    with pytest.raises(ProviderError, match="Yahoo does not answer"):
        yahoo.fetch(daily("IBM"))
    for symbol in ("SPY", "AAPL"):
        with pytest.raises(ProviderError, match=r"Yahoo asked to be left alone until \d{4}-"):
            yahoo.fetch(daily(symbol))
    assert len(server.asked) == 1


def test_a_slow_drip_ends_at_the_deadline(server):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    server.fail(repeat(dripping(1.0)))
    began = time.monotonic()
    with pytest.raises(ProviderError, match=r"(?i)time"):
        Yahoo(server.url, QUICK._replace(deadline=2.0)).fetch(daily("IBM"))
    assert 1.5 < time.monotonic() - began < 10.0


def test_a_refused_connection_is_told(server):
    with pytest.raises(ProviderError, match=r"(?i)connect"):
        Yahoo(refusing_url(), QUICK).fetch(daily("IBM"))


def test_after_so_many_failures_it_is_left_alone_until_a_time(server):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    server.fail(repeat(broken(503), 4))
    yahoo = Yahoo(server.url, QUICK._replace(attempts=2, failures=2, rest=1.0))
    for _ in range(2):
        with pytest.raises(ProviderError, match="503"):
            yahoo.fetch(daily("IBM"))
    with pytest.raises(ProviderError, match=r"2 times in a row; .* until \d\d:\d\d:\d\dZ"):
        yahoo.fetch(daily("IBM"))
    assert len(server.asked) == 4
    time.sleep(1.1)
    assert [bar.close for bar in yahoo.fetch(daily("IBM")).bars] == [10]


def test_a_user_who_errs_opens_no_breaker(server):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    yahoo = Yahoo(server.url, QUICK._replace(failures=2))
    for _ in range(3):
        with pytest.raises(ParameterError):
            yahoo.fetch(daily("NOSUCH"))
    assert yahoo.fetch(daily("IBM")).bars


@pytest.mark.parametrize("ratio", [1 / 3, 1 / 7, 2 / 3, 4 / 3, 3 / 2, 0.1])
def test_a_ratio_is_told_to_the_last_share(server, yahoo, ratio):
    candles = list(days(date(2020, 9, 1), 10, 11))
    server.add("X", "1d", candles, splits={candles[1].starts: ratio})
    (split,) = yahoo.fetch(daily("X")).actions
    assert float(split.value) == ratio


def test_a_split_of_sydney_is_known_in_its_sessions_first_hour(server, yahoo):
    """That hour ends at midnight in UTC, before the day of the split has begun there."""
    opens = datetime(2020, 11, 5, 10, tzinfo=ZoneInfo("Australia/Sydney"))
    at = int(opens.timestamp())
    candles = [Candle(at - 86_400, 10, 11, 9, 10, 5), Candle(at, 10, 11, 9, 10, 5)]
    zone = {"exchangeTimezoneName": "Australia/Sydney", "timezone": "AEDT", "gmtoffset": 39600}
    server.add("BHP.AX", "1d", candles, splits={at: 2.0}, **zone)
    first_hour = Request("BHP.AX", "1d", None, opens.astimezone(UTC) + timedelta(hours=1))
    fetched = yahoo.fetch(first_hour)
    assert [(one.ex_date, one.kind) for one in fetched.actions] == [(date(2020, 11, 5), "split")]
    assert fetched.bars[0].close == 10
    before = yahoo.fetch(first_hour._replace(until=opens.replace(hour=0)))
    assert (before.actions, before.bars[0].close) == ([], 20)


def test_what_changed_since_is_read_again(server, yahoo):
    """No answer is kept in the process."""
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    assert yahoo.fetch(daily("IBM")).bars[0].close == 10
    server.add("IBM", "1d", days(date(2020, 9, 1), 20))
    assert yahoo.fetch(daily("IBM")).bars[0].close == 20


def test_its_symbols_are_the_users(yahoo, monkeypatch):
    assert yahoo.symbols() == ("SPY", "QQQ", "AAPL", "MSFT", "IBM")
    monkeypatch.setenv("SYMBOLS", "brk-b, ^gspc")
    assert yahoo.symbols() == ("BRK-B", "^GSPC")


def test_a_cookie_that_is_too_old_is_renewed(server, yahoo):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10))
    server.fail([broken(401)])
    assert yahoo.fetch(daily("IBM")).bars[0].close == 10
    server.fail(repeat(broken(401)))
    with pytest.raises(ProviderError, match="unusable answer"):
        yahoo.fetch(daily("IBM"))


def test_a_capital_gain_is_paid_once(server, yahoo):
    """A fund's dividend may hold the gain of its day already."""
    candles = list(days(date(2020, 9, 1), 10, 11, 12))
    stamps = [candle.starts for candle in candles]
    server.add("FUND", "1d", candles, dividends={stamps[1]: 0.5}, instrumentType="ETF")
    gains = {str(at): {"amount": 0.3, "date": at} for at in stamps[1:]}
    server.charts["FUND", "1d"]["events"]["capitalGains"] = gains
    assert [one[1:4] for one in yahoo.fetch(daily("FUND")).actions] == [
        (date(2020, 9, 2), "dividend", Decimal("0.5")),
        (date(2020, 9, 3), "special_dividend", Decimal("0.3")),
    ]


def test_a_process_without_a_home_leaves_nothing_behind(server, tmp_path):
    server.add("IBM", "1d", days(date(2020, 9, 1), 10, 11))
    program = (
        "from datetime import *; from functions import providers; "
        "end = datetime(2020, 9, 11, tzinfo=UTC); "
        "request = providers.Request('IBM', '1d', None, end); "
        "print(len(providers.get('yahoo').fetch(request).bars))"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    places = {"HOME": str(tmp_path / "none"), "TMPDIR": str(temporary), "YAHOO_URL": server.url}
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(
        command, env={**places, "PATH": os.environ["PATH"]}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("2\n", "")
    assert list(tmp_path.rglob("*")) == [temporary]
