"""The HTTP API: each request becomes the event that the Mangum handler gets in the cloud."""

import asyncio
import base64
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from functions.local import events
from functions.local.handlers import Handlers

BODY_LIMIT_BYTES = 6_000_000
log = logging.getLogger(__name__)


class Gateway:
    """An ASGI application that calls one function, one request at a time.

    One thread, as one Lambda instance has: the handler's single connection needs no pool,
    and a slow call stalls no page.
    """

    def __init__(self, handlers: Handlers, function: str = "api") -> None:
        self._handlers = handlers
        self._function = function
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=function)

    def load(self) -> None:
        """Import the handler in its own thread, before the first request needs it."""
        self._thread.submit(self._handlers.load, self._function)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            response = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        body = await body_of(request)
        if body is None:
            return JSONResponse({"message": "Request Too Long"}, 413)
        event = events.http_request(request.scope, body, datetime.now(UTC))
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._thread, self._call, event)
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            return JSONResponse({"message": "Internal Server Error"}, 500)
        return _response(answer)

    def _call(self, event: events.Event) -> dict[str, Any]:
        return self._handlers.call(self._function, event) or {}


async def body_of(request: Request) -> bytes | None:
    """Return what a request carries; None where it is more than any function is handed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return None
    return bytes(body)


def _response(answer: dict[str, Any]) -> Response:
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, answer["statusCode"], answer.get("headers"))
    for cookie in answer.get("cookies", []):
        response.headers.append("set-cookie", cookie)
    return response
