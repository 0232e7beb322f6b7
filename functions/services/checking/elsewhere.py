"""The same decisions in another process, with other hashes and maybe another clock."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import Market, Options
from engine.asked import Asked
from engine.errors import RobotPlugError
from engine.parameters import Value
from functions.services.checking.outside import Reached

GIVEN, DECIDED, TOLD, LOG = "given.pickle", "decided.npy", "told.json", "log.txt"
ROOT = Path(__file__).parents[3]


class Task(NamedTuple):
    """What another process is to decide on; place: a file of a strategy, or a built-in's name.

    later: whether the clock is another there too.
    """

    place: str
    values: dict[str, Value]
    options: Options
    start: date | datetime | None
    market: Market
    later: bool = True


class Failed(NamedTuple):
    """What was raised instead of deciding, and the line of the strategy's file it came through."""

    error: str
    line: int | None

    def __str__(self) -> str:
        return f"raises {self.error}"


class Told(NamedTuple):
    """What another process decided; reached, clock: what it did outside of its bars first."""

    decided: Asked | Failed
    reached: Reached | None
    clock: Reached | None


class Elsewhere:
    """A process that decides; it runs while others do."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._folder = folder

    def told(self) -> Told:
        """Wait for what it decides; RobotPlugError where the process itself failed."""
        self._process.wait()
        written = self._folder / TOLD
        if not written.exists():
            said = (self._folder / LOG).read_text(errors="replace").rstrip().rpartition("\n")[2]
            raise RobotPlugError(f"the strategy could not be run in another process: {said}")
        told = json.loads(written.read_text())
        failed, reached, clock = (told[name] for name in ("failed", "reached", "clock"))
        return Told(
            Failed(*failed) if failed else Asked(np.load(self._folder / DECIDED)),
            reached and Reached(*reached),
            clock and Reached(*clock),
        )


@contextmanager
def elsewhere(task: Task) -> Iterator[Elsewhere]:
    """Start another process for a task; it ends with the block at the latest."""
    market = Market(task.market.symbols, task.market.raw, task.market.actions)
    with tempfile.TemporaryDirectory(prefix="robotplug-check-") as name:
        folder = Path(name)
        (folder / GIVEN).write_bytes(pickle.dumps(task._replace(market=market)))
        with (folder / LOG).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  (a list of our own making)
                [sys.executable, "-m", "functions.services.checking.again", name],
                env={**os.environ, "PYTHONHASHSEED": _other_seed(), "PYTHONPATH": _path()},
                stdin=subprocess.PIPE,  # it ends with us, however we end
                stdout=log,
                stderr=log,
            )
        with process:
            try:
                yield Elsewhere(process, folder)
            finally:
                process.kill()


def _other_seed() -> str:
    return "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"


def _path() -> str:
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
