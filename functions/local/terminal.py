"""What the user sees while the platform starts and runs."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed


class Terminal(Protocol):
    """Stages that fill up, a line that changes, and lines that stay."""

    def stage(self, name: str, done: int, total: int) -> None:
        """Show how far a stage is; a new name starts a new stage."""

    def line(self, text: str) -> None:
        """Say something that stays."""

    def status(self, text: str) -> None:
        """Say where the clock stands, in place of what stood there before."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Bars:
    """For a terminal: one bar for each stage, then one line for the clock."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, Elapsed(), console=console)
        self._tasks: dict[str, TaskID] = {}
        self._clock = console.status("")

    def stage(self, name: str, done: int, total: int) -> None:
        """Show a stage's bar."""
        if not self._tasks:
            self._progress.start()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name)
        self._progress.update(self._tasks[name], completed=done, total=total)

    def line(self, text: str) -> None:
        """Print below the bars, in the place of the clock."""
        self.close()
        self._console.print(text, highlight=False, soft_wrap=True, markup=False)

    def status(self, text: str) -> None:
        """Replace the clock's line."""
        self._progress.stop()
        self._clock.update(text)
        self._clock.start()

    def close(self) -> None:
        """Stop whatever moves."""
        self._clock.stop()
        self._progress.stop()


class Lines:
    """For a file or a pipe: a line when a stage ends, and nothing for the clock."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}

    def stage(self, name: str, done: int, total: int) -> None:
        """Print a stage that is complete, with the seconds it took."""
        started = self._started.setdefault(name, time.monotonic())
        if done == total:
            self.line(f"{name}: {done} of {total} ({time.monotonic() - started:.1f} s)")

    def line(self, text: str) -> None:
        """Print at once, also into a pipe."""
        print(text, flush=True)  # noqa: T201

    def status(self, text: str) -> None:
        """Keep silent."""

    def close(self) -> None:
        """There is nothing to undo."""


class Objects:
    """For a program: each line is one JSON object with `stage`, `line` or `status`."""

    def stage(self, name: str, done: int, total: int) -> None:
        """Tell how far a stage is."""
        self._tell(stage=name, done=done, total=total)

    def line(self, text: str) -> None:
        """Tell what stays."""
        self._tell(line=text.strip())

    def status(self, text: str) -> None:
        """Tell where the clock stands."""
        self._tell(status=text)

    def close(self) -> None:
        """There is nothing to undo."""

    def _tell(self, **told: object) -> None:
        print(json.dumps(told), flush=True)  # noqa: T201


@contextmanager
def opened(*, as_json: bool = False) -> Iterator[Terminal]:
    """Give the terminal that fits where standard output goes, and close it in the end."""
    shown: Terminal = Bars(Console()) if sys.stdout.isatty() else Lines()
    terminal: Terminal = Objects() if as_json else shown
    try:
        yield terminal
    finally:
        terminal.close()
