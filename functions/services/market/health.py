"""Data health: what there is of a series, and what its calendar says is missing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from functions.services.market.grid import Anchor, BarTime, bars_of
from functions.store import health as store
from functions.store.bars import Database
from functions.store.health import Series, State


class Asked(NamedTuple):
    """A series as it was asked for: its calendar and anchor, up to which bar, and when."""

    series: Series
    calendar: str
    anchor: Anchor
    last: BarTime
    at: datetime


def note(database: Database, asked: Asked, before: State | None, failure: str = "") -> State:
    """Work out a series' state up to the bar it was asked for, and keep it.

    before: the state as last kept; what it says of earlier bars is not worked out again unless
    one of them came late.
    """
    known = before if before and before.last_bar and before.first_bar else None
    found = store.times(database, asked.series, known.last_bar if known else None)
    if known and found.earlier != known.bars:
        known, found = None, store.times(database, asked.series, None)
    state = _state(asked, known, found.later)._replace(failure=failure or None)
    store.write(database, asked.series, state)
    return state


def _state(asked: Asked, known: State | None, later: Sequence[datetime]) -> State:
    nothing = State(asked.calendar, None, None, 0, 0, 0, [], None, asked.at)
    if known is None and not later:
        return nothing
    first = known.first_bar if known and known.first_bar else later[0]
    last = later[-1] if later else (known.last_bar if known else None) or first
    since = known.last_bar if known else None
    around = _grid(asked, since or first)
    session = next((bar.session for bar in around if bar.starts == last), last.date())
    ahead = [bar for bar in around if since is None or bar.starts > since]
    grid = [bar for bar in ahead if bar.starts <= last or bar.session == session]
    there = {*later, last}
    return State(
        asked.calendar,
        first,
        last,
        (known.bars if known else 0) + len(later),
        (known.expected - _open_end(known) if known else 0) + len(grid),
        len({bar.session for bar in ahead if bar.starts > last} - {session}),
        [*_closed_gaps(known), *gaps(grid, there)],
        None,
        asked.at,
    )


def gaps(grid: Sequence[BarTime], there: set[datetime]) -> list[list[Any]]:
    """Return where bars are missing: of each run its first and last start, and how many."""
    found: list[list[Any]] = []
    for missing, run in groupby(grid, lambda bar: bar.starts not in there):
        if missing:
            bars = list(run)
            found.append([_text(bars[0].starts), _text(bars[-1].starts), len(bars)])
    return found


def _grid(asked: Asked, first: datetime) -> list[BarTime]:
    """The bars from one on, up to the one that was asked for."""
    begins = first.date() - timedelta(days=1)
    bars = bars_of(asked.calendar, asked.series.length, asked.anchor, begins, asked.last.session)
    return [bar for bar in bars if first <= bar.starts <= asked.last.starts]


def _open_end(known: State) -> int:
    """How many of the bars expected so far lie after its last one; they are counted anew.

    Those of its session, that is: what its calendar has later is overdue, and no gap before
    a newer bar comes.
    """
    return sum(gap[2] for gap in known.gaps if _later(gap, known))


def _closed_gaps(known: State | None) -> list[list[Any]]:
    return [gap for gap in known.gaps if not _later(gap, known)] if known else []


def _later(gap: list[Any], known: State) -> bool:
    return known.last_bar is not None and datetime.fromisoformat(gap[0]) > known.last_bar


def _text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
