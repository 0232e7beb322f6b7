"""A site and its published JSON on one port, as a CDN with a strict policy would serve them."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class Handler(BaseHTTPRequestHandler):
    """Files below /data/ come from the published folder, all others from the built site."""

    def __init__(self, pages: Path, data: Path, *arguments) -> None:
        self.pages, self.data = pages, data
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        root, name = (self.data, path[6:]) if path.startswith("/data/") else (self.pages, path[1:])
        found = root / name / "index.html" if path.endswith("/") else root / name
        if found.is_file():
            self._answer(200, found.read_bytes(), guess_type(found.name)[0] or "text/plain")
        else:
            missing = (self.pages / "404.html").read_bytes()
            self._answer(404, missing, "text/html")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("ETag", etag)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        """A test says itself what was asked for."""


@contextmanager
def served(pages: Path, data: Path) -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, pages, data))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def change(path: Path, **changes) -> None:
    """Publish a document anew with some of its entries replaced."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
