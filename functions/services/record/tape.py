"""The tape a robot reads: hash-chained entries, verified once, held as arrays.

An entry's hash covers the content, not the rows' ids: what a tape is, is its list of versions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from engine import Action, Bars, Market
from engine.bars import ends_of, joined
from engine.errors import DataError
from engine.money import Ints
from functions.services.market.calendars import sessions
from functions.services.market.grid import DAY
from functions.services.market.slots import Slot
from functions.services.record.leaf import GENESIS, leaf_hash, plain
from functions.store import tapes

VERSION, WITHOUT_SOURCE = 2, 1


class BrokenTapeError(DataError):
    """What is stored no longer has the hash it was recorded under; slot: the entry's, if known."""

    def __init__(self, message: str, slot: str = "") -> None:
        super().__init__(message)
        self.slot = slot


def entry_hash(entry: tapes.Entry) -> str:
    """Hash what a slot read: SHA-256 over a zero byte and the RFC 8785 text.

    The first version of the text names no source.
    """
    named = {} if entry.source is None else {"source": entry.source}
    content = {
        "v": VERSION if named else WITHOUT_SOURCE,
        **named,
        "prev": entry.prev,
        "slot": entry.slot,
        "sessions": [list(session) for session in entry.sessions],
        "bars": [bar.content for bar in entry.bars],
        "actions": [action.content for action in entry.actions],
    }
    return leaf_hash(plain(content).encode())


@dataclass(frozen=True, eq=False)
class Tape:
    """All that was read up to one slot, under the hash that stands for it.

    actions: as the simulation books them; one that came after its session had begun to be
        recorded says when it was seen.
    slots: of each entry its slot and the tape's hash from there.
    source: the provider that its first entry names, which those to come name, too.
    """

    hash: str
    symbols: tuple[str, ...]
    bars: Bars
    actions: tuple[Action, ...]
    action_ids: frozenset[object]
    slots: tuple[tuple[str, str], ...]
    source: str | None = None

    @cached_property
    def market(self) -> Market:
        """The market as it was known at the tape's last close."""
        bars = self.bars._replace(ends=self._ends())
        return Market.build(self.symbols, bars, self.actions)

    def _ends(self) -> Ints | None:
        """When each row's session closes by its calendar; None where every row is a session."""
        slot = Slot.parse(self.slots[-1][0])
        if slot.bar == DAY:
            return None
        mine = self.bars.sessions
        known = sessions(slot.calendar, mine[0].item(), mine[-1].item())
        days = np.array([day.session for day in known], dtype="datetime64[D]")
        closes = np.array([int(day.closes.timestamp()) for day in known], dtype=np.int64)
        at = np.searchsorted(days, mine).clip(max=len(days) - 1)
        ends: Ints = np.maximum(np.where(days[at] == mine, closes[at], 0), ends_of(self.bars))
        return ends

    def slots_after(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the slots that followed an entry; BrokenTapeError where it is not on the tape."""
        place = self._places.get(name)
        if place is None:
            raise BrokenTapeError(f"no entry {name} on the tape; restore the segment's history")
        return self.slots[place + 1 :]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, (_, name) in enumerate(self.slots)}

    def extended(self, chain: Sequence[tapes.Named]) -> "Tape":
        """Return the tape with entries appended, in order, each naming the hash before it."""
        if not chain:
            return self
        entries = [entry for _, entry in chain]
        booked = list(_booked(entries, self.bars))
        return Tape(
            chain[-1][0],
            self.symbols,
            joined(self.bars, _arrays(self.symbols, entries)),
            (*self.actions, *booked),
            self.action_ids | {action.id for entry in entries for action in entry.actions},
            (*self.slots, *((entry.slot, name) for name, entry in chain)),
            self.source if self.slots else entries[0].source,
        )


def blank(symbols: Sequence[str]) -> Tape:
    """Return the tape before its first entry."""
    return Tape(GENESIS, tuple(symbols), _arrays(symbols, []), (), frozenset(), ())


def verified(tape: Tape, chain: Sequence[tapes.Named]) -> Tape:
    """Return the tape with stored entries appended; BrokenTapeError names one that was changed."""
    name = tape.hash
    for stored, entry in chain:
        if entry.prev != name or entry_hash(entry) != stored:
            what = (
                "; ".join(changed_in(entry, entry.marks)) or "its sessions, slot, source or place"
            )
            raise BrokenTapeError(
                f"the tape entry {stored} of slot {entry.slot} no longer has this hash; "
                f"changed: {what}; restore the bars, actions or sessions it refers to",
                entry.slot,
            )
        name = stored
    return tape.extended(chain)


def changed_in(entry: tapes.Entry, marks: bytes | None) -> list[str]:
    """Name the bars and actions of an entry that are not those it was stored with.

    marks: as they were stored with it; without them nothing can be named.
    """
    size = tapes.MARK_BYTES
    then = [marks[at : at + size] for at in range(0, len(marks or b""), size)] if marks else []
    now = list(tapes.marked(entry))
    if not then:
        return []
    if len(then) == len(now):
        return [_name(one) for (one, mark), was in zip(now, then, strict=True) if mark != was]
    there = {mark for _, mark in now}
    gone = sum(mark not in there for mark in then)
    others = [_name(one) for one, mark in now if mark not in set(then)]
    return [*others, f"{gone} of the {len(then)} bars and actions it read are gone"]


def _name(one: tapes.Bar | tapes.Action) -> str:
    if isinstance(one, tapes.Bar):
        return f"the bar of {one.symbol} {one.session} (now {one.close} at its close)"
    return f"the {one.kind} of {one.symbol} on {one.ex_date} (now {one.value})"


_AS_BOOKED = {
    "split": "split",
    "dividend": "dividend",
    "special_dividend": "dividend",
    "delisting": "delisting",
}
"""What an account books; a rename is only told."""


def _booked(entries: Sequence[tapes.Entry], before: Bars) -> Iterator[Action]:
    newest: date | None = before.sessions[-1].item() if len(before.sessions) else None
    for entry in entries:
        earliest = date.fromisoformat(entry.sessions[0].session)
        for action in entry.actions:
            if action.kind in _AS_BOOKED:
                ex_date = date.fromisoformat(action.ex_date)
                yield Action(
                    action.symbol,
                    ex_date,
                    _AS_BOOKED[action.kind],
                    float("nan") if action.value is None else float(action.value),
                    _seen(ex_date, earliest, begun=newest == earliest),
                )
        newest = date.fromisoformat(entry.sessions[-1].session)


def _seen(ex_date: date, earliest: date, *, begun: bool) -> date | None:
    """When an action was seen, where the slots that should have booked it are recorded.

    begun: the session has rows before this one, so that the next open is another session's.
    """
    if begun and ex_date <= earliest:
        return earliest + timedelta(days=1)
    return earliest if ex_date < earliest else None


def _arrays(symbols: Sequence[str], entries: Sequence[tapes.Entry]) -> Bars:
    sessions = [session for entry in entries for session in entry.sessions]
    closes = np.array([_seconds(session.closes) for session in sessions], dtype=np.int64)
    column = {symbol: number for number, symbol in enumerate(symbols)}
    values = np.full((5, len(sessions), len(symbols)), np.nan)
    bars = [bar for entry in entries for bar in entry.bars]
    for bar, row in zip(bars, _rows(bars, sessions, closes), strict=True):
        values[:, row, column[bar.symbol]] = [_number(text) for text in bar[3:8]]
    return Bars(
        np.array([session.session for session in sessions], dtype="datetime64[D]"),
        np.array([_seconds(session.opens) for session in sessions], dtype=np.int64),
        closes,
        *values,
    )


def _rows(
    bars: Sequence[tapes.Bar], sessions: Sequence[tapes.Session], closes: Ints
) -> Sequence[int]:
    """Return each bar's row: its session's, or the first that closes after it starts."""
    if not bars or len(bars[0].session) == len("2013-03-01"):
        row = {session.session: number for number, session in enumerate(sessions)}
        return [row[bar.session] for bar in bars]
    starts = [_seconds(bar.session) for bar in bars]
    found: list[int] = np.searchsorted(closes, starts, side="right").tolist()
    return found


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
