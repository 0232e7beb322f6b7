"""The events that AWS would send, for the calls that the platform makes on one machine.

tests/events holds one recorded event of each kind; a test compares shape with shape.
"""

import base64
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from functions.local.deployment import ACCOUNT, REGION
from functions.local.schedules import Schedule

Event = dict[str, Any]
_NAMESPACE = uuid.UUID("4a0f9c0e-8f0d-5b36-9f55-6f2d8c1f7b11")


def scheduled(schedule: Schedule, at: datetime) -> Event:
    """Scheduler's call: the schedule's own input, its placeholders filled in.

    The same schedule and instant make the same event, id included.
    """
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {
        "<aws.scheduler.execution-id>": str(uuid.uuid5(_NAMESPACE, f"{schedule.name}/{time}")),
        "<aws.scheduler.scheduled-time>": time,
        "<aws.scheduler.schedule-arn>": (
            f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{schedule.name}"
        ),
    }
    return {key: _filled(value, values) for key, value in schedule.event.items()}


def _filled(value: object, values: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return values.get(value, value) if isinstance(value, str) else value


def queued(messages: Iterable[Mapping[str, Any]], queue_arn: str) -> Event:
    """The call that SQS makes with messages as ReceiveMessage gave them (all attributes)."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def _record(message: Mapping[str, Any], queue_arn: str) -> Event:
    digest = hashlib.md5(message["Body"].encode(), usedforsecurity=False).hexdigest()
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message["Attributes"]),
        "messageAttributes": {},
        "md5OfBody": message.get("MD5OfBody", digest),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def http_request(scope: Mapping[str, Any], body: bytes, now: datetime) -> Event:
    """The call that the HTTP API makes (payload 2.0) for a request in ASGI's form."""
    headers = _joined((name.decode("latin-1"), value) for name, value in scope["headers"])
    cookies = headers.pop("cookie", "")
    query = scope["query_string"].decode("latin-1")
    event: Event = {
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": scope["path"],
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _request_context(scope, headers, now),
        "pathParameters": {"proxy": scope["path"].removeprefix("/api/")},
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if query:
        event["queryStringParameters"] = _joined(
            (name, value.encode()) for name, value in parse_qsl(query, keep_blank_values=True)
        )
    if body:
        event["body"], event["isBase64Encoded"] = text_of(body)
    return event


def _joined(pairs: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Repeated names become one, their values joined by commas, as the HTTP API does it."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        text = value.decode("utf-8", "replace")
        joined[name] = f"{joined[name]},{text}" if name in joined else text
    return joined


def _request_context(
    scope: Mapping[str, Any], headers: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": headers.get("host", ""),
        "domainPrefix": headers.get("host", "").split(".")[0],
        "http": {
            "method": scope["method"],
            "path": scope["path"],
            "protocol": f"HTTP/{scope['http_version']}",
            "sourceIp": scope["client"][0],
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": "ANY /api/{proxy+}",
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def text_of(body: bytes) -> tuple[str, bool]:
    """Return a body as events carry it, and whether that is base64."""
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
