"""A small platform that speaks the dashboard's protocol, and can be made to fail in every way.

The pages and the published JSON are real; the decisions are a test's.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.site.published import SESSIONS
from tests.site.served import POLICY

KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
KINDS |= {".svg": "image/svg+xml", ".json": "application/json"}
AT_ONCE = 100
HEADLINE = ("total_return", "sharpe_ratio", "max_drawdown")
PROBLEM = {"type": "problem", "strategy": "", "seq": None, "data": {"status": 503}}
ORDER = {"id": "1", "symbol": "IBM", "side": "target", "sizing": "weight", "amount": "0.200000000"}


@dataclass
class Spoken:
    """The platform's side: its decisions, who listens, and what is out of order.

    away: the whole API answers 503. closed: no socket opens. silent: sockets hear nothing.
    troubled: sockets hear nothing but problems. withdrawn: robots that are no longer public.
    large: by slug, the decisions that fit no frame.
    """

    pages: Path
    data: Path
    away: bool = False
    closed: bool = False
    silent: bool = False
    troubled: bool = False
    withdrawn: set[str] = field(default_factory=set)
    large: dict[str, set[int]] = field(default_factory=dict)
    frames: int = 500
    tickets: set[str] = field(default_factory=set)
    greetings: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connections: dict[WebSocket, str] = field(default_factory=dict)
    decided: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None

    def begin(self, data: Path) -> None:
        """Be as new, over other published JSON."""
        loop = self.loop
        self.__init__(self.pages, data, loop=loop)  # type: ignore[misc]

    def record_of(self, slug: str) -> list[dict[str, Any]]:
        """All decisions of a robot: those that were published, and those since."""
        if slug not in self.decided:
            folder = self.data / "robots" / slug
            leaves = json.loads((folder / "record.json").read_text())["leaves"]
            curve = json.loads((folder / "equity.json").read_text())["record"]["equity"]
            both = zip(leaves, curve, strict=True)
            self.decided[slug] = [
                update(leaf["seq"], leaf["slot"], leaf["hash"], worth) for leaf, worth in both
            ]
        return self.decided[slug]

    def decide(self, slug: str, equity: float, *, push: bool = True, **others: Any) -> None:
        """Add a decision at the next day's close, and tell whoever listens."""
        record = self.record_of(slug)
        seq = len(record) + 1
        day = 1 + (seq - len(SESSIONS[2000:]) - 1) % 28
        slot = f"XNYS/1d/2014-{1 + (seq - 501) // 28:02}-{day:02}T21:00:00Z"
        digest = hashlib.sha256(f"{slug}/{seq}".encode()).hexdigest()
        record.append(update(seq, slot, digest, equity) | others)
        if push:
            self.everybody(self.send_news, slug, seq - 1)

    def drop(self, code: int = 1012) -> None:
        """Close every connection."""
        self.everybody(lambda socket, _subject: socket.close(code))

    def say(self, envelope: dict[str, Any] | str) -> None:
        """Send something to everybody, well formed or not."""
        text = envelope if isinstance(envelope, str) else json.dumps(envelope)
        self.everybody(lambda socket, _subject: socket.send_text(text))

    def everybody(self, action: Any, *arguments: Any) -> None:
        """Do something with every connection, in its own thread."""

        async def each() -> None:
            for socket, subject in list(self.connections.items()):
                await action(socket, subject, *arguments)

        assert self.loop
        asyncio.run_coroutine_threadsafe(each(), self.loop).result(5)

    async def send_news(self, socket: WebSocket, subject: str, slug: str, after: int) -> None:
        if self.silent or self.troubled or subject not in ("all", slug):
            return
        record = self.record_of(slug)
        if after + 1 in self.large.get(slug, ()) and after < len(record):
            await self.leave_out(socket, slug, after + 1)
            await self.send_news(socket, subject, slug, after + 1)
            return
        items = record[max(after, 0) : max(after, 0) + self.frames]
        more = after + len(items) < len(record)
        data = {"first": after + 1, "items": items, "more": more}
        data |= {"metrics": {} if more else self.metrics(slug)}
        envelope = {"type": "updates", "strategy": slug, "seq": after + len(items), "data": data}
        if items:
            await socket.send_text(json.dumps(envelope))

    async def leave_out(self, socket: WebSocket, slug: str, seq: int) -> None:
        """Say that a decision is to be asked for, as it fits no frame."""
        data = {"first": seq, "items": [], "metrics": {}, "more": False, "left_out": True}
        envelope = {"type": "updates", "strategy": slug, "seq": seq, "data": data}
        await socket.send_text(json.dumps(envelope))

    def begin_anew(self, slug: str, equities: list[float]) -> None:
        """Put a new record, also a published one, in the place of a robot's."""
        folder = self.data / "robots" / slug
        summary = json.loads((folder / "summary.json").read_text())
        leaves = json.loads((folder / "record.json").read_text())["leaves"]
        self.decided[slug] = [
            update(number, leaf["slot"], leaf["hash"], equity)
            for number, (leaf, equity) in enumerate(zip(leaves, equities, strict=False), 1)
        ]
        seq, equity = len(equities), f"{equities[-1]:.8f}"
        summary |= {"seq": seq, "equity": equity, "slot": leaves[seq - 1]["slot"]}
        (folder / "summary.json").write_text(json.dumps(summary))

    def metrics(self, slug: str) -> dict[str, Any]:
        """The published metrics, with a return that follows the newest equity."""
        summary = json.loads((self.data / "robots" / slug / "summary.json").read_text())
        told = dict(summary["record"]["metrics"])
        if told and (record := self.record_of(slug)):
            newest = float(record[-1]["performance"]["equity"])
            told["total_return"] = told["total_return"] | {"value": newest / 100_000 - 1}
        return {name: told[name] for name in HEADLINE if name in told}

    def heads(self, subject: str) -> dict[str, int]:
        """The newest decision of each robot that is followed."""
        index = json.loads((self.data / "robots/index.json").read_text())["robots"]
        slugs = [robot["slug"] for robot in index] if subject == "all" else [subject]
        return {slug: len(self.record_of(slug)) for slug in slugs if slug not in self.withdrawn}

    async def hear(self, socket: WebSocket, subject: str, message: dict[str, Any]) -> None:
        """Answer one message of a client."""
        if self.silent:
            return
        if message["type"] == "resume":
            self.greetings.append(message)
        if self.troubled:
            await socket.send_text(json.dumps(PROBLEM))
            return
        kind = "resumed" if message["type"] == "resume" else "heartbeat"
        data: dict[str, Any] = {"seqs": self.heads(subject)}
        if kind == "resumed":
            data["reset"] = await self.resume(socket, subject, message)
        await socket.send_text(json.dumps({"type": kind, "strategy": subject, "data": data}))

    async def resume(self, socket: WebSocket, subject: str, message: dict[str, Any]) -> list[str]:
        """Send what was missed; gives the robots whose record is shorter than what is known."""
        seqs = message.get("seqs") or {subject: message.get("seq", -1)}
        heads = self.heads(subject)
        for slug, head in heads.items():
            seq = seqs.get(slug, -1)
            await self.send_news(socket, subject, slug, seq if seq >= 0 else head - 1)
        return [slug for slug, head in heads.items() if seqs.get(slug, -1) > head]


def update(seq: int, slot: str, digest: str, equity: float) -> dict[str, Any]:
    """What one decision brought: an order every fifth time."""
    return {
        "seq": seq,
        "slot": slot,
        "time": slot.split("/")[-1],
        "decision": {"hash": digest, "orders": [] if seq % 5 else [ORDER]},
        "trades": [],
        "performance": {
            "equity": f"{equity:.8f}",
            "cash": "1000.00000000",
            "benchmark_equity": None,
        },
        "status": "active",
    }


def trade(name: str, when: str, **others: Any) -> dict[str, Any]:
    """A fill as the API shows it."""
    return {
        "id": name, "symbol": "IBM", "side": "buy", "reason": None, "quantity": "57.00000000",
        "price": "181.10000000", "commission": "5.16000000", "slippage": "5.16000000", "pnl": None,
        "execution_time": when,
    } | others  # fmt: skip


def application(spoken: Spoken) -> Starlette:
    """The whole platform on one port."""

    async def ticket(_request: Request) -> Response:
        if spoken.away or spoken.closed:
            return JSONResponse({"title": "away"}, 503)
        made = f"ticket-{len(spoken.tickets)}-{time.time_ns()}"
        spoken.tickets.add(made)
        return JSONResponse({"ticket": made, "expires_at": "2030-01-01T00:00:00Z"}, 201)

    async def updates(request: Request) -> Response:
        slug, after = request.path_params["slug"], int(request.query_params.get("after", -1))
        spoken.asked.append(slug)
        if spoken.away:
            return JSONResponse({"title": "away"}, 503)
        if not (spoken.data / "robots" / slug).is_dir() or slug in spoken.withdrawn:
            problem = {"title": "not found", "status": 404}
            return JSONResponse(problem, 404, media_type="application/problem+json")
        record = spoken.record_of(slug)
        items = record[after if after >= 0 else len(record) - 1 :][:AT_ONCE]
        more = bool(items) and items[-1]["seq"] < len(record)
        named = {"id": "1", "slug": slug, "name": slug}
        told = {"strategy": named, "items": items, "seq": len(record), "status": "active"}
        return JSONResponse(told | {"metrics": spoken.metrics(slug), "more": more})

    async def socket(connection: WebSocket) -> None:
        if connection.query_params.get("ticket") not in spoken.tickets:
            await connection.close()
            return
        spoken.tickets.remove(connection.query_params["ticket"])
        await connection.accept()
        subject = connection.path_params["slug"]
        spoken.connections[connection] = subject
        try:
            while True:
                await spoken.hear(connection, subject, await connection.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            spoken.connections.pop(connection, None)

    async def file(request: Request) -> Response:
        path = request.path_params["path"]
        root, name = (spoken.data, path[5:]) if path.startswith("data/") else (spoken.pages, path)
        found = root / name / "index.html" if not name or name.endswith("/") else root / name
        status = 200 if found.is_file() else 404
        body = found.read_bytes() if found.is_file() else b"nothing here"
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        # What never changes under its name is kept, as in production.
        lasting = "max-age=3600" if path.startswith("theme/") else "no-cache"
        headers = {"Content-Security-Policy": POLICY, "ETag": etag, "Cache-Control": lasting}
        return Response(body, status, headers, KINDS.get(found.suffix, "text/plain"))

    return Starlette(
        routes=[
            Route("/api/v1/dashboard/tickets", ticket, methods=["POST"]),
            Route("/api/v1/dashboard/strategies/{slug}/updates", updates),
            WebSocketRoute("/ws/dashboard/{slug}", socket),
            Route("/{path:path}", file),
        ]
    )


@contextmanager
def spoken_at(spoken: Spoken) -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    config = uvicorn.Config(
        application(spoken), port=0, log_config=None, ws="websockets-sansio", lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server, ready = uvicorn.Server(config), Event()

    async def serve() -> None:
        spoken.loop = asyncio.get_running_loop()
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        ready.set()
        await task

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
