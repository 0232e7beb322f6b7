"""What a robot has not read yet: its tape so far from store and memory, and the slots that closed.

A process keeps the tapes it has verified, so that a warm handler reads only what is new and
robots with the same symbols share one market.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from engine import Bars
from functions.services.market.calendars import Session
from functions.services.market.slots import Slot
from functions.services.record.tape import Tape, blank, entry_hash, verified
from functions.store import tapes
from functions.store.appending import Database
from functions.store.tapes import Action, Bar, Entry, Feed, Named

KEPT_TAPES = 16
LARGEST_MOVE = 1 / 3
"""A close that moved further without an action on the tape makes the slot wait for one."""

_kept: OrderedDict[tuple[str, tuple[str, ...]], Tape] = OrderedDict()


class News(NamedTuple):
    """What closed since a tape's end: entries to append, and the tape with them.

    waiting: why the slot asked for has not closed yet, or nothing.
    """

    entries: Sequence[Named]
    tape: Tape
    waiting: str


def tape_at(database: Database, head: str, symbols: Sequence[str]) -> Tape:
    """Return the tape that ends with this hash; BrokenTapeError where the stored one changed."""
    mine = {name: tape for (name, of), tape in _kept.items() if of == tuple(symbols)}
    if head in mine:
        return _keep(mine[head])
    chain = tapes.read_chain(database, head, list(mine))
    before = mine.get(chain[0][1].prev) if chain else None
    return _keep(verified(before or blank(symbols), chain))


def forget() -> None:
    """Let go of all tapes, as a new process has none."""
    _kept.clear()


def _keep(tape: Tape) -> Tape:
    key = (tape.hash, tape.symbols)
    _kept[key] = _kept.pop(key, tape)
    while len(_kept) > KEPT_TAPES:
        _kept.popitem(last=False)
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
    explained = {action.symbol for action in entry.actions}
    for symbol, close in _last_closes(before.bars, before.symbols).items():
        if symbol not in there:
            return f"no bar of {symbol} yet"
        move = float(there[symbol].close) / close - 1
        if abs(move) > LARGEST_MOVE and symbol not in explained:
            return f"{symbol} moved by {move:+.0%} without a split or dividend"
    return ""


def _last_closes(bars: Bars, symbols: Sequence[str]) -> Mapping[str, float]:
    """Return the closes of the symbols that traded in the tape's last session."""
    last = bars.close[-1]
    return {
        symbol: float(close)
        for symbol, close in zip(symbols, last, strict=True)
        if not np.isnan(close)
    }


def _text(day: Session) -> tapes.Session:
    return tapes.Session(str(day.session), _rfc3339(day.opens), _rfc3339(day.closes))


def _rfc3339(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
