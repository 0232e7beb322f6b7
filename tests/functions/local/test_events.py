import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.local import events
from functions.local.deployment import read

EVENTS = Path(__file__).parents[2] / "events"
EARLY = datetime(2020, 3, 10, 5, 16, 23, 220000, UTC)


def recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return event


def shape(value: object) -> object:
    """Names and types, without what they hold; a list has the shape of its first entry."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def scope_of(event: dict[str, Any]) -> dict[str, Any]:
    """The ASGI request that API Gateway would have made this event of."""
    headers = [(name.encode(), value.encode()) for name, value in event["headers"].items()]
    headers.append((b"cookie", "; ".join(event["cookies"]).encode()))
    http = event["requestContext"]["http"]
    return {
        "method": http["method"],
        "path": event["rawPath"],
        "query_string": event["rawQueryString"].encode(),
        "headers": headers,
        "client": (http["sourceIp"], 51000),
        "http_version": "1.1",
    }


@pytest.mark.parametrize("schedule", read().schedules, ids=lambda schedule: schedule.name)
def test_scheduled_calls_have_the_shape_that_was_recorded(schedule):
    made = events.scheduled(schedule, datetime(2013, 3, 1, 21, 20, tzinfo=UTC))
    last_call = schedule.name.endswith("deadline")
    real = recorded("scheduler_deadline.json" if last_call else "scheduler.json")
    assert shape(made) == shape(real)
    calendar, bar = schedule.slots
    assert made["detail"] == {**real["detail"], "calendar": calendar, "bar": bar}
    assert made["time"] == "2013-03-01T21:20:00Z"


def test_the_close_of_the_recorded_session_makes_the_recorded_event():
    schedule = next(one for one in read().schedules if one.name.endswith("collect-close"))
    (at,) = schedule.fires_on(date(2013, 3, 1))
    made, real = events.scheduled(schedule, at), recorded("scheduler.json")
    assert {**made, "id": "", "resources": []} == {**real, "id": "", "resources": []}
    assert made["resources"][0].endswith(":schedule/default/tradingrobotplug-local-collect-close")


def test_the_same_schedule_and_instant_make_the_same_event():
    schedule, at = read().schedules[0], datetime(2012, 7, 3, 20, 20, tzinfo=UTC)
    assert events.scheduled(schedule, at) == events.scheduled(schedule, at)


def test_a_request_becomes_the_event_that_was_recorded():
    real = recorded("http_api.json")
    made = events.http_request(scope_of(real), real["body"].encode(), EARLY)
    assert shape(made) == shape(real)
    ours = ("accountId", "apiId", "requestId", "domainPrefix")
    for event in (made, real):
        for name in ours:
            event["requestContext"][name] = ""
    assert made == real


def test_a_request_without_query_cookies_or_body_has_none_of_them():
    scope = {**scope_of(recorded("http_api.json")), "headers": [], "query_string": b""}
    made = events.http_request(scope, b"", EARLY)
    assert {"cookies", "queryStringParameters", "body"}.isdisjoint(made)


def test_a_body_that_is_no_text_travels_as_base64():
    made = events.http_request(scope_of(recorded("http_api.json")), b"\xff\x00", EARLY)
    assert (made["body"], made["isBase64Encoded"]) == ("/wA=", True)


def test_messages_make_the_event_that_was_recorded():
    real = recorded("sqs.json")
    received = [
        {
            "MessageId": record["messageId"],
            "ReceiptHandle": record["receiptHandle"],
            "Body": record["body"],
            "MD5OfBody": record["md5OfBody"],
            "Attributes": record["attributes"],
        }
        for record in real["Records"]
    ]
    assert events.queued(received, real["Records"][0]["eventSourceARN"]) == real
