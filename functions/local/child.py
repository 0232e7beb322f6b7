"""A process of the platform, as its parent sees it."""

import json
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from functions.local.deployment import ROOT
from functions.local.folder import Folder

LOG_LIMIT_BYTES = 10_000_000


class Message(NamedTuple):
    """What a child told, or `{"exit": code}` when it ended."""

    child: str
    content: dict[str, Any]


class Child:
    """One Python module run in a session of its own, so that Ctrl-C reaches only the parent."""

    def __init__(
        self,
        name: str,
        folder: Folder,
        environment: Mapping[str, str],
        inbox: "SimpleQueue[Message]",
        arguments: Sequence[str] = (),
        descriptors: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = folder.logs / f"{name}.log"
        _shorten(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"functions.local.{name}", *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(folder.lock, *descriptors),
                start_new_session=True,
            )
        self._listener = threading.Thread(target=self._listen, args=(inbox,), daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def stop(self, within: float) -> None:
        """Ask the process to end, and end it when it does not do so in time (in seconds)."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._finish()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._finish()

    def last_lines(self, count: int = 12) -> str:
        """Return the end of its log."""
        with self.log.open(errors="replace") as log:
            return "".join(deque(log, count)).rstrip()

    def _finish(self) -> None:
        self._process.wait()
        self._listener.join()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _listen(self, inbox: "SimpleQueue[Message]") -> None:
        assert self._process.stdout is not None  # noqa: S101  (given above)
        with self._process.stdout as told:
            for line in told:
                inbox.put(Message(self.name, json.loads(line)))
        inbox.put(Message(self.name, {"exit": self._process.wait()}))


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
