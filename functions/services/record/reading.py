"""What a robot has not read yet: its tape so far from store and memory, and the slots that closed.

A process keeps the tapes it has verified, so that a warm handler reads only what is new and
robots with the same symbols share one market. Before it trusts one again it asks whether any
row behind it was touched since; then it reads all of them again.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from functions.services.market.grid import BarTime, starts_of
from functions.services.market.slots import Slot, anchor_of, bars_of
from functions.services.record.archive import Tapes
from functions.services.record.readings import A_DAY, readings, rfc3339, starts_at, times_of
from functions.services.record.tape import BrokenTapeError, Tape, blank, entry_hash, verified
from functions.services.record.waiting import incomplete
from functions.store import tapes
from functions.store.marks import Mark
from functions.store.tapes import Action, Bar, Entry, Feed, Named

KEPT_TAPES = 16
EARLIEST = date(1990, 1, 1)

_Key = tuple[str, tuple[str, ...]]
_kept: OrderedDict[_Key, Tape] = OrderedDict()
_marks: dict[_Key, Mark] = {}
"""Of the kept tapes that were verified from the store: their rows' mark at that time."""


class News(NamedTuple):
    """What closed since a tape's end: entries to append, and the tape with them.

    waiting: why the slot asked for has not closed yet, or nothing.
    """

    entries: Sequence[Named]
    tape: Tape
    waiting: str


def tape_at(archive: Tapes, head: str, symbols: Sequence[str]) -> Tape:
    """Return the tape that ends with this hash; BrokenTapeError where the stored one changed.

    Rows and their mark are read as of one moment: a change in between would stay unseen for good.
    """
    with archive.snapshot():
        return _tape_at(archive, head, symbols)


def _tape_at(archive: Tapes, head: str, symbols: Sequence[str]) -> Tape:
    sure = {name: _kept[name, of] for name, of in _marks if of == tuple(symbols)}
    chain = archive.chain(head, list(sure))
    before = sure.get(chain[0][1].prev if chain else head)
    if not (chain or before):
        raise BrokenTapeError(f"no tape entry {head}; restore it")
    if before and _mark(archive, before) != _marks[before.hash, before.symbols]:
        _let_go(before.symbols)
        return _tape_at(archive, head, symbols)
    tape = _keep(verified(before or blank(symbols), chain))
    if chain:
        _marks[head, tape.symbols] = _mark(archive, tape)
    return tape


def forget() -> None:
    """Let go of all tapes, as a new process has none."""
    _kept.clear()
    _marks.clear()


def _let_go(symbols: Sequence[str]) -> None:
    for key in [key for key in _kept if key[1] == symbols]:
        del _kept[key]
        _marks.pop(key, None)


def _mark(archive: Tapes, tape: Tape) -> Mark:
    hashes = [name for _, name in tape.slots]
    closes = datetime.fromtimestamp(int(tape.bars.closes[-1]), UTC)
    return archive.tape_mark(hashes, tape.symbols, closes)


def _keep(tape: Tape) -> Tape:
    key = (tape.hash, tape.symbols)
    _kept[key] = _kept.pop(key, tape)
    while len(_kept) > KEPT_TAPES:
        oldest, _ = _kept.popitem(last=False)
        _marks.pop(oldest, None)
    return _kept[key]


def history_of(archive: Tapes, feed: Feed, slot: Slot) -> Named | None:
    """Return a tape's first entry: all bars up to a slot, or None where there is none.

    Its timeline begins with the first bar's row. DataError where no bar closes with the slot.
    """
    (last,) = times_of(feed, [slot])
    bars = archive.newest_bars(feed, starts_of(EARLIEST), last.starts)
    if not bars:
        return None
    first = starts_at(bars[0])
    anchor = anchor_of(feed.source, feed.bar)
    times = bars_of(slot.calendar, feed.bar, anchor, first.date() - A_DAY, last.session)
    rows = [time for time in times if first <= time.starts <= last.starts]
    known = [
        action
        for action in archive.known_actions(feed, last.session)
        if action.ex_date >= str(rows[0].session)
    ]
    entry = _entry(blank(feed.symbols).hash, slot, rows, bars, known, feed.source)
    return entry_hash(entry), entry


def news_for(
    archive: Tapes, tape: Tape, feed: Feed, due: Sequence[Slot], *, deadline: bool
) -> News:
    """Read the slots that are due; the last one waits until its bars are there or its deadline.

    A slot before the last is past its deadline: what it lacks by now it never gets.
    BrokenTapeError where the tape is made of another provider's bars.
    """
    if not due:
        return News((), tape, "")
    if tape.source not in (None, feed.source):
        raise BrokenTapeError(f"the tape is of {tape.source}, the robot reads {feed.source}")
    entries: list[Named] = []
    prev, seen = tape.hash, set(tape.action_ids)
    for slot, time, bars, actions in readings(archive, feed, due):
        new = [action for action in actions if action.id not in seen]
        entry = _entry(prev, slot, [time], bars, new, tape.source)
        if slot is due[-1] and not deadline:
            before = tape.extended(entries)
            if reason := incomplete(before, entry, lambda: archive.failures(feed)):
                return News(entries, _keep(before), reason)
        prev = entry_hash(entry)
        seen |= {action.id for action in new}
        entries.append((prev, entry))
    return News(entries, extended(tape, entries), "")


def extended(tape: Tape, entries: Sequence[Named]) -> Tape:
    """Return the tape with entries appended, the one already in memory where there is one."""
    key = (entries[-1][0], tape.symbols)
    return _keep(_kept[key] if key in _kept else tape.extended(entries))


def _entry(
    prev: str,
    slot: Slot,
    times: Sequence[BarTime],
    bars: Sequence[Bar],
    actions: Sequence[Action],
    source: str | None,
) -> Entry:
    rows = tuple(_text(time) for time in times)
    content = (rows, tuple(bars), tuple(actions))
    return Entry(prev, str(slot), slot.closes_at, *content, source=source)


def _text(time: BarTime) -> tapes.Session:
    return tapes.Session(str(time.session), rfc3339(time.opens), rfc3339(time.closes))
