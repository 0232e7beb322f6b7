"""What a robot has not read yet: its tape so far from store and memory, and the slots that closed.

A process keeps the tapes it has verified, so that a warm handler reads only what is new and
robots with the same symbols share one market. Before it trusts one again it asks whether any
row behind it was touched since; then it reads all of them again.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np

from engine import Bars
from functions.services.market.calendars import Session
from functions.services.market.moves import LARGEST_MOVE
from functions.services.market.slots import Slot
from functions.services.record.tape import BrokenTapeError, Tape, blank, entry_hash, verified
from functions.store import tapes
from functions.store.appending import Database
from functions.store.marks import Mark, mark_of
from functions.store.tapes import Action, Bar, Entry, Feed, Named

KEPT_TAPES = 16
SILENT_AFTER = 5
"""Sessions without a bar after which a symbol is no longer waited for until it has one again.

A week: longer than a provider's outage, and a delisted stock delays its robots no further.
"""

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


def tape_at(database: Database, head: str, symbols: Sequence[str]) -> Tape:
    """Return the tape that ends with this hash; BrokenTapeError where the stored one changed."""
    sure = {name: _kept[name, of] for name, of in _marks if of == tuple(symbols)}
    chain = tapes.read_chain(database, head, list(sure))
    before = sure.get(chain[0][1].prev if chain else head)
    if not (chain or before):
        raise BrokenTapeError(f"no tape entry {head}; restore it")
    if before and _mark(database, before) != _marks[before.hash, before.symbols]:
        _let_go(before.symbols)
        return tape_at(database, head, symbols)
    tape = _keep(verified(before or blank(symbols), chain))
    if chain:
        _marks[head, tape.symbols] = _mark(database, tape)
    return tape


def forget() -> None:
    """Let go of all tapes, as a new process has none."""
    _kept.clear()
    _marks.clear()


def _let_go(symbols: Sequence[str]) -> None:
    for key in [key for key in _kept if key[1] == symbols]:
        del _kept[key]
        _marks.pop(key, None)


def _mark(database: Database, tape: Tape) -> Mark:
    hashes = [name for _, name in tape.slots]
    return mark_of(database, hashes, tape.symbols, tape.bars.sessions[-1].item())


def _keep(tape: Tape) -> Tape:
    key = (tape.hash, tape.symbols)
    _kept[key] = _kept.pop(key, tape)
    while len(_kept) > KEPT_TAPES:
        oldest, _ = _kept.popitem(last=False)
        _marks.pop(oldest, None)
    return _kept[key]


def history_of(database: Database, feed: Feed, slot: Slot, days: Sequence[Session]) -> Named | None:
    """Return a tape's first entry: all bars up to a slot, or None where there is none.

    days: the calendar's sessions up to the slot; those before the first bar are left out.
    """
    last = slot.session().session
    bars = tapes.newest_bars(database, feed, days[0].session, last)
    if not bars:
        return None
    first = bars[0].session
    actions = tapes.known_actions(database, feed, last)
    content = _entry(blank(feed.symbols).hash, slot, [_text(day) for day in days], bars, actions)
    later = [session for session in content.sessions if session.session >= first]
    known = [action for action in content.actions if action.ex_date >= first]
    entry = content._replace(sessions=tuple(later), actions=tuple(known))
    return entry_hash(entry), entry


def news_for(
    database: Database, tape: Tape, feed: Feed, due: Sequence[Slot], *, deadline: bool
) -> News:
    """Read the slots that are due; the last one waits until its bars are there or its deadline.

    A slot before the last is past its deadline: what it lacks by now it never gets.
    """
    if not due:
        return News((), tape, "")
    days = [slot.session() for slot in due]
    bars = tapes.newest_bars(database, feed, days[0].session, days[-1].session)
    actions = tapes.known_actions(database, feed, days[-1].session)
    entries: list[Named] = []
    prev, seen = tape.hash, set(tape.action_ids)
    for slot, day in zip(due, days, strict=True):
        of_day = [bar for bar in bars if bar.session == str(day.session)]
        new = [
            action
            for action in actions
            if action.id not in seen and action.ex_date <= str(day.session)
        ]
        entry = _entry(prev, slot, [_text(day)], of_day, new)
        if slot is due[-1] and not deadline:
            before = tape.extended(entries)
            if reason := _incomplete(before, entry):
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
    days: Sequence[tapes.Session],
    bars: Sequence[Bar],
    actions: Sequence[Action],
) -> Entry:
    return Entry(prev, str(slot), slot.closes_at, tuple(days), tuple(bars), tuple(actions))


def _incomplete(before: Tape, entry: Entry) -> str:
    """Say which bar of the newest slot is missing or not to be believed yet."""
    there = {bar.symbol: bar for bar in entry.bars}
    rows = len(before.bars.sessions)
    for symbol, row, close in _last_closes(before.bars, before.symbols):
        if symbol in there:
            move = float(there[symbol].close) / close - 1
            if abs(move) > LARGEST_MOVE and symbol not in _explained(before, row, entry):
                return f"{symbol} moved by {move:+.0%} without a split or dividend"
        elif rows - row <= SILENT_AFTER:
            return f"no bar of {symbol} yet"
    return ""


def _last_closes(bars: Bars, symbols: Sequence[str]) -> Iterator[tuple[str, int, float]]:
    """Yield each symbol that was ever listed with the row of its last bar, and its close there."""
    for symbol, closes in zip(symbols, bars.close.T, strict=True):
        rows = np.flatnonzero(np.isfinite(closes))
        if len(rows):
            yield symbol, int(rows[-1]), float(closes[rows[-1]])


def _explained(before: Tape, row: int, entry: Entry) -> set[str]:
    """Return whose prices an action since that row explains; one may have come during a halt."""
    since: date = before.bars.sessions[row].item()
    earlier = {action.symbol for action in before.actions if action.ex_date > since}
    return earlier | {action.symbol for action in entry.actions}


def _text(day: Session) -> tapes.Session:
    return tapes.Session(str(day.session), _rfc3339(day.opens), _rfc3339(day.closes))


def _rfc3339(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
