"""What is measured: a platform that runs, one of our own, or the sample's pages."""

import gzip
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from functions.local.web import SecurityHeaders
from functions.services.publication.sitebuild import build
from functions.store.delivery import cache_control_of, content_type_of
from tests.site.published import publish

START_WITHIN = 600.0  # seconds; a first start compiles and collects
SITE_URL = "https://robots.example"
ROOT = Path(__file__).parents[2]


@contextmanager
def own_platform() -> Iterator[str]:
    """Start the platform as its user does, wait until its first page stands; gives the address."""
    with tempfile.TemporaryDirectory(prefix="robotplug-budgets-") as folder:
        port = _free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "PORT": str(port),
            "PACE": "3600",
        }
        command = [sys.executable, "-m", "functions.local.cli", "run", "--folder", f"{folder}/run"]
        log = Path(folder, "log").open("w+")  # noqa: SIM115 - closed below, after its writer
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process, log.name)
            yield address
        finally:
            process.terminate()
            process.wait(60)
            log.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _wait(address: str, process: "subprocess.Popen[bytes]", log: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if any(path.startswith("/robots/") for path in paths_of(address)):
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"the platform did not show its pages; it said:\n{Path(log).read_text()}")


def fetch(url: str) -> bytes:
    """Read what stands at an address, compressed or not; a 404 page is an answer too."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return _plain(answer.read(), answer.headers)
    except urllib.error.HTTPError as error:
        if error.code != 404 or url.endswith(".xml"):
            raise
        return _plain(error.read(), error.headers)


def _plain(body: bytes, headers: object) -> bytes:
    encoding = getattr(headers, "get", lambda _name: None)("Content-Encoding")
    return gzip.decompress(body) if encoding == "gzip" else body


@contextmanager
def sample_pages() -> Iterator[str]:
    """Build the sample's pages and serve them with the headers of the front door, no API."""
    with tempfile.TemporaryDirectory(prefix="robotplug-sample-") as folder:
        data, pages = publish(Path(folder, "data")), Path(folder, "pages")
        pages.mkdir()
        build(data, pages, "all", SITE_URL)
        with serving(pages, data) as address:
            yield address


@contextmanager
def serving(pages: Path, data: Path) -> Iterator[str]:
    """Serve a built site and its published JSON as the front door does; gives the address."""
    server = uvicorn.Server(
        uvicorn.Config(_application(pages, data), log_config=None, server_header=False)
    )
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen()  # who comes before the server runs waits for it
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


def _application(pages: Path, data: Path) -> Starlette:
    def answer(request: Request) -> Response:
        path = request.url.path
        root, name = (data, path[6:]) if path.startswith("/data/") else (pages, path[1:])
        found = root / name / "index.html" if path.endswith("/") else root / name
        if not found.is_file():
            return Response((pages / "404.html").read_bytes(), 404, media_type="text/html")
        key = path[1:] if found == root / name else f"{path[1:]}index.html"
        headers = {"Content-Type": content_type_of(key), "Cache-Control": cache_control_of(key)}
        return Response(found.read_bytes(), headers=headers)

    packing = Middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    return Starlette(
        routes=[Route("/{path:path}", answer)], middleware=[Middleware(SecurityHeaders), packing]
    )


def paths_of(address: str) -> list[str]:
    """Return every page of the sitemap, and one that is not there."""
    maps = _located(address, "/sitemap.xml")
    return [*(path for each in maps for path in _located(address, each)), "/no/such/page/"]


def _located(address: str, sitemap: str) -> list[str]:
    text = fetch(f"{address}{sitemap}").decode()
    listed = [part.partition("</loc>")[0] for part in text.split("<loc>")[1:]]
    return [urlsplit(url).path or "/" for url in listed]


def kinds_of(paths: list[str]) -> list[str]:
    """Return one page of each kind, of robots and strategies the one with most to show.

    >>> kinds_of(["/", "/robots/", "/robots/a/", "/robots/sma-cross/", "/docs/api/"])
    ['/', '/robots/', '/robots/sma-cross/', '/docs/api/']
    """
    chosen: dict[str, str] = {}
    for path in paths:
        kind = _kind(path)
        if kind not in chosen or (_is_richest(path) and not _is_richest(chosen[kind])):
            chosen[kind] = path
    return list(chosen.values())


def worth_seeing(paths: list[str]) -> list[str]:
    """Return every page of words, and of robots, strategies and API routes one of each kind.

    >>> worth_seeing(["/robots/a/", "/robots/b/", "/docs/a/", "/docs/b/"])
    ['/robots/a/', '/docs/a/', '/docs/b/']
    """
    chosen = set(kinds_of(paths))
    return [path for path in paths if path in chosen or path.startswith("/docs/")]


def _kind(path: str) -> str:
    first, *rest = path.strip("/").split("/")
    if first in ("robots", "strategies") and rest:
        return "/".join([first, "*", *rest[1:]])
    if first == "docs" and len(rest) > 1:
        return f"docs/{rest[0]}/*"
    if first == "docs" and rest and rest[0] not in OWN_TEMPLATES:
        return "docs/*"
    return path


def _is_richest(path: str) -> bool:
    return any(part in RICHEST for part in path.split("/"))


RICHEST = ("sma-cross", "sma_cross", "strategy-api")
"""A robot and a strategy that trade, a page with code and tables: what can go wrong shows there."""

OWN_TEMPLATES = ("api", "decisions", "metrics", "changelog")
"""Pages below docs/ that are not prose alone."""
