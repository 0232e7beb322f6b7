"""The front door on one machine: the API, and the site from its bucket, on one port."""

import argparse
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
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.local import lifeline
from functions.local.bucket_files import BucketFiles
from functions.local.deployment import read
from functions.local.gateway import Gateway
from functions.local.handlers import Handlers

HOSTS = ("127.0.0.1", "localhost")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
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


def application(gateway: Gateway, files: BucketFiles) -> Starlette:
    """Return the whole front door.

    A request for another host is refused: a name that was pointed at this machine would let
    a foreign page read what only this machine should.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        gateway.load()
        yield

    return Starlette(
        routes=[Route("/api/{proxy:path}", gateway), Mount("/", files)],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        lifespan=lifespan,
    )


def main() -> None:
    """Serve on the socket that the parent opened, until told to stop."""
    lifeline.hold()
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--descriptor", type=int, required=True)
    descriptor = arguments.parse_args().descriptor
    files = BucketFiles(boto3.client("s3"), os.environ["SITE_BUCKET"])
    app = application(Gateway(Handlers(read().functions)), files)
    config = uvicorn.Config(
        app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main()
