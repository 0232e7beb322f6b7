"""An end for code of others that may have none."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from engine.errors import OrderError
from functions.local.places import own_place_in

PATIENCE_SECONDS = 5.0
"""How long code that catches its own interruption is waited for before the process ends."""
WAITING = 5
"""So many times the limit may pass by the clock, for a busy machine and for what waits."""
MEND = "mend the loop, give fewer bars by --start and --end, or a longer --limit"


class _TimeIsUpError(BaseException):
    """No `except Exception` of a strategy stops it."""


@contextlib.contextmanager
def bounded(seconds: float, name: str, way_out: Callable[[], str] = lambda: MEND) -> Iterator[None]:
    """End what is run inside after so many seconds; OrderError names the strategy's line it was at.

    Seconds are the processor's, so that a busy machine ends nothing that is quick; five times as
    many by the clock end it too. way_out: what to do about it, asked when the time is up. For the
    main thread alone.
    """
    told = f"{name} did not end within {seconds:g} seconds"
    guards = [_guard(WAITING * seconds + PATIENCE_SECONDS, told, way_out)]

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if len(guards) == 1:
            guards.append(_guard(PATIENCE_SECONDS, told, way_out))
        raise _TimeIsUpError

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    signal.setitimer(signal.ITIMER_REAL, WAITING * seconds, 1.0)
    try:
        yield
    except _TimeIsUpError as error:
        raise OrderError(f"{told}{own_place_in(error)}; {way_out()}") from None
    finally:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
        for each, handler in before.items():
            signal.signal(each, handler)
        for guard in guards:
            guard.cancel()


def _guard(seconds: float, told: str, way_out: Callable[[], str]) -> threading.Timer:
    """End the process after so many seconds by the clock."""
    guard = threading.Timer(seconds, lambda: _give_up(f"{told}; {way_out()}"))
    guard.daemon = True
    guard.start()
    return guard


def _give_up(told: str) -> None:
    os.write(2, f"robotplug: {told}\n".encode())
    os._exit(2)
