"""S3 and SQS in memory: moto's server, closed to everything but the platform's own processes.

A page in the user's browser could reach it on 127.0.0.1; such a request carries an Origin, or,
with a name that was pointed at this machine, a foreign Host. Both are refused.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from functions.local import lifeline

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.serving import BaseWSGIServer


def closed_to_browsers(application: WSGIApplication) -> WSGIApplication:
    """Refuse requests with an Origin header, or for another host than 127.0.0.1."""

    def guarded(environment: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        host = environment.get("HTTP_HOST", "").rpartition(":")[0]
        if "HTTP_ORIGIN" in environment or host != "127.0.0.1":
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"only for the platform's own processes\n"]
        return application(environment, start)

    return guarded


def make_server(port: int = 0) -> "BaseWSGIServer":
    """Return a server on 127.0.0.1 that is ready to serve; port 0 takes any free one."""
    from moto.moto_server import werkzeug_app
    from werkzeug.serving import make_server as make

    class Handler(werkzeug_app.MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_args: object) -> None:
            """Stay silent: every object written would be a line."""

    application = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
    guarded = closed_to_browsers(application)
    return make("127.0.0.1", port, guarded, threaded=True, request_handler=Handler)


def main() -> None:
    """Serve until the parent is gone."""
    lifeline.hold()
    server = make_server()
    lifeline.tell(port=server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
