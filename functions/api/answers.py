"""The gate that every answer goes through: headers, ETag, HEAD, and no error unanswered."""

import hashlib

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import internal

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class Answers:
    """Starts no answer before all of it is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer()
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(asked, receive, answer.take)
        except Exception as error:  # the last one who can answer
            answer = _Answer()
            await internal(Request(scope), error)(scope, receive, answer.take)
        answer.finish(Headers(scope=scope))
        await answer.give(send, with_body=scope["method"] != "HEAD")


class _Answer:
    """One answer, held back until it is whole."""

    def __init__(self) -> None:
        self.status = 500
        self.headers = MutableHeaders()
        self.body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = MutableHeaders(raw=list(message["headers"]))
        else:
            self.body += message.get("body", b"")

    def finish(self, asked: Headers) -> None:
        self.headers.update(_ALWAYS)
        self.headers["Cache-Control"] = "public, no-cache" if self.status == 200 else "no-store"
        if self.status == 200:
            etag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'
            self.headers["ETag"] = etag
            if _matches(asked.get("if-none-match", ""), etag):
                self._not_modified()

    def _not_modified(self) -> None:
        self.status, self.body = 304, b""
        for name in ("content-type", "content-length"):
            del self.headers[name]

    async def give(self, send: Send, *, with_body: bool) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers.raw}
        await send(start)
        await send({"type": "http.response.body", "body": self.body if with_body else b""})


def _matches(asked: str, etag: str) -> bool:
    """If-None-Match compares weakly: W/ does not count (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    return etag in tags or "*" in tags
