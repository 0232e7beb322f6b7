"""A process of its own: decides once more, maybe at another time, and writes it down."""

import json
import os
import pickle
import sys
import threading
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

import numpy as np

import strategies
from engine import Strategy
from engine.rehearsal import Rehearsal
from functions.services.checking.clock import shift_clock, shift_numpy
from functions.services.checking.elsewhere import DECIDED, GIVEN, TOLD, Failed, Task
from functions.services.checking.outside import Watch


def main(folder: Path) -> None:
    """Do the task that lies in a folder, and leave there what was decided."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    task: Task = pickle.loads((folder / GIVEN).read_bytes())  # noqa: S301  (our parent's)
    watch = Watch()
    error: BaseException | None = None
    if task.later:
        shift_clock(watch.clock_was_read)
    try:
        np.save(folder / DECIDED, _decided(task))
    except (Exception, SystemExit) as raised:  # whatever a strategy raises
        error = raised
    file = _file_of(task.place)
    told = {"reached": watch.reached(file), "clock": watch.clock(file)}
    failed = error and Failed(f"{type(error).__name__}: {error}", _line_in(error, file))
    (folder / TOLD).write_text(json.dumps({**told, "failed": failed}))


def _decided(task: Task) -> np.ndarray:
    strategy = _found(task.place)
    rehearsal = Rehearsal(strategy, task.values, task.options, task.start)
    if task.later:
        shift_numpy(_module_of(strategy))
    return rehearsal.decide(task.market, strategy).table


def _line_in(error: BaseException, file: str) -> int | None:
    """The innermost line of a file that an error came through."""
    through = [(trace.filename, trace.lineno) for trace in extract_tb(error.__traceback__)]
    return next((line for name, line in reversed(through) if name == file), None)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _found(place: str) -> type[Strategy]:
    return strategies.load_file(place) if _is_file(place) else strategies.get(place)


def _file_of(place: str) -> str:
    return (
        str(Path(place).absolute()) if _is_file(place) else str(_module_of(_found(place)).__file__)
    )


def _is_file(place: str) -> bool:
    return place.endswith(".py") or "/" in place


def _module_of(strategy: type[Strategy]) -> ModuleType:
    return sys.modules[strategy.__module__]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
