import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from functions.local import socket_events
from functions.local.socket_events import Socket

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


def handshake(event: dict[str, Any]) -> Socket:
    """The connection that API Gateway would have made this handshake of."""
    context, (ticket,) = (
        event["requestContext"],
        event["multiValueQueryStringParameters"]["ticket"],
    )
    headers = [(name.lower().encode(), value.encode()) for name, value in event["headers"].items()]
    scope = {
        "query_string": f"ticket={ticket}".encode(),
        "headers": headers,
        "client": (context["identity"]["sourceIp"], 51000),
    }
    at = datetime.fromtimestamp(context["connectedAt"] / 1000, UTC)
    return Socket(context["connectionId"], scope, at)


def test_a_handshake_becomes_the_event_that_was_recorded():
    real = recorded("websocket_connect.json")
    at = datetime.fromtimestamp(real["requestContext"]["requestTimeEpoch"] / 1000, UTC)
    made = socket_events.connect(handshake(real), "sma-cross", at)
    assert shape(made) == shape(real)
    for event in (made, real):
        for name in ("apiId", "stage", "requestId", "extendedRequestId"):
            event["requestContext"][name] = ""
    assert made == real


def test_a_frame_and_an_end_have_the_shape_that_was_recorded():
    socket = handshake(recorded("websocket_connect.json"))
    real = recorded("websocket_message.json")
    made = socket_events.message(socket, real["body"].encode(), EARLY)
    assert shape(made) == shape(real)
    assert made["body"] == real["body"]
    real = recorded("websocket_disconnect.json")
    context = real["requestContext"]
    made = socket_events.disconnect(
        socket, context["disconnectStatusCode"], context["disconnectReason"], EARLY
    )
    assert shape(made) == shape(real)
    assert made["headers"] == real["headers"]


def test_a_frame_that_is_no_text_travels_as_base64():
    socket = handshake(recorded("websocket_connect.json"))
    made = socket_events.message(socket, b"\xff\x00", EARLY)
    assert (made["body"], made["isBase64Encoded"]) == ("/wA=", True)


def test_the_path_names_the_robot_whatever_the_query_says():
    socket = handshake(recorded("websocket_connect.json"))
    socket.scope["query_string"] = b"ticket=1&ticket=2&strategy_id=other"  # type: ignore[index]
    made = socket_events.connect(socket, "sma-cross", EARLY)
    assert made["queryStringParameters"] == {"strategy_id": "sma-cross", "ticket": "2"}
    assert made["multiValueQueryStringParameters"]["ticket"] == ["1", "2"]
