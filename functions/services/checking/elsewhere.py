"""The same decisions in another process, with another clock and other hashes."""

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

GIVEN, DECIDED, FAILED, LOG = "given.pickle", "decided.npy", "failed.txt", "log.txt"
REACHED = "reached.json"
ROOT = Path(__file__).parents[3]


class Task(NamedTuple):
    """What another process is to decide on; place: a file of a strategy, or a built-in's name."""

    place: str
    values: dict[str, Value]
    options: Options
    start: date | datetime | None
    market: Market


class Elsewhere:
    """A process that decides; it runs while others do."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._folder = folder

    def decided(self) -> Asked | str:
        """Wait for its decisions; a text where it raised."""
        self._process.wait()
        if (self._folder / DECIDED).exists():
            return Asked(np.load(self._folder / DECIDED))
        if (self._folder / FAILED).exists():
            return (self._folder / FAILED).read_text()
        told = (self._folder / LOG).read_text(errors="replace").rstrip().rpartition("\n")[2]
        raise RobotPlugError(f"the strategy could not be run in another process: {told}")

    def reached(self) -> Reached | None:
        """Return what it did outside of its bars, once it has decided; None for nothing."""
        written = self._folder / REACHED
        told = json.loads(written.read_text()) if written.exists() else None
        return told and Reached(*told)


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
