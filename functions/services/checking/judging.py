"""A strategy's verdict, with the line that is to blame where it can be found."""

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from engine import Market, Options, Strategy
from engine.asked import Place, first_change
from engine.causality import Check
from engine.futures import MIRRORED, NOISE, NONE
from engine.rehearsal import Rehearsal
from engine.verdict import FUTURE, OUTSIDE, RANDOMNESS, Change, Verdict
from functions.services.checking.blame import Line, blamed, line_at
from functions.services.checking.elsewhere import Failed, Task, Told, elsewhere
from functions.services.checking.suspects import suspects
from functions.services.checking.tracing import Trace

TRACED_ROWS = 30
"""How many bars before a changed decision are looked at line by line."""
ELSEWHERE, LATER = "another process", "another clock"
"""What a change names in the place of a future, where another process decided."""


class Subject(NamedTuple):
    """What is checked; place: a file of a strategy, or the name of one that is installed."""

    place: str
    strategy: Strategy
    market: Market
    start: date | datetime | None
    options: Options


Run = tuple[Market, type[Strategy] | None]
"""A market, and the class as an earlier run left it or None for one that is loaded anew."""


class Judged(NamedTuple):
    """A verdict, where its cause lies in the file, and which lines may have a part in it."""

    verdict: Verdict
    line: Line | None
    suspects: list[Line]


def judged(
    subject: Subject,
    *,
    cuts: int | None = None,
    seed: int = 1,
    go_on: Callable[[], bool] = lambda: True,
) -> Judged:
    """Check a strategy here and, once, in another process; see engine.causality.check.

    What the strategy raises over the whole market goes on its way.
    """
    kind, values = type(subject.strategy), subject.strategy.parameters_dict()
    rehearsal = Rehearsal(kind, values, subject.options, subject.start)
    checked = Check(rehearsal, subject.market, seed)
    task = Task(subject.place, values, subject.options, subject.start, subject.market)
    with elsewhere(task) as other:
        verdict = checked.judge(cuts, go_on)
        found = _of_process(checked, task, other.told()) if verdict.change is None else None
    if found is not None:
        verdict = verdict._replace(change=found.change)
    source = source_of(kind)
    if verdict.change is None or source is None:
        return Judged(verdict, None, [])
    if found and found.line:
        line = line_at(source, found.line)
    else:
        line = line_of(checked, verdict.change, source)
    told = [] if verdict.change.cause in (FUTURE, OUTSIDE) else suspects(source)
    return Judged(verdict, line, told)


def source_of(strategy: type[Strategy]) -> str | None:
    """Return the text of the module that defines a strategy; None where there is none."""
    file = file_of(strategy)
    return Path(file).read_text(encoding="utf-8") if file and Path(file).is_file() else None


def file_of(strategy: type[Strategy]) -> str | None:
    """Return the file of the module that defines a strategy; None where there is none."""
    found: str | None = getattr(sys.modules.get(strategy.__module__), "__file__", None)
    return found


def line_of(checked: Check, change: Change, source: str) -> Line | None:
    """Run both sides of a change once more, line by line, and return the line at which they part.

    None where no line's values differ, as when a value was read and used in one and the same.
    """
    file = file_of(checked.rehearsal.strategy) or ""
    for one, other in _pairs(checked, change):
        first, second = (_traced(checked, run, change, file) for run in (one, other))
        found = blamed(first, second, source, everything=change.cause != FUTURE)
        if found is not None:
            return found
    return None


def _traced(checked: Check, run: Run, change: Change, file: str) -> Trace:
    market, loaded = run
    trace = Trace(file, len(market.sessions), change.cut, change.row - TRACED_ROWS)
    with trace.listening():
        checked.rehearsal.tried(market, loaded)
    return trace


def _pairs(checked: Check, change: Change) -> Iterator[tuple[Run, Run]]:
    """Both sides of a change, to be run in this order; the ones that differ in least come first."""
    whole, rehearsal = checked.market, checked.rehearsal
    if change.cause == RANDOMNESS:
        yield (whole, None), (whole, None)
    elif change.cause == FUTURE:
        for future in dict.fromkeys([NOISE, MIRRORED, change.future, NONE]):
            yield (whole, None), (checked.other(change.cut, future), None)
    elif change.future == NONE:
        loaded = rehearsal.anew()
        yield (whole, loaded), (whole, loaded)
    else:
        loaded, elsewhere = rehearsal.anew(), checked.elsewhere()
        rehearsal.tried(whole, loaded)
        yield (elsewhere, None), (elsewhere, loaded)


class _Found(NamedTuple):
    """What another process brought, and the line of the file that told of itself."""

    change: Change
    line: int | None


def _of_process(checked: Check, task: Task, told: Told) -> _Found | None:
    """Return what another process decided otherwise, or reached for.

    Where it decided otherwise, one more process is asked, of which the clock is as it is here: a
    strategy may fail over a clock that is not the real one though it never reads it.
    """
    if _place(checked, told) is not None:
        with elsewhere(task._replace(later=False)) as other:
            again = other.told()
        if _place(checked, again) is not None:
            return _parted(checked, again, ELSEWHERE, None)
        if told.clock:
            return _parted(checked, told, LATER, told.clock.line)
        told = again
    if told.reached and checked.base is not None and len(checked.base.table):
        first = checked.base.first()
        change = _change(checked, OUTSIDE, first, told.reached.what, ELSEWHERE)
        return _Found(change, told.reached.line)
    return None


def _place(checked: Check, told: Told) -> Place | Failed | None:
    """Where another process parts from this one; None where it is the same."""
    if isinstance(told.decided, Failed) or checked.base is None:
        return told.decided if isinstance(told.decided, Failed) else None
    return first_change(checked.base, told.decided, len(checked.market.sessions) - 1)


def _parted(checked: Check, told: Told, where: str, line: int | None) -> _Found | None:
    place = _place(checked, told)
    if isinstance(place, Failed):
        last = len(checked.market.sessions) - 1
        change = Change(RANDOMNESS, -1, "", "", "", str(place), last, where)
        return _Found(change, line or place.line)
    if place is None or isinstance(told.decided, Failed):
        return None
    return _Found(_change(checked, RANDOMNESS, place, told.decided.told(*place), where), line)


def _change(checked: Check, cause: str, place: Place, otherwise: str, where: str) -> Change:
    bar, symbol = checked.market.name_of(place.row), checked.market.symbols[place.symbol]
    last = len(checked.market.sessions) - 1
    decided = checked.base.told(*place) if checked.base else ""
    return Change(cause, place.row, bar, symbol, decided, otherwise, last, where)
