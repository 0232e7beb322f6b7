import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.api.handler import app
from tests.builders.stored import make_robot, make_run

UUID = "3f0f3c2e-6b3b-4d55-9a60-2f5c8f9f7a10"


def problem(answer, status, name):
    assert answer.status == answer.json["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["type"].endswith(f"#{name}")
    assert answer.headers["cache-control"] == "no-store"
    return answer.json


@pytest.mark.parametrize(
    ("path", "query", "field", "message"),
    [
        ("/trades", {"limit": 0}, "limit", "must be at least 1, was '0'"),
        ("/trades", {"limit": 501}, "limit", "must be at most 500, was '501'"),
        ("/trades", {"limit": 10**30}, "limit", f"must be at most 500, was '{10**30}'"),
        ("/trades", {"limit": "ten"}, "limit", "must be a whole number, was 'ten'"),
        ("/trades", {"offset": -1}, "offset", "must be at least 0, was '-1'"),
        ("/trades", {"offset": 10_001}, "offset", "must be at most 10000, was '10001'"),
        ("/trades", {"start_date": "1"}, "start_date", "must be a day such as 2013-03-01, was '1'"),
        ("/trades", {"end_date": "2013-02-30"}, "end_date", "must be a day that exists, was"),
        ("/trades", {"end_date": "0001-01-01"}, "end_date", "must be between 1900-01-01 and 2199"),
        ("/trades", {"end_date": "9999-12-31"}, "end_date", "must be between 1900-01-01 and 2199"),
        (
            "/trades",
            {"start_date": "2013-03-01", "end_date": "2013-02-28"},
            "end_date",
            "must not be before start_date, which is 2013-03-01, was '2013-02-28'",
        ),
        ("/trades", {"execution_id": "x"}, "execution_id", "must be a uuid, was 'x'"),
        ("/trades", {"symbol": "'; DROP TABLE trades; --"}, "symbol", "must look like 'AAPL'"),
        ("/trades", {"symbol": "a\0"}, "symbol", "must look like 'AAPL'"),
        ("/trades", {"strategy_id": "A B"}, "strategy_id", "must look like 'sma-cross' or"),
        ("/trades", {"limt": 5}, "limt", "is unknown; did you mean 'limit'?"),
        ("/trades/1", {}, "trade_id", "must be a uuid, was '1'"),
        ("/executions/1", {}, "execution_id", "must be a uuid, was '1'"),
        ("/strategies", {"user_id": "me"}, "user_id", "must be a uuid, was 'me'"),
        ("/strategies", {"status": "x'"}, "status", "must look like 'active'"),
        ("/strategies/X", {}, "strategy_id", "must look like 'sma-cross' or"),
        ("/strategies/sma-cross", {"strategy_id": "a"}, "strategy_id", "is unknown; there are no"),
        ("/performance/sma-cross/metrics", {"metrics": "a;b"}, "metrics", "must look like"),
        (
            "/performance/sma-cross/history",
            {"granularity": "hourly"},
            "granularity",
            "must be 'daily', 'weekly' or 'monthly', was 'hourly'",
        ),
    ],
)
def test_a_refusal_names_the_field_and_the_way_out(alone, path, query, field, message):
    answer = problem(alone.get(path, **query), 422, "refused")
    (error,) = answer["errors"]
    assert error["field"] == field
    assert error["message"].startswith(message)
    assert answer["detail"] == f"{field} {error['message']}"


def test_a_parameter_given_twice_is_refused(alone):
    answer = problem(alone.send("GET", "/api/v1/trades", "limit=1&limit=2"), 422, "refused")
    assert answer["errors"][0]["message"] == "must be given once, was '1, 2'"


@pytest.mark.parametrize("cursor", ["", "x", "=", "%00", "W10", "bnVsbA", "[[[[", "é", "A" * 999])
def test_a_cursor_of_ones_own_is_refused(alone, cursor):
    answer = problem(alone.get("/trades", cursor=cursor), 422, "refused")
    assert answer["errors"][0]["field"] == "cursor"


def test_a_cursor_belongs_to_its_question(client, jobs):
    make_run(jobs, make_robot(jobs), "paper")
    cursor = client.get("/trades", limit=2, symbol="AAPL").json["next"]
    assert client.get("/trades", limit=1, symbol="AAPL", cursor=cursor).status == 200
    problem(client.get("/trades", cursor=cursor), 422, "refused")
    problem(client.get("/trades", symbol="AAPL", cursor=cursor[:-2]), 422, "refused")
    problem(client.get("/trades", symbol="AAPL", cursor=cursor.swapcase()), 422, "refused")
    problem(client.get("/strategies", cursor=cursor), 422, "refused")
    both = problem(client.get("/trades", symbol="AAPL", cursor=cursor, offset=1), 422, "refused")
    assert "together with offset" in both["detail"]


@pytest.mark.parametrize(
    "path",
    ["/strategies/none", f"/strategies/{UUID}", f"/trades/{UUID}", f"/executions/{UUID}"],
)
def test_what_is_not_there_is_not_found(reader, path):
    assert path.split("/")[-1] in problem(reader.get(path), 404, "not-found")["detail"]


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/strategies/", "/api/v1/docs", "/docs"])
def test_no_route(alone, path):
    problem(alone.send("GET", path), 404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_reading(alone, method):
    answer = alone.send(method, "/api/v1/trades")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_failure_tells_the_log_and_not_the_reader(client, jobs, database, caplog):
    make_robot(jobs)
    with database.connect("superuser", autocommit=True) as superuser:
        superuser.execute("ALTER TABLE strategies RENAME COLUMN description TO told")
    with caplog.at_level(logging.ERROR, "functions.api"):
        answer = client.get("/strategies")
    assert "description" not in problem(answer, 500, "internal")["detail"]
    assert "description does not exist" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/health").status == 200


@pytest.fixture(scope="module")
def robot(writer):
    """One robot with a record, for requests that happen to be right."""
    made = make_robot(writer)
    make_run(writer, made, "paper")
    return made


PARAMETERS = sorted(
    {
        parameter["name"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    }
)
PATHS = sorted(path for path, item in app.openapi()["paths"].items() if "get" in item)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.sampled_from(["sma-cross", "AAPL", "total_return", "monthly", "' OR 1=1 --", "\0", "%s"]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    value=st.one_of(VALUES, st.just("sma-cross")),
    query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=3),
)
def test_no_request_makes_the_platform_fail(reader, robot, path, value, query):
    filled = path.format(strategy_id=value, execution_id=value, trade_id=value, symbol=value)
    answer = reader.get(filled.removeprefix("/api/v1"), **query)
    assert answer.status in {200, 404, 422}
    assert answer.status == 200 or answer.headers["content-type"] == "application/problem+json"
