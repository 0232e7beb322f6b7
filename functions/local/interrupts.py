"""Ctrl-C and its kin, held back wherever being cut in two would leave a process behind."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt once; later ones wait to be let through.

    So what an interrupt sets off (stopping the processes) is not interrupted by the next one
    between two of its lines, only where it says so.
    """

    def __init__(self) -> None:
        self._held = False
        self._came = False

    def catch(self) -> None:
        """Take these signals over; only a process's main thread can."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep what comes until the end of the block, and raise it there."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before
        self._raise()

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """Raise within this block what came before it or comes in it; hold it after it."""
        self._held = False
        try:
            self._raise()
            yield
        finally:
            self._held = True

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        self._raise()

    def _raise(self) -> None:
        if self._came and not self._held:
            self._came, self._held = False, True
            raise KeyboardInterrupt
