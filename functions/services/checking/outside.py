"""What a strategy reaches for outside of its bars while it decides: files, other machines."""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import NamedTuple

PROGRAMS = (".py", ".pyc", ".so", ".pyd", ".dylib")
QUIET = tuple({sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", "/usr/lib", "/proc", "/sys"})
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


class Watch:
    """Listens to what the process does, from now until it ends."""

    def __init__(self, file: str) -> None:
        self.reached: Reached | None = None
        self._file = file
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.reached is not None:
            return
        what = _read(arguments) if event == "open" else OTHERS.get(event)
        line = self._line(sys._getframe(1)) if what else None
        if what and line:
            self.reached = Reached(what, line)

    def _line(self, frame: FrameType | None) -> int | None:
        """The line of the file that the call came through; None where it came from elsewhere."""
        while frame is not None:
            if frame.f_code.co_filename == self._file:
                return None if frame.f_code.co_name == "<module>" else frame.f_lineno
            frame = frame.f_back
        return None


def _read(arguments: tuple[object, ...]) -> str | None:
    """Name a file that is opened to be read; None for programs, and for what is only written."""
    path, mode, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    place = str(Path(os.fsdecode(path)).absolute())
    if place.endswith(PROGRAMS) or place.startswith(QUIET):
        return None
    written = isinstance(flags, int) and flags & os.O_ACCMODE == os.O_WRONLY
    return (
        None
        if written or (isinstance(mode, str) and set(mode) <= set("wxabt"))
        else (f"reads {os.fsdecode(path)}")
    )
