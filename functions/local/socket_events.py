"""The events of a WebSocket API's connections, as AWS would send them; see events.py."""

import base64
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from functions.local.deployment import STAGE
from functions.local.events import Event, text_of


class Socket(NamedTuple):
    """An open connection, as every event of it tells it; scope: ASGI's, of its handshake."""

    connection_id: str
    scope: Mapping[str, Any]
    connected_at: datetime

    @property
    def domain(self) -> str:
        """The host that was asked."""
        return str(Headers(scope=dict(self.scope)).get("host", ""))


def connect(socket: Socket, strategy_id: str, now: datetime) -> Event:
    """The call that the WebSocket API makes for a handshake, before anything can be sent.

    The query is the address's, with the robot that its path named, as the CDN hands it on.
    """
    asked = parse_qsl(socket.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    own = [(name, value) for name, value in asked if name != "strategy_id"]
    query = _gathered([("strategy_id", strategy_id), *own])
    headers = _gathered(
        (_capitals(name.decode("latin-1")), value.decode("latin-1"))
        for name, value in socket.scope["headers"]
    )
    return {
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query),
        "multiValueQueryStringParameters": query,
        "requestContext": _socket_context(socket, "$connect", "CONNECT", now),
        "isBase64Encoded": False,
    }


def message(socket: Socket, body: bytes, now: datetime) -> Event:
    """The call for one frame of the client's; what is no text travels as base64."""
    context = _socket_context(socket, "$default", "MESSAGE", now)
    text, encoded = text_of(body)
    return {
        "requestContext": {**context, "messageId": _some_id()},
        "body": text,
        "isBase64Encoded": encoded,
    }


def disconnect(socket: Socket, code: int, reason: str, now: datetime) -> Event:
    """The call after a connection was closed, by whichever side."""
    context = _socket_context(socket, "$disconnect", "DISCONNECT", now)
    host = {"Host": [socket.domain], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""]}
    return {
        "headers": _last(host),
        "multiValueHeaders": host,
        "requestContext": {**context, "disconnectStatusCode": code, "disconnectReason": reason},
        "isBase64Encoded": False,
    }


def _socket_context(socket: Socket, route: str, kind: str, now: datetime) -> dict[str, Any]:
    request, agent = _some_id(), Headers(scope=dict(socket.scope)).get("user-agent")
    client = socket.scope.get("client") or ("",)
    return {
        "routeKey": route,
        "eventType": kind,
        "extendedRequestId": request,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "messageDirection": "IN",
        "stage": STAGE,
        "connectedAt": int(socket.connected_at.timestamp() * 1000),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "identity": {"sourceIp": client[0], **({"userAgent": agent} if agent else {})},
        "requestId": request,
        "domainName": socket.domain,
        "connectionId": socket.connection_id,
        "apiId": "local",
    }


def _some_id() -> str:
    return base64.b64encode(uuid.uuid4().bytes[:11]).decode()


def _capitals(name: str) -> str:
    return name.title().replace("Websocket", "WebSocket")


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for name, value in pairs:
        gathered.setdefault(name, []).append(value)
    return gathered


def _last(gathered: Mapping[str, list[str]]) -> dict[str, str]:
    """Of a name that is given twice, the single values know the last alone."""
    return {name: values[-1] for name, values in gathered.items()}
