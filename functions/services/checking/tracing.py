"""What each line of a strategy's file made, as far as it may have been known after a bar."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine import broker
from engine.broker import Now
from functions.services.checking.values import Known, Sight, same

if TYPE_CHECKING:
    from _typeshed import TraceFunction

MOST_LINES = 20_000
"""After so many executed lines a trace ends: a loop over bars says little more."""
RETURNED = "return"


class Place(NamedTuple):
    """A line that changed a name; row: of the bar in `on_bar`, -1 elsewhere."""

    row: int
    function: str
    line: int
    name: str


class Trace:
    """The lines of one run; the last value where a line was executed several times.

    rows: bars that the run's market has. cut: the last row that may be known.
    made: what each line changed. order: when each line was reached first.
    trail: the lines that `on_bar` and what it calls went through at each row.
    """

    def __init__(self, file: str, rows: int, cut: int, first_row: int) -> None:
        self.made: dict[Place, Known] = {}
        self.order: dict[tuple[int, str, int], int] = {}
        self.trail: dict[int, list[tuple[str, int]]] = {}
        self._file = file
        self._sight = Sight(rows, cut)
        self._watched = range(first_row, cut + 1)
        self._row = -1
        self._left = MOST_LINES

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Trace what is run inside."""
        before = sys.gettrace()
        sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(before)

    def _entered(self, frame: FrameType, _event: str, _argument: object) -> "TraceFunction | None":
        code = frame.f_code
        if code.co_filename == self._file:
            return self._followed(frame)
        if code.co_filename == broker.__file__ and frame.f_back is not None:
            caller = frame.f_back
            if caller.f_code.co_filename == self._file and self._row in self._watched:
                self._keep(caller, caller.f_lineno, code.co_name, self.known(frame.f_locals))
        return None

    def _followed(self, frame: FrameType) -> "TraceFunction | None":
        if frame.f_code.co_name == "on_bar":
            now = next((each for each in frame.f_locals.values() if isinstance(each, Now)), None)
            self._row = now.row if now else -1
        if self._left <= 0 or frame.f_code.co_name == "<module>":
            return None
        if self._row >= 0 and self._row not in self._watched:
            return None
        return _Follower(self, frame).step

    def _keep(self, frame: FrameType, line: int, prefix: str, values: Mapping[str, Known]) -> None:
        self.order.setdefault((self._row, frame.f_code.co_name, line), len(self.order))
        for name, known in values.items():
            told = f"{prefix}.{name}" if prefix else name
            self.made[Place(self._row, frame.f_code.co_name, line, told)] = known

    def passed(self, frame: FrameType, line: int, changed: Mapping[str, Known]) -> None:
        """Note a line that was executed and what it changed."""
        self._left -= 1
        self._keep(frame, line, "", changed)
        if self._row >= 0:
            self.trail.setdefault(self._row, []).append((frame.f_code.co_name, line))

    def left(self, frame: FrameType) -> None:
        """Note that a function returned."""
        if frame.f_code.co_name == "on_bar":
            self._row = -1

    def visible(self, frame: FrameType) -> dict[str, Known]:
        """Return the values of all names that a line can change: its own, self's, the module's."""
        names: dict[str, object] = dict(frame.f_locals)
        one = names.get("self")
        if one is not None:
            names |= {f"self.{name}": each for name, each in _attributes(one).items()}
        for name, each in frame.f_globals.items():
            if not name.startswith("__") and not isinstance(each, ModuleType | type | Callable):
                names.setdefault(name, each)
        return self.known(names)

    def known(self, values: Mapping[str, object]) -> dict[str, Known]:
        """Return what may be known of values, without those that hold no numbers."""
        found = {name: self._sight.of(value) for name, value in values.items()}
        return {name: known for name, known in found.items() if known is not None}


class _Follower:
    """One call of a function: a line is told once the next one, or the end, is reached."""

    def __init__(self, trace: Trace, frame: FrameType) -> None:
        self._trace = trace
        self._line = -1
        self._before = trace.visible(frame)

    def step(self, frame: FrameType, event: str, argument: object) -> "TraceFunction":
        if event == "exception":
            return self.step
        returned = {RETURNED: argument} if event == "return" else {}
        if self._line >= 0:
            self._tell(frame, returned)
        self._line = frame.f_lineno
        if returned:
            self._trace.left(frame)
        return self.step

    def _tell(self, frame: FrameType, returned: Mapping[str, object]) -> None:
        now, before = self._trace.visible(frame), self._before
        changed = {name: each for name, each in now.items() if not same(before.get(name), each)}
        self._trace.passed(frame, self._line, {**changed, **self._trace.known(returned)})
        self._before = now


def _attributes(one: object) -> dict[str, object]:
    """What an object holds, and what its class holds that can be changed in place."""
    shared = {
        name: each
        for name, each in vars(type(one)).items()
        if isinstance(each, list | dict | np.ndarray) and not name.startswith("_")
    }
    return {**shared, **getattr(one, "__dict__", {})}
