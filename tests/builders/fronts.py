"""The front door as `robotplug run` starts it: a process of its own on two ports."""

import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from functions.local.listener import listen_backstage

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_SECONDS = 300.0
CLOUD = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Front:
    """`functions.local.web` over a test's database; it may be stopped and started again."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._open = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._front = self._open.enter_context(listen_backstage())
        self._back = self._open.enter_context(listen_backstage())
        self.port, back = (one.getsockname()[1] for one in (self._front, self._back))
        self.host = f"127.0.0.1:{self.port}"
        self.connections_url = f"http://127.0.0.1:{back}"
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._open.close()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        descriptors = self._front.fileno(), self._back.fileno()
        variables = {
            "PATH": os.environ["PATH"],
            **CLOUD,
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # there is no bucket
            "SITE_BUCKET": "site",
            "SITE_URL": f"http://{self.host}",
            "CONNECTIONS_URL": self.connections_url,
            "DATABASE_URL": self._database_url,
        }
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "functions.local.web"),
                *("--descriptor", str(descriptors[0]), "--backstage", str(descriptors[1])),
            ],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            pass_fds=descriptors,
        )
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "the front door does not open"

    def stop(self) -> None:
        """Tell the process to end, as its parent does; connections that come now wait."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process = None

    def kill(self) -> None:
        """End the process without a goodbye."""
        assert self._process is not None
        self._process.kill()
        self.stop()

    def cpu_seconds(self) -> float:
        """Return what the process has computed so far, on all its threads."""
        assert self._process is not None
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, Any]:
        """Send a request to the API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, f"/api/v1{path}", headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def ticket(self) -> str:
        status, answer = self.ask("POST", "/dashboard/tickets")
        while status == 429:
            time.sleep(1)
            status, answer = self.ask("POST", "/dashboard/tickets")
        assert status == 201, answer
        return str(answer["ticket"])

    def address(self, robot: str = "sma-cross", ticket: str | None = None) -> str:
        given = self.ticket() if ticket is None else ticket
        return f"ws://{self.host}/ws/dashboard/{robot}?ticket={given}"

    def connect(self, robot: str = "sma-cross", **options: Any) -> ClientConnection:
        """Open a socket with a ticket of its own."""
        address = self.address(robot, options.pop("ticket", None))
        return connect(address, compression=None, open_timeout=60, **options)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/health")[0] == 200
        except OSError:
            time.sleep(0.05)
            return False


def told(socket_: ClientConnection, *kinds: str, timeout: float = 60) -> dict[str, Any]:
    """Return the next frame of one of these kinds; any, where none is named."""
    while True:
        frame: dict[str, Any] = json.loads(socket_.recv(timeout=timeout))
        if not kinds or frame["type"] in kinds:
            return frame


def say(socket_: ClientConnection, **message: Any) -> None:
    socket_.send(json.dumps(message))
