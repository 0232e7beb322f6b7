"""A process of its own: decides once more, at another time of the clock, and writes it down."""

import json
import os
import pickle
import sys
import threading
from pathlib import Path

import numpy as np

import strategies
from engine import Strategy
from engine.rehearsal import Rehearsal
from functions.services.checking.clock import shift_clock, shift_numpy
from functions.services.checking.elsewhere import DECIDED, FAILED, GIVEN, REACHED, Task
from functions.services.checking.outside import Watch


def main(folder: Path) -> None:
    """Do the task that lies in a folder, and leave there what was decided."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    task: Task = pickle.loads((folder / GIVEN).read_bytes())  # noqa: S301  (our parent's)
    shift_clock()
    try:
        strategy = _found(task.place)
        rehearsal = Rehearsal(strategy, task.values, task.options, task.start)
        module = sys.modules[strategy.__module__]
        shift_numpy(module)
        watch = Watch(str(getattr(module, "__file__", "")))
        decided = rehearsal.decide(task.market, strategy).table
        (folder / REACHED).write_text(json.dumps(watch.reached))
        np.save(folder / DECIDED, decided)
    except (Exception, SystemExit) as error:  # whatever a strategy raises
        (folder / FAILED).write_text(f"raises {type(error).__name__}: {error}")


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _found(place: str) -> type[Strategy]:
    is_file = place.endswith(".py") or "/" in place
    return strategies.load_file(place) if is_file else strategies.get(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
