"""An end for code of others that may have none."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from engine.errors import OrderError
from functions.local.places import place_in

PATIENCE_SECONDS = 5.0
"""How long code that catches its own interruption is waited for before the process ends."""
WAY_OUT = "mend the loop, give fewer bars by --start and --end, or a longer --limit"


class _TimeIsUpError(BaseException):
    """No `except Exception` of a strategy stops it."""


@contextlib.contextmanager
def bounded(seconds: float, name: str) -> Iterator[None]:
    """End what is run inside after so many seconds; OrderError names the line it was at.

    For the main thread alone.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeIsUpError

    told = f"{name} did not end within {seconds:g} seconds"
    guard = threading.Timer(seconds + PATIENCE_SECONDS, _give_up, [f"{told}; {WAY_OUT}"])
    guard.daemon = True
    guard.start()
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    except _TimeIsUpError as error:
        raise OrderError(f"{told}{place_in(error)}; {WAY_OUT}") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        guard.cancel()


def _give_up(told: str) -> None:
    os.write(2, f"robotplug: {told}\n".encode())
    os._exit(2)
