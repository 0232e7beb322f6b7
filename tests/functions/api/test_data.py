"""The state of the market data, and the symbols there are."""

import json
from datetime import UTC, date, datetime

import pytest
from psycopg.types.json import Jsonb

SEEN = datetime(2013, 3, 1, 21, 20, tzinfo=UTC)
FIRST, LAST = datetime(2013, 2, 1, tzinfo=UTC), datetime(2013, 3, 1, tzinfo=UTC)
GAP = ["2013-02-05T00:00:00Z", "2013-02-06T00:00:00Z", 2]


def add_health(jobs, symbol, source="sample", bar="1d", **told):
    row = {"calendar": "XNYS", "first_bar": FIRST, "last_bar": LAST, "checked_at": SEEN, **told}
    row = {"symbol": symbol, "data_source": source, "bar_length": bar, **row}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    jobs.execute(f"INSERT INTO data_health ({names}) VALUES ({places})", list(row.values()))


@pytest.fixture(scope="module")
def stored(writer):
    """Daily and hourly bars of four symbols; AAPL has a gap, a refused row and a restatement."""
    add_health(writer, "AAPL", bars=18, expected=20, overdue=1, gaps=Jsonb([GAP]))
    add_health(writer, "AAPL", "yahoo", "1h", failure="yahoo did not answer: 429")
    add_health(writer, "BTC/USD", "crypto", calendar="24/7", bars=29, expected=29)
    add_health(writer, "^GSPC", "yahoo", first_bar=None, last_bar=None)
    add_health(writer, "BRK-B", "yahoo")
    for series, bar, at in (("sample", "1d", FIRST), ("yahoo/1h", "1h", FIRST)):
        (bar_id,) = writer.execute(
            """INSERT INTO market_data (symbol, timestamp, bar_length, open, high, low, close,
            volume, data_source, seen_at) VALUES ('AAPL', %s, %s, 1, 1, 1, 1, 1, %s, %s)
            RETURNING id""",
            [at, bar, series, SEEN],
        ).fetchone()
        for version in (2, 3) if bar == "1d" else ():
            writer.execute(
                """INSERT INTO bar_versions (market_data_id, version, open, high, low, close,
                volume, seen_at, reason) VALUES (%s, %s, 1, 1, 1, 1, 1, %s, 'close was 2')""",
                [bar_id, version, SEEN],
            )
    writer.execute(
        """INSERT INTO quarantined_bars (symbol, timestamp, data_source, row, reason, seen_at)
        VALUES ('AAPL', '2013-02-05', 'sample', '{"low": "9"}', 'low is above high', %s)""",
        [SEEN],
    )
    writer.execute(
        """INSERT INTO noted_bars (symbol, timestamp, data_source, kind, seen_at)
        VALUES ('AAPL', %s, 'sample', 'no volume', %s)""",
        [FIRST, SEEN],
    )
    writer.execute(
        """INSERT INTO corporate_actions (symbol, ex_date, kind, value, detail, data_source,
        seen_at) VALUES ('AAPL', %s, 'dividend', 2.650, NULL, 'sample', %s),
        ('AAPL', %s, 'rename', NULL, 'APPL', 'sample', %s)""",
        [date(2013, 2, 7), SEEN, date(2013, 2, 8), SEEN],
    )


def test_every_series_with_its_counts(reader, stored):
    answer = reader.get("/data/health").json
    assert [(row["symbol"], row["source"], row["bar"]) for row in answer["items"]] == [
        ("AAPL", "sample", "1d"),
        ("AAPL", "yahoo", "1h"),
        ("BRK-B", "yahoo", "1d"),
        ("BTC/USD", "crypto", "1d"),
        ("^GSPC", "yahoo", "1d"),
    ]
    daily, hourly, *_ = answer["items"]
    assert daily == {
        "symbol": "AAPL",
        "source": "sample",
        "bar": "1d",
        "calendar": "XNYS",
        "first": "2013-02-01T00:00:00Z",
        "last": "2013-03-01T00:00:00Z",
        "bars": 18,
        "expected": 20,
        "coverage": 0.9,
        "gap_count": 1,
        "overdue": 1,
        "quarantined": 1,
        "noted": 1,
        "restated": 1,
        "failure": None,
        "checked_at": "2013-03-01T21:20:00Z",
    }
    assert (hourly["coverage"], hourly["restated"], hourly["quarantined"]) == (None, 0, 0)
    assert hourly["failure"] == "yahoo did not answer: 429"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"symbol": "AAPL"}, 2),
        ({"source": "yahoo"}, 3),
        ({"bar": "1h"}, 1),
        ({"symbol": "BTC/USD", "source": "crypto", "bar": "1d"}, 1),
        ({"source": "files"}, 0),
    ],
)
def test_series_are_filtered(reader, stored, query, found):
    answer = reader.get("/data/health", **query).json
    assert (answer["total"], len(answer["items"])) == (found, found)


@pytest.mark.parametrize("query", [{"bar": "2h"}, {"source": "X;"}, {"symbol": "A B"}, {"sym": 1}])
def test_what_no_series_can_have_is_refused(reader, query):
    answer = reader.get("/data/health", **query)
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == next(iter(query))


@pytest.mark.parametrize(("route", "total"), [("/data/health", 5), ("/symbols", 4)])
def test_lists_are_paged_without_loss(reader, stored, route, total):
    whole = reader.get(route).json
    seen, cursor = [], {}
    while True:
        part = reader.get(route, limit=2, **cursor)
        assert (part.json["total"], len(part.json["items"])) <= (total, 2)
        seen += part.json["items"]
        if part.json["next"] is None:
            break
        assert 'rel="next"' in part.headers["link"]
        cursor = {"cursor": part.json["next"]}
    assert (seen, len(seen)) == (whole["items"], total)


@pytest.mark.parametrize("path", ["AAPL", "BTC/USD", "BTC%2FUSD", "^GSPC", "%5EGSPC", "BRK-B"])
def test_one_symbol_however_its_signs_are_written(reader, stored, path):
    answer = reader.get(f"/data/health/{path}")
    assert answer.status == 200
    assert answer.json["symbol"] == path.replace("%2F", "/").replace("%5E", "^")


def test_all_that_is_known_of_a_symbol(reader, stored):
    answer = reader.get("/data/health/AAPL").json
    daily, hourly = answer["series"]
    assert daily["gaps"] == [dict(zip(("first", "last", "bars"), GAP, strict=True))]
    assert hourly["gaps"] == []
    (refused,) = answer["quarantined"]
    assert (refused["series"], refused["time"]) == ("sample", "2013-02-05")
    assert (refused["row"], refused["reason"]) == ({"low": "9"}, "low is above high")
    (odd,) = answer["noted"]
    assert (odd["time"], odd["kind"]) == ("2013-02-01T00:00:00Z", "no volume")
    assert [(one["version"], one["reason"]) for one in answer["restated"]] == [
        (3, "close was 2"),
        (2, "close was 2"),
    ]
    assert [(one["kind"], one["value"], one["detail"]) for one in answer["actions"]] == [
        ("rename", None, "APPL"),
        ("dividend", "2.65", None),
    ]


@pytest.mark.parametrize("path", ["NOPE", "BTC/EUR", "aapl"])
def test_a_symbol_that_nobody_asked_for_is_not_found(reader, stored, path):
    answer = reader.get(f"/data/health/{path}")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert repr(path) in answer.json["detail"]


def test_a_symbol_that_cannot_be_is_refused(reader):
    answer = reader.get("/data/health/A%20B")
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "symbol"


def test_symbols_with_their_series(reader, stored):
    items = reader.get("/symbols").json["items"]
    assert [item["symbol"] for item in items] == ["AAPL", "BRK-B", "BTC/USD", "^GSPC"]
    assert items[0]["series"] == [
        {"source": "sample", "bar": "1d", "calendar": "XNYS"},
        {"source": "yahoo", "bar": "1h", "calendar": "XNYS"},
    ]
    assert (items[0]["first"], items[3]["first"]) == ("2013-02-01T00:00:00Z", None)
    assert [item["symbol"] for item in reader.get("/symbols", bar="1h").json["items"]] == ["AAPL"]


@pytest.mark.parametrize("route", ["/data/health", "/data/health/AAPL", "/symbols"])
def test_an_answer_that_is_known_is_not_sent_again(reader, stored, route):
    first = reader.get(route)
    again = reader.get(route, {"if-none-match": first.headers["etag"]})
    assert (first.status, again.status, again.text) == (200, 304, "")
    assert json.loads(first.text)


def test_without_bars_there_are_empty_lists(client):
    for route in ("/data/health", "/symbols"):
        assert client.get(route).json["items"] == []
