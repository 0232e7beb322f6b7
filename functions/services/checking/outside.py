"""What a strategy reaches for outside of its bars, while it is loaded and decides."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from functions.services.checking.quiet import Call, is_quiet, is_quiet_call

CLOCK = "asks for the time"
MOST_CALLS = 20_000
"""How many different ones are kept until it is known whose they are."""
WRITES_ANEW = os.O_APPEND | os.O_TRUNC | os.O_EXCL
OTHERS = {
    "socket.connect": "connects to another machine",
    "subprocess.Popen": "starts another program",
    "os.system": "starts another program",
    "sqlite3.connect": "opens a database",
}
"""Audit events of Python, and what they mean."""


class Reached(NamedTuple):
    """What was done first, and the line of the strategy's file that did it."""

    what: str
    line: int


class _Heard(NamedTuple):
    """What was done; path: of what was read. calls: that led to it, the innermost first."""

    what: str
    path: str | None
    calls: tuple[Call, ...]


class Watch:
    """Listens to what the process does, from now until it ends.

    It begins before a strategy is loaded, as its module may read too, and it is told the file
    later.
    """

    def __init__(self) -> None:
        self._heard: dict[_Heard, None] = {}  # each once, in order
        sys.addaudithook(self._audited)

    def clock_was_read(self) -> None:
        """Note that somebody asked for the time."""
        self._note(CLOCK, None, sys._getframe(1))

    def reached(self, file: str) -> Reached | None:
        """Return what a file did first outside of its bars; None for nothing."""
        return next(self._done_by(file, clock=False), None)

    def clock(self, file: str) -> Reached | None:
        """Return where a file asked for the time first; None where it never did."""
        return next(self._done_by(file, clock=True), None)

    def _done_by(self, file: str, *, clock: bool) -> Iterator[Reached]:
        for heard in self._heard:
            if (heard.what == CLOCK) == clock and (line := _line(heard, file)):
                yield Reached(heard.what, line)

    def _audited(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in OTHERS:
            self._note(OTHERS[event], None, sys._getframe(1))
        elif event == "open" and (path := _read(arguments)):
            self._note(f"reads {path}", path, sys._getframe(1))

    def _note(self, what: str, path: str | None, frame: FrameType | None) -> None:
        if len(self._heard) < MOST_CALLS:
            self._heard.setdefault(_Heard(what, path, tuple(_calls(frame))))


def _calls(frame: FrameType | None) -> list[Call]:
    found = []
    while frame is not None:
        found.append(Call(frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    return found


def _line(heard: _Heard, file: str) -> int | None:
    """The line of the file that a call came through; None where that says nothing."""
    within: list[Call] = []
    for call in heard.calls:
        if call.file == file:
            return None if is_quiet_call(heard.path, within) else call.line
        within.append(call)
    return None


def _read(arguments: tuple[object, ...]) -> str | None:
    """Name a file that is opened to be read; None for programs, and for what is only written."""
    path, _mode, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike) or not isinstance(flags, int):
        return None
    way = flags & os.O_ACCMODE
    if way == os.O_WRONLY or (way == os.O_RDWR and flags & WRITES_ANEW):
        return None
    place = Path(os.fsdecode(path)).absolute()
    return None if is_quiet(str(place)) or not place.exists() else os.fsdecode(path)
