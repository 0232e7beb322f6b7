"""The port for the platform's own processes, where open sockets are sent what is new."""

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.local.connections import Connections


class NoPages:
    """Refuses whatever a page in a browser asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if "origin" in Headers(scope=scope):
            refused = PlainTextResponse("only for the platform's own processes\n", 403)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


def backstage(connections: Connections) -> Starlette:
    """Return what the functions reach at CONNECTIONS_URL: open sockets, by their ids.

    A page in the user's browser could reach it on 127.0.0.1 too; whatever names an Origin, or
    another host, is refused.
    """
    address = "/@connections/{connection_id}"
    return Starlette(
        routes=[
            Route(address, connections.post, methods=["POST"]),
            Route(address, connections.delete, methods=["DELETE"]),
        ],
        middleware=[
            Middleware(NoPages),
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"], www_redirect=False),
        ],
    )


def by_port(front: ASGIApp, back: ASGIApp, back_port: int) -> ASGIApp:
    """Return one application for two ports."""

    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        asked = (scope.get("server") or ("", 0))[1]
        await (back if asked == back_port else front)(scope, receive, send)

    return chosen
