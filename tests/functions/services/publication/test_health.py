"""The health of the data is told line by line, the worst of it by name."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from functions.services.platform import Platform
from functions.services.publication.health import MOST, health, publish_health
from functions.store.health import HealthRow, health_rows
from functions.store.objects import Objects
from tests.builders.platforms import platform_over
from tests.builders.recorded import Recorder

DAY = datetime(2013, 1, 3, tzinfo=UTC)
SEEN = datetime(2013, 1, 3, 21, 2, tzinfo=UTC)
WHOLE = HealthRow("IBM", "sample", "1d", "XNYS", DAY, DAY, 9, 9, 0, [], None, SEEN, 0, [])
GAP = ["2012-12-03T00:00:00Z", "2012-12-05T00:00:00Z", 3]


@pytest.fixture
def platform(database: Any, aws: Any) -> Iterator[Platform]:
    with platform_over(database, aws) as made:
        yield made


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "complete"),
        ({"bars": 0, "expected": 0, "first_bar": None, "last_bar": None}, "empty"),
        ({"gaps": [GAP]}, "gaps"),
        ({"gaps": [GAP], "overdue": 1}, "late"),
        ({"overdue": 1, "failure": "timed out"}, "failing"),
    ],
)
def test_the_worst_that_is_known_is_named(changes, state):
    (told,) = health([WHOLE._replace(**changes)])["symbols"]
    assert told["state"] == state


def test_an_empty_platform_has_no_symbol_and_no_time():
    told = health([])
    assert (told["as_of"], told["symbols"], told["counts"]["symbols"]) == (None, [], 0)


def test_a_whole_series_has_nothing_to_report():
    told = health([WHOLE])
    assert (told["gaps"], told["refused"], told["failures"]) == ([], [], [])
    assert told["as_of"] == "2013-01-03T21:02:00Z"
    assert told["symbols"][0]["coverage"] == 1.0
    assert told["symbols"][0]["last_bar"] == "2013-01-03"


def test_what_is_missing_refused_and_failed_is_listed_with_its_reason():
    row = WHOLE._replace(
        gaps=[GAP],
        failure="sample did not answer",
        quarantined=[["a second bar", 2], ["shut", 1]],
        noted=[["no volume", 4]],
    )
    told = health([row])
    gap = {"first": "2012-12-03", "last": "2012-12-05", "missing": 3}
    assert [gap.items() <= each.items() for each in told["gaps"]] == [True]
    reasons = [(each["symbol"], each["reason"], each["count"]) for each in told["refused"]]
    assert reasons == [("IBM", "a second bar", 2), ("IBM", "shut", 1)]
    assert [(each["kind"], each["count"]) for each in told["noted"]] == [("no volume", 4)]
    assert (told["symbols"][0]["noted"], told["counts"]["noted"]) == (4, 4)
    assert told["failures"][0]["reason"] == "sample did not answer"
    assert (told["counts"]["missing"], told["counts"]["refused"]) == (3, 3)


def test_an_hourly_series_tells_instants():
    row = WHOLE._replace(bar_length="1h", last_bar=SEEN, gaps=[GAP])
    told = health([row])
    assert told["symbols"][0]["last_bar"] == "2013-01-03T21:02:00Z"
    assert told["gaps"][0]["first"] == "2012-12-03T00:00:00Z"


def test_the_newest_gaps_are_listed_and_all_are_counted():
    gaps = [[f"2012-12-{day:02}T00:00:00Z"] * 2 + [1] for day in range(1, MOST + 4)]
    told = health([WHOLE._replace(gaps=gaps)])
    assert (len(told["gaps"]), told["symbols"][0]["missing"]) == (MOST, MOST + 3)
    assert told["gaps"][0]["first"] == f"2012-12-{MOST + 3:02}"


def series(connection: Any, symbol: str, length: str = "1d", at: datetime = SEEN) -> None:
    connection.execute(
        """
        INSERT INTO data_health (symbol, data_source, bar_length, calendar, first_bar, last_bar,
            bars, expected, checked_at) VALUES (%s, 'sample', %s, 'XNYS', %s, %s, 9, 9, %s)
        """,
        [symbol, length, DAY, DAY, at],
    )


def refuse(connection: Any, symbol: str, source: str, reason: str, count: int) -> None:
    for number in range(count):
        connection.execute(
            """
            INSERT INTO quarantined_bars (symbol, timestamp, data_source, row, reason, seen_at)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            [symbol, str(number), source, Jsonb({}), reason, SEEN],
        )


def test_each_series_has_its_own_refusals_and_restatements(database):
    with database.connect("jobs", autocommit=True) as connection:
        for symbol, length in (("IBM", "1d"), ("IBM", "1h"), ("AAPL", "1d")):
            series(connection, symbol, length)
        refuse(connection, "IBM", "sample", "one", 1)
        refuse(connection, "IBM", "sample", "two", 2)
        refuse(connection, "IBM", "sample/1h", "three", 3)
        recorder = Recorder(connection)
        recorder.bar(DAY.date(), 200.0)
        recorder.restate(DAY.date(), 201.0)
        told = [
            (row.symbol, row.bar_length, row.restated, row.quarantined)
            for row in health_rows(connection)
        ]
    assert told == [
        ("AAPL", "1d", 0, []),
        ("IBM", "1d", 1, [["one", 1], ["two", 2]]),
        ("IBM", "1h", 0, [["three", 3]]),
    ]


def test_it_is_published_once_for_each_change(platform, database):
    assert publish_health(platform)
    assert not publish_health(platform)
    with database.connect("jobs", autocommit=True) as connection:
        series(connection, "IBM")
    assert publish_health(platform)
    assert not publish_health(platform)
    body = Objects(platform.s3, platform.site_bucket).get("data/health.json")
    assert json.loads(body or b"")["counts"]["symbols"] == 1
