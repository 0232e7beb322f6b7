"""Requests as the HTTP API sends them (payload 2.0), and their answers."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from functions.api import handler as module
from functions.api.database import Database


@dataclass(frozen=True)
class Reply:
    """What the handler gave back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.text)


class Client:
    """Sends events to the handler that the cloud calls."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    @contextmanager
    def over(cls, url: str, **options: Any) -> Iterator["Client"]:
        """Let the handler read from this database for a while."""
        before = module.app.state.database
        database = module.app.state.database = Database(url, **options)
        try:
            yield cls(database)
        finally:
            database.close()
            module.app.state.database = before

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: object) -> Reply:
        """GET a path below /api/v1."""
        return self.send("GET", f"/api/v1{path}", urlencode(query), headers)

    def send(
        self, method: str, path: str, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send any request."""
        answer = module.handler(http_event(method, path, query, headers), None)
        assert not answer["isBase64Encoded"]
        return Reply(answer["statusCode"], answer["headers"], answer["body"])


def http_event(
    method: str, path: str, query: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Make the event of one request."""
    return {
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "robots.example", "x-forwarded-proto": "https", **(headers or {})},
        "requestContext": {
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
