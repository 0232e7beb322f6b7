"""What of Yahoo's answers gets into the tables: over HTTP, through collecting, to PostgreSQL."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import repeat

import pytest

from functions.providers._patience import Limits
from functions.providers.yahoo import Yahoo
from functions.services.market.collecting import Source, collect_symbols
from functions.services.market.slots import slot_of, time_of
from functions.store.session import Session
from tests.builders.market_servers import Candle, YahooServer, broken, serving, truncated

SPLIT = date(2020, 8, 31)
BEFORE, AFTER, LATER = "2020-08-28T20:20:00Z", "2020-08-31T20:20:00Z", "2020-09-10T20:20:00Z"
QUICK = Limits(attempts=2, deadline=5.0, first_wait=0.02, failures=100)


@pytest.fixture
def session(database):
    made = Session(database.jobs)
    yield made
    made.connect().close()


@pytest.fixture
def server(shared_data):
    with serving(YahooServer()) as market:
        for path in (shared_data / "yahoo_chart").glob("*_1d_*.json"):
            symbol = path.stem.split("_")[0]
            market.charts[symbol, "1d"] = json.loads(path.read_text())["chart"]["result"][0]
        yield market


@pytest.fixture
def collect(session, server):
    source = Source("yahoo", Yahoo(server.url, QUICK))

    def run(time, *symbols, calendar="XNYS"):
        event = {"time": time, "detail": {"calendar": calendar, "bar": "1d"}}
        return collect_symbols(source, session.connect, slot_of(event), time_of(event), symbols)

    return run


@pytest.fixture
def known(shared_data):
    """Apple's closes as they were traded, from another source."""
    with (shared_data / "us_daily" / "AAPL.csv").open(newline="") as file:
        return {
            date.fromisoformat(row["date"]): Decimal(row["close"]) for row in csv.DictReader(file)
        }


def closes(session):
    rows = session.connect().execute(
        "SELECT timestamp::date, close FROM market_data WHERE symbol = 'AAPL' ORDER BY 1"
    )
    return dict(rows.fetchall())


def agree(told, known):
    return all(abs(close - known[day]) <= Decimal("0.03") for day, close in told.items())


def undivided(server):
    """Yahoo lists the split of 2020-08-31 and forgets to divide what was before it."""
    chart = server.charts["AAPL", "1d"]
    quote = chart["indicators"]["quote"][0]
    for number, at in enumerate(chart["timestamp"]):
        if datetime.fromtimestamp(at, UTC).date() < SPLIT:
            for name in ("open", "high", "low", "close"):
                quote[name][number] *= 4
            quote["volume"][number] /= 4
    for dividend in chart["events"]["dividends"].values():
        dividend["amount"] *= 4


def test_what_is_stored_was_traded(collect, session, known):
    collect(LATER, "AAPL")
    told = closes(session)
    assert len(told) == 33
    assert agree(told, known)


@pytest.mark.parametrize("times", [[BEFORE, AFTER, LATER], [AFTER, LATER], [BEFORE, LATER]])
def test_a_split_while_it_runs_changes_no_price(collect, session, known, times):
    found = [collect(time, "AAPL")["AAPL"] for time in times]
    assert [one.failure for one in found] == [""] * len(times)
    assert sum(one.restated + one.quarantined for one in found) == 0
    told = closes(session)
    assert len(told) == 33
    assert agree(told, known)
    actions = session.connect().execute(
        "SELECT ex_date, kind, value FROM corporate_actions ORDER BY 1"
    )
    assert actions.fetchall() == [
        (date(2020, 8, 7), "dividend", Decimal("0.82")),
        (SPLIT, "split", Decimal(4)),
    ]


def test_a_split_that_is_listed_but_missed_in_the_prices_is_seen(collect, session, server, known):
    collect("2020-08-27T20:20:00Z", "AAPL")
    undivided(server)
    found = collect(LATER, "AAPL")["AAPL"]
    assert (found.failure, found.quarantined, found.restated) == ("", 0, 0)
    told = closes(session)
    assert len(told) == 33
    assert agree(told, known)


def test_a_split_that_is_in_the_prices_but_not_listed_is_refused(collect, session, server, known):
    collect(BEFORE, "AAPL")
    del server.charts["AAPL", "1d"]["events"]["splits"]
    found = collect(LATER, "AAPL")["AAPL"]
    assert "at 0.25 times their price" in found.failure
    assert (found.bars, found.quarantined > 0) == (0, True)
    told = closes(session)
    assert max(told) == date(2020, 8, 28)
    assert agree(told, known)


LONDON = {"exchangeTimezoneName": "Europe/London", "timezone": "GMT", "gmtoffset": 0}
AVIVA = "AV-L-1wk-bad-stock-split"


def serve_aviva(server, path):
    """A frame of yfinance's own tests, told as Yahoo tells days."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("Open", "High", "Low", "Close", "Volume")
    stamps = [int(datetime.fromisoformat(row["Date"]).timestamp()) for row in rows]
    candles = [
        Candle(at, *(float(row[name]) for name in names))
        for at, row in zip(stamps, rows, strict=True)
    ]
    told = {
        name: {
            at: float(row[name]) for at, row in zip(stamps, rows, strict=True) if float(row[name])
        }
        for name in ("Stock Splits", "Dividends")
    }
    server.add(
        "AV.L", "1d", candles, splits=told["Stock Splits"], dividends=told["Dividends"], **LONDON
    )


def test_a_real_split_that_yahoo_got_wrong_is_refused_at_once(
    collect, session, server, shared_data
):
    serve_aviva(server, shared_data / "yahoo_bad" / f"{AVIVA}.csv")
    found = collect("2023-07-17T16:00:00Z", "AV.L", calendar="XLON")["AV.L"]
    assert found.bars == 0
    assert found.failure == (
        "yahoo: the split of 0.76 on 2022-05-16 is listed, and the prices before it are adjusted "
        "for it twice; ask again later"
    )
    reasons = session.connect().execute("SELECT DISTINCT reason FROM quarantined_bars").fetchall()
    assert [f"yahoo: {reason}" for (reason,) in reasons] == [found.failure]


def test_its_repaired_twin_is_taken(collect, session, server, shared_data):
    serve_aviva(server, shared_data / "yahoo_bad" / f"{AVIVA}-fixed.csv")
    found = collect("2023-07-17T16:00:00Z", "AV.L", calendar="XLON")["AV.L"]
    assert found.failure == ""
    reasons = session.connect().execute("SELECT DISTINCT reason FROM quarantined_bars").fetchall()
    assert reasons == [("the market was closed then",)]  # weeks that begin with a holiday


@pytest.mark.parametrize("ratio", [4.0, 1.5, 4 / 3, 0.76, 0.1])
def test_a_first_reading_with_a_missed_split_stores_nothing(collect, session, server, ratio):
    """Days in a row, before the split as they were traded."""
    days = [datetime(2020, 8, 24, 13, 30, tzinfo=UTC).timestamp() + 86_400 * at for at in range(12)]
    weekdays = [int(at) for at in days if datetime.fromtimestamp(at, UTC).weekday() < 5]
    closes = [100 + at % 2 if at < 5 else (100 + at % 2) / ratio for at in range(len(weekdays))]
    candles = [
        Candle(at, close, close * 1.01, close * 0.99, close, 1000)
        for at, close in zip(weekdays, closes, strict=True)
    ]
    server.add("ACME", "1d", candles, splits={weekdays[5]: ratio})
    found = collect("2020-09-04T20:20:00Z", "ACME")["ACME"]
    assert "is listed, and the prices before it are not adjusted for it" in found.failure
    assert session.connect().execute("SELECT count(*) FROM market_data").fetchone() == (0,)


@pytest.mark.parametrize(("fault", "reason"), [(broken(503), "503"), (truncated, "no whole JSON")])
def test_while_yahoo_fails_nothing_is_stored_and_the_reason_is(
    collect, session, server, fault, reason
):
    server.fail(repeat(fault))
    found = collect(LATER, "AAPL", "IBM")
    assert all(reason in one.failure for one in found.values())
    assert closes(session) == {}
    health = session.connect().execute("SELECT symbol, failure FROM data_health ORDER BY 1")
    assert all(reason in failure for _, failure in health.fetchall())
    server.fail([])
    assert [one.failure for one in collect(LATER, "AAPL", "IBM").values()] == ["", ""]
    assert len(closes(session)) == 33
