"""Where tables and lines are printed: a terminal, or a pipe that gets every column."""

import sys

from rich.console import Console
from rich.markup import escape

FILE_WIDTH = 200
"""Into a pipe or a file nothing is cut and no line is broken."""


class Output(Console):
    """A console that leaves a closed pipe to who called it."""

    def on_broken_pipe(self) -> None:
        """Raise what was caught."""
        raise BrokenPipeError


def opened() -> Console:
    """Return a console for standard output."""
    return Output(highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)


def say(line: str) -> None:
    """Print a line as it is: what looks like markup is text."""
    print(line)  # noqa: T201


def plain(text: str) -> str:
    """Return a text for a table, in which what looks like markup is text."""
    return escape(text)
