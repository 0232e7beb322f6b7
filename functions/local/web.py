"""The front door on one machine: the API, sockets, and the site from its bucket, on one port.

A second port, for the platform's own processes alone, takes what is sent to open sockets.
"""

import argparse
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import boto3
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from functions.local import lifeline
from functions.local.backstage import backstage, by_port
from functions.local.bucket_files import BucketFiles
from functions.local.connections import FRAME_BYTES, Connections
from functions.local.deployment import read
from functions.local.gateway import Gateway
from functions.local.handlers import Handlers

HOSTS = ("127.0.0.1", "localhost")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers that the CDN adds, wherever the answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def application(gateway: Gateway, connections: Connections, files: BucketFiles) -> Starlette:
    """Return the whole front door.

    A request for another host is refused: a name that was pointed at this machine would let
    a foreign page read what only this machine should.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        gateway.load()
        connections.load()
        yield

    return Starlette(
        routes=[
            Route("/api/{proxy:path}", gateway),
            WebSocketRoute("/ws/dashboard/{strategy_id}", connections),
            Mount("/", Site(files)),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        lifespan=lifespan,
    )


class Site:
    """The bucket's pages; a socket that asks for one is turned away."""

    def __init__(self, files: ASGIApp) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the bucket."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        await self._files(scope, receive, send)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line belongs in the log; uvicorn takes a handshake that is refused for an error."""
    return "without completing handshake" not in record.getMessage()


def server_of(app: ASGIApp) -> uvicorn.Server:
    """Return the server of an application; its sockets are as in the cloud: not compressed."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,
    )
    return uvicorn.Server(config)


def main() -> None:
    """Serve on the sockets that the parent opened, until told to stop."""
    lifeline.hold()
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--descriptor", type=int, required=True)
    arguments.add_argument("--backstage", type=int, required=True)
    given = arguments.parse_args()
    sockets = [socket.socket(fileno=given.descriptor), socket.socket(fileno=given.backstage)]
    handlers = Handlers(read().functions)
    connections = Connections(handlers)
    files = BucketFiles(boto3.client("s3"), os.environ["SITE_BUCKET"])
    front = application(Gateway(handlers), connections, files)
    app = by_port(front, backstage(connections), sockets[1].getsockname()[1])
    server_of(app).run(sockets=sockets)


if __name__ == "__main__":
    main()
