"""The tape a robot reads: hash-chained entries, verified once, held as arrays.

An entry's hash covers the content, not the rows' ids: what a tape is, is its list of versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np

from engine import Action, Bars, Market
from engine.errors import DataError
from functions.services.record.leaf import GENESIS, leaf_hash, plain
from functions.store import tapes

VERSION = 1


class BrokenTapeError(DataError):
    """What is stored no longer has the hash it was recorded under."""


def entry_hash(entry: tapes.Entry) -> str:
    """Hash what a slot read: SHA-256 over a zero byte and the RFC 8785 text."""
    content = {
        "v": VERSION,
        "prev": entry.prev,
        "slot": entry.slot,
        "sessions": [list(session) for session in entry.sessions],
        "bars": [list(bar[1:]) for bar in entry.bars],
        "actions": [list(action[1:]) for action in entry.actions],
    }
    return leaf_hash(plain(content).encode())


@dataclass(frozen=True, eq=False)
class Tape:
    """All that was read up to one slot, under the hash that stands for it.

    actions: as the simulation books them; one seen after its ex-date's slot had closed is booked
        at the open of the slot that read it.
    slots: of each entry its slot and the tape's hash from there.
    """

    hash: str
    symbols: tuple[str, ...]
    bars: Bars
    actions: tuple[Action, ...]
    action_ids: frozenset[object]
    slots: tuple[tuple[str, str], ...]

    @cached_property
    def market(self) -> Market:
        """The market as it was known at the tape's last close."""
        return Market.build(self.symbols, self.bars, self.actions)

    def slots_after(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the slots that followed an entry; BrokenTapeError where it is not on the tape."""
        hashes = [entry for _, entry in self.slots]
        if name not in hashes:
            raise BrokenTapeError(f"no entry {name} on the tape; restore the segment's history")
        return self.slots[hashes.index(name) + 1 :]

    def extended(self, chain: Sequence[tapes.Named]) -> "Tape":
        """Return the tape with entries appended, in order, each naming the hash before it."""
        if not chain:
            return self
        entries = [entry for _, entry in chain]
        booked = [action for entry in entries for action in _booked(entry)]
        return Tape(
            chain[-1][0],
            self.symbols,
            _joined(self.bars, _arrays(self.symbols, entries)),
            (*self.actions, *booked),
            self.action_ids | {action.id for entry in entries for action in entry.actions},
            (*self.slots, *((entry.slot, name) for name, entry in chain)),
        )


def blank(symbols: Sequence[str]) -> Tape:
    """Return the tape before its first entry."""
    return Tape(GENESIS, tuple(symbols), _arrays(symbols, []), (), frozenset(), ())


def verified(tape: Tape, chain: Sequence[tapes.Named]) -> Tape:
    """Return the tape with stored entries appended; BrokenTapeError names one that was changed."""
    name = tape.hash
    for stored, entry in chain:
        if entry.prev != name or entry_hash(entry) != stored:
            raise BrokenTapeError(
                f"the tape entry {stored} of slot {entry.slot} no longer has this hash; "
                "restore the bars, actions or sessions it refers to"
            )
        name = stored
    return tape.extended(chain)


def _booked(entry: tapes.Entry) -> list[Action]:
    # What lies before the slot that first read an action is recorded, and stays as it is.
    earliest = entry.sessions[0].session
    return [
        Action(
            action.symbol,
            date.fromisoformat(max(action.ex_date, earliest)),
            action.kind,
            float(action.value),
        )
        for action in entry.actions
    ]


def _arrays(symbols: Sequence[str], entries: Sequence[tapes.Entry]) -> Bars:
    sessions = [session for entry in entries for session in entry.sessions]
    row = {session.session: number for number, session in enumerate(sessions)}
    column = {symbol: number for number, symbol in enumerate(symbols)}
    values = np.full((5, len(sessions), len(symbols)), np.nan)
    for entry in entries:
        for bar in entry.bars:
            at = row[bar.session], column[bar.symbol]
            values[:, at[0], at[1]] = [_number(text) for text in bar[3:8]]
    return Bars(
        np.array([session.session for session in sessions], dtype="datetime64[D]"),
        np.array([_seconds(session.opens) for session in sessions], dtype=np.int64),
        np.array([_seconds(session.closes) for session in sessions], dtype=np.int64),
        *values,
    )


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


def _joined(before: Bars, after: Bars) -> Bars:
    pairs: Any = zip(before, after, strict=True)
    return Bars(*(np.concatenate(pair) for pair in pairs))
