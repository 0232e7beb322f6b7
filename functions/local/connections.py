"""The WebSocket API: handshakes, frames and ends become events; its own port takes what is sent.

As in the cloud, frames are handed over at `/@connections/{id}`, which answers 410 when nobody is
there any more, and a connection ends after ten idle minutes or two hours.
"""

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from functions.local import socket_events as events
from functions.local.events import Event
from functions.local.gateway import body_of
from functions.local.handlers import Handlers
from functions.local.open_socket import GOING_AWAY, Limits, OpenSocket
from functions.local.socket_events import Socket

GONE_AWAY, UNFORESEEN = 1006, 1011
FRAME_BYTES = 32_768
"""A client's frame; a larger one closes its connection with 1009."""
log = logging.getLogger(__name__)


class _Ended(Exception):  # noqa: N818 - how a connection comes to its end
    """A connection is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Connections:
    """An ASGI application for sockets, and another one for who sends to them.

    One thread makes the calls, as with the HTTP API: a connection's events keep their order.
    """

    def __init__(
        self, handlers: Handlers, function: str = "sockets", limits: Limits | None = None
    ) -> None:
        self._handlers = handlers
        self._function = function
        self._limits = limits or Limits()
        self._open: dict[str, OpenSocket] = {}
        self._ending: set[asyncio.Task[Any]] = set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=function)

    def load(self) -> None:
        """Import the handler in its own thread, before the first connection needs it."""
        self._thread.submit(self._handlers.load, self._function)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket from its handshake to its end."""
        websocket = WebSocket(scope, receive, send)
        socket = Socket(secrets.token_urlsafe(12), scope, datetime.now(UTC))
        robot = scope["path_params"]["strategy_id"]
        answer = await self._call(events.connect(socket, robot, datetime.now(UTC)))
        if answer["statusCode"] != 200:
            await websocket.send_denial_response(
                JSONResponse({"message": answer.get("body", "Forbidden")}, answer["statusCode"])
            )
            return
        code = GONE_AWAY
        try:
            code = await self._served(websocket, socket)
        except (WebSocketDisconnect, OSError):
            log.debug("a client hung up before its connection was open")
        finally:
            # Sent off at once: who is cancelled here does not wait for it, and it is done still.
            end = self._call(events.disconnect(socket, code, "", datetime.now(UTC)))
            await asyncio.shield(self._kept(end))

    async def post(self, request: Request) -> Response:
        """Take a frame for a connection; 410 when there is none any more."""
        there = self._open.get(request.path_params["connection_id"])
        body = await body_of(request)
        if body is None or len(body) > self._limits.payload_bytes:
            return JSONResponse({"message": "Payload Too Large"}, 413)
        if there is None or not there.offer(body.decode("utf-8", "replace")):
            return _gone()
        return Response(status_code=200)

    async def delete(self, request: Request) -> Response:
        """Close a connection; 410 when it is."""
        there = self._open.get(request.path_params["connection_id"])
        if there is None:
            return _gone()
        there.end(1000)
        return Response(status_code=204)

    async def _served(self, websocket: WebSocket, socket: Socket) -> int:
        """Accept a connection and keep it until it ends; returns the closing code."""
        there = OpenSocket(websocket, self._limits)
        self._open[socket.connection_id] = there
        tasks: list[asyncio.Task[None]] = []
        try:
            await websocket.accept()
            taking = self._take_frames(websocket, socket, there)
            work = (taking, there.send_all(), there.watch_the_clock())
            tasks += [asyncio.create_task(each) for each in work]
            return await self._until_it_ends(websocket, there, tasks)
        finally:
            del self._open[socket.connection_id]
            for task in tasks:
                task.cancel()

    async def _until_it_ends(
        self, websocket: WebSocket, there: OpenSocket, tasks: "list[asyncio.Task[None]]"
    ) -> int:
        for task in tasks:
            task.add_done_callback(lambda task: there.end(_code_of(task)))
        code: int = await there.ended
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _closed(websocket, code)
        return code

    async def _take_frames(self, websocket: WebSocket, socket: Socket, there: OpenSocket) -> None:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise _Ended(message.get("code", 1006))
            there.used()
            body = message.get("bytes") or (message.get("text") or "").encode()
            await self._call(events.message(socket, body, datetime.now(UTC)))

    def _kept(self, call: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin a call that is ended, whoever waits for it or not."""
        task = asyncio.create_task(call)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    async def _call(self, event: Event) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(
                self._thread, self._handlers.call, self._function, event
            )
        except Exception:
            log.exception("%s failed", event["requestContext"]["routeKey"])
            return {"statusCode": 500, "body": "Internal server error"}
        return answer or {"statusCode": 200}


def _code_of(task: "asyncio.Task[None]") -> int:
    if task.cancelled():
        return GOING_AWAY
    error = task.exception()
    if isinstance(error, _Ended):
        return error.code
    return GOING_AWAY if error is None or isinstance(error, WebSocketDisconnect) else UNFORESEEN


async def _closed(websocket: WebSocket, code: int) -> None:
    """Say goodbye; whoever is gone, or reads nothing, is not waited for."""
    try:
        await asyncio.wait_for(websocket.close(code), 1.0)
    except (RuntimeError, OSError, TimeoutError, WebSocketDisconnect):
        log.debug("a connection was closed before it was told so")


def _gone() -> Response:
    return JSONResponse({"message": "Gone"}, 410, {"x-amzn-ErrorType": "GoneException"})
