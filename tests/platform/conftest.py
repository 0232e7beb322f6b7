"""The whole platform, started as its user starts it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

START_WITHIN = 600.0
"""Seconds: long enough for a machine that has much else to do."""
STOPS_WITHIN = 120.0
CALM = 60.0
"""A pace for those who look at no session: none passes meanwhile, which would cost much."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "platforms" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.platform)


class Running:
    """One `robotplug run` and everything that it started."""

    def __init__(
        self, folder: Path, port: int | str, pace: float | str, output: Path, **market: str
    ) -> None:
        self.folder = folder
        self.port = port if isinstance(port, int) else 0
        self.output = output
        self.recorded: list[dict[str, object]] = []
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(output.with_name("empty home")),
            "PORT": str(port),
            "PACE": str(pace),
            "AWS_PROFILE": "nobody",
            "PGPASSWORD": "wrong",
            "DATABASE_URL": "postgresql://nobody@nowhere.invalid/production",
            **market,
        }
        command = [sys.executable, "-m", "functions.local.cli", "run", "--folder", str(folder)]
        with output.open("w") as file:
            self.process = subprocess.Popen(
                command, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until(self, holds: Callable[[], Any], within: float = START_WITHIN) -> Any:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if found := holds():
                return found
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        raise AssertionError(f"not within {within} s; it said:\n{self.said()}")

    def wait_for_address(self) -> None:
        self.wait_until(lambda: f"http://127.0.0.1:{self.port}" in self.said())

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        status, body = self.get(path)
        assert status == 200, body
        return json.loads(body)

    def processes(self) -> dict[int, str]:
        """Every living process that this platform started, by what it was called with."""
        return {
            pid: command
            for pid, command in _all_processes()
            if pid == self.process.pid or _belongs_to(pid, command, str(self.folder))
        }

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self, within: float = STOPS_WITHIN) -> int:
        return self.process.wait(within)

    def kill_everything(self) -> None:
        """As a power cut would: nobody has a chance to say goodbye."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def _all_processes() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if state != "Z":
            yield int(folder.name), command


def _belongs_to(pid: int, command: str, folder: str) -> bool:
    if folder in command:
        return True
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")
        return f"TMPDIR={folder}/" in variables
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Platforms:
    """All that one module's tests have started."""

    def __init__(self, outputs: Path) -> None:
        self.started: list[Running] = []
        self._outputs = outputs

    def start(
        self,
        folder: Path,
        *,
        pace: float | str = 1.0,
        port: int | str | None = None,
        **market: str,
    ) -> Running:
        output = self._outputs / f"{len(self.started)}.txt"
        self.started.append(Running(folder, port or free_port(), pace, output, **market))
        return self.started[-1]


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platforms]:
    """Starts platforms; whatever still runs in the end is ended."""
    platforms = Platforms(tmp_path_factory.mktemp("output"))
    yield platforms
    for running in platforms.started:
        running.kill_everything()
