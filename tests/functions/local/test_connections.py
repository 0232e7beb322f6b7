"""The WebSocket API of one machine: events in order, its limits, and the port behind the stage."""

import asyncio
import http.client
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from types import ModuleType
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from functions.local.backstage import backstage, by_port
from functions.local.bucket_files import BucketFiles
from functions.local.connections import Connections
from functions.local.deployment import Function
from functions.local.gateway import Gateway
from functions.local.handlers import Handlers
from functions.local.listener import listen_backstage
from functions.local.open_socket import Limits, OpenSocket
from functions.local.web import application, server_of


class EchoedSockets(ModuleType):
    """A function that remembers its events, and turns away who asks for `closed`."""

    def __init__(self) -> None:
        super().__init__("echoed_sockets")
        self.events: list[dict[str, Any]] = []

    def handler(self, event: dict[str, Any], _context: Any) -> dict[str, Any]:
        self.events.append(event)
        if event.get("body") == "break":
            raise RuntimeError("no database")
        asked = (event.get("queryStringParameters") or {}).get("strategy_id")
        return {"statusCode": 404 if asked == "closed" else 200, "body": "not here"}

    def ids(self) -> list[str]:
        return [event["requestContext"]["connectionId"] for event in self.events]

    def routes(self) -> list[str]:
        return [event["requestContext"]["routeKey"] for event in self.events]

    def wait_for(self, route: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while route not in self.routes():
            assert time.monotonic() < deadline, self.routes()
            time.sleep(0.01)
        return self.events[self.routes().index(route)]


class Stage:
    """A front door with limits of its own, and the port behind it."""

    def __init__(self, function: EchoedSockets, port: int, back: int) -> None:
        self.function = function
        self.port, self.back = port, back

    def connect(self, path: str = "/ws/dashboard/sma-cross?ticket=t", **more: Any) -> Any:
        address = f"ws://127.0.0.1:{self.port}{path}"
        return connect(address, compression=None, **more)

    def post(
        self, id_: str, body: bytes = b"{}", method: str = "POST", port: int = 0, **headers: str
    ) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.back, timeout=60)
        connection.request(method, f"/@connections/{id_}", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> EchoedSockets:
    module = EchoedSockets()
    monkeypatch.setitem(sys.modules, "echoed_sockets", module)
    return module


@contextmanager
def staged(function: EchoedSockets, **limits: float) -> Iterator[Stage]:
    handlers = Handlers({"sockets": Function("sockets", "echoed_sockets.handler", 10)})
    connections = Connections(handlers, limits=Limits(**limits))  # type: ignore[arg-type]
    front = application(Gateway(handlers, "sockets"), connections, BucketFiles(None, "site"))  # type: ignore[arg-type]
    with listen_backstage() as one, listen_backstage() as two:
        ports = one.getsockname()[1], two.getsockname()[1]
        server = server_of(by_port(front, backstage(connections), ports[1]))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [one, two]})
        thread.start()
        try:
            yield Stage(function, *ports)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def stage(function: EchoedSockets) -> Iterator[Stage]:
    with staged(function) as made:
        yield made


def ends_with(socket: ClientConnection, within: float = 60) -> int:
    """The code that the other side closed with."""
    with pytest.raises(ConnectionClosed) as caught:
        socket.recv(timeout=within)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


def test_a_connections_events_come_in_order_and_name_it(stage, function):
    with stage.connect() as socket:
        for number in range(20):
            socket.send(str(number))
    end = function.wait_for("$disconnect")
    assert function.routes() == ["$connect", *["$default"] * 20, "$disconnect"]
    assert [event["body"] for event in function.events[1:-1]] == [str(n) for n in range(20)]
    assert len(set(function.ids())) == 1
    assert end["requestContext"]["disconnectStatusCode"] == 1000


def test_whom_the_function_turns_away_gets_its_status_and_no_end(stage, function):
    with pytest.raises(InvalidStatus) as caught:
        stage.connect("/ws/dashboard/closed")
    assert caught.value.response.status_code == 404
    assert function.routes() == ["$connect"]


@pytest.mark.parametrize("path", ["/ws/dashboard/", "/ws/", "/", "/ws/dashboard/a/b", "/api/v1/x"])
def test_no_other_path_is_a_socket(stage, function, path):
    with pytest.raises(InvalidStatus):
        stage.connect(path)
    assert function.events == []


def test_another_host_is_refused(stage, function):
    with pytest.raises(InvalidStatus) as caught:
        connect(
            f"ws://127.0.0.1:{stage.port}/ws/dashboard/a",
            additional_headers={"Host": "rebound.example"},
        )
    assert caught.value.response.status_code == 400
    assert function.events == []


def test_who_hangs_up_during_the_handshake_leaves_nothing_behind(stage, function, caplog):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", stage.port)) as raw:
            raw.sendall(
                b"GET /ws/dashboard/a HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
            )
    deadline = time.monotonic() + 60
    while function.routes().count("$disconnect") < 20:
        assert time.monotonic() < deadline, function.routes()
        time.sleep(0.01)
    assert sorted(function.routes()) == [*["$connect"] * 20, *["$disconnect"] * 20]
    assert {stage.post(id_) for id_ in function.ids()} == {410}
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_a_handshake_is_refused_with_is_no_error_in_the_log(stage, function, caplog):
    with pytest.raises(InvalidStatus):
        stage.connect("/ws/dashboard/closed")
    time.sleep(0.1)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_is_unread_is_counted_in_bytes():
    async def offered():
        waiting = OpenSocket(None, Limits(unread_bytes=1_000))  # type: ignore[arg-type]
        return [waiting.offer("é" * 300) for _ in range(2)]

    # In a thread of its own: a browser that stays open leaves its loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(offered())).result() == [True, False]


def test_a_function_that_fails_does_not_end_the_connection(stage, function):
    with stage.connect() as socket:
        socket.send("break")
        socket.send("on")
        assert stage.post(function.ids()[0], b"told") == 200
        assert socket.recv(timeout=60) == "told"


def test_what_is_sent_arrives_in_order_and_nobody_is_410(stage, function):
    with stage.connect() as socket:
        for number in range(10):
            assert stage.post(function.ids()[0], f"{number} é".encode()) == 200
        assert [socket.recv(timeout=60) for _ in range(10)] == [f"{n} é" for n in range(10)]
        assert stage.post("bm9ib2R5") == 410
    function.wait_for("$disconnect")
    assert stage.post(function.ids()[0]) == 410


def test_a_connection_can_be_closed_from_behind(stage, function):
    with stage.connect() as socket:
        assert stage.post(function.ids()[0], method="DELETE") == 204
        assert ends_with(socket) == 1000
    function.wait_for("$disconnect")
    assert stage.post(function.ids()[0], method="DELETE") == 410


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {"Host": "rebound.example"}]
)
def test_no_page_gets_behind_the_stage(stage, function, headers):
    with stage.connect():
        assert stage.post(function.ids()[0], **headers) in (400, 403)


def test_the_port_in_front_does_not_lead_behind(stage, function):
    with stage.connect():
        assert stage.post(function.ids()[0], port=stage.port) == 405


def test_what_is_larger_than_a_socket_carries_is_refused(stage, function):
    with stage.connect() as socket:
        assert stage.post(function.ids()[0], b"x" * 131_073) == 413
        assert stage.post(function.ids()[0], b"x" * 131_072) == 200
        assert len(socket.recv(timeout=60)) == 131_072


def test_silence_ends_a_connection(function):
    with staged(function, idle_seconds=2.0) as stage, stage.connect() as socket:
        for _ in range(8):
            time.sleep(0.3)
            socket.send("here")
        assert ends_with(socket) == 1001
    assert function.routes().count("$default") == 8


def test_what_is_sent_counts_as_no_silence(function):
    with staged(function, idle_seconds=2.0) as stage, stage.connect() as socket:
        for _ in range(8):
            time.sleep(0.3)
            assert stage.post(function.ids()[0]) == 200
            socket.recv(timeout=60)


def test_no_connection_lasts_for_ever(function):
    with staged(function, lasts_seconds=0.5) as stage, stage.connect() as socket:
        began = time.monotonic()
        with suppress(ConnectionClosed):
            while time.monotonic() - began < 60:
                socket.send("here")
                time.sleep(0.05)
        assert ends_with(socket) == 1001
    end = function.wait_for("$disconnect")
    assert end["requestContext"]["disconnectStatusCode"] == 1001


def test_who_reads_too_slowly_is_let_go_and_holds_nobody_up(function):
    with (
        staged(function, unread_bytes=300_000) as stage,
        stage.connect(max_queue=1) as slow,
        stage.connect() as other,
    ):
        first, second = function.ids()[:2]
        statuses = []
        while 410 not in statuses:
            statuses.append(stage.post(first, b"x" * 100_000))
            assert len(statuses) < 2_000
        assert stage.post(second, b"on time") == 200
        assert other.recv(timeout=60) == "on time"
        assert function.wait_for("$disconnect")["requestContext"]["connectionId"] == first
        del slow


def test_when_the_server_ends_its_clients_are_told_to_come_again(function):
    with ExitStack() as later:
        with staged(function) as stage:
            socket = later.enter_context(stage.connect())
        assert ends_with(socket) == 1012
    assert function.routes()[-1] == "$disconnect"
