"""Whose turn it is: one call of the collector has less time than slow providers may take."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from functions.store.health import State

Late: TypeAlias = Callable[[], bool]

SECONDS = 210.0
"""No symbol is begun later: one may take a minute, and a call is ended after five."""
UNASKED = "not asked yet, since other symbols took the time of the call; the next one asks"


def never() -> bool:
    """Let a call take the time that it needs."""
    return False


def turns(names: Sequence[str], seconds: float) -> Iterator[tuple[str, Late]]:
    """Yield each with what says that its part of the time is over; the next has what it left."""
    begun = time.monotonic()
    for number, name in enumerate(names, 1):
        yield name, partial(_over, begun + seconds * number / len(names))


def _over(end: float) -> bool:
    return time.monotonic() >= end


def order(state: State | None) -> tuple[bool, datetime]:
    """Sort symbols: what could not be read comes last, and of that the latest tried."""
    if state is None or not unread(state):
        return False, datetime.min.replace(tzinfo=UTC)
    return True, state.checked_at


def unread(state: State) -> bool:
    """Say whether a symbol was asked for and could not be read."""
    return bool(state.failure) and not str(state.failure).endswith(UNASKED)
