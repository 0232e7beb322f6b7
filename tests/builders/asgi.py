"""Asking an ASGI application, the path exactly as written."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message


class Answer(NamedTuple):
    status_code: int
    headers: Headers
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """A client of one application, without a network and without clean-up of paths."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1:8000") -> None:
        self.app = app
        self._host = host

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def head(self, path: str, **headers: str) -> Answer:
        return self.request("HEAD", path, **headers)

    def post(self, path: str, content: bytes, **headers: str) -> Answer:
        return self.request("POST", path, content, **headers)

    def request(self, method: str, path: str, content: bytes = b"", **headers: str) -> Answer:
        """Headers are given with underscores for their hyphens."""
        asked = self._request(method, path, content, {"host": self._host, **headers})
        # In a thread of its own: a browser that stays open leaves its loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, asked).result()

    async def _request(
        self, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> Answer:
        plain, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(plain),
            "raw_path": plain.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
            ],
            "client": ("127.0.0.1", 51000),
            "server": ("127.0.0.1", 8000),
        }
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in told[1:])
        return Answer(told[0]["status"], Headers(raw=told[0]["headers"]), body)
