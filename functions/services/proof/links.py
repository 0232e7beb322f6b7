"""The chain of leaves and the chain of tape entries, followed link by link.

What follows from a link is named with it: which column of a decision was changed, which bar
of a tape entry.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engine.errors import ParameterError
from functions.services.market.slots import Slot
from functions.services.proof.unlike import unlike
from functions.services.record.archive import Tapes
from functions.services.record.leaf import GENESIS, leaf_hash
from functions.services.record.tape import changed_in, entry_hash
from functions.store.records import DecisionRow, Owner
from functions.store.tapes import Entry

TERMS = ("code", "parameters", "rules", "options")
_HASH = re.compile("[0-9a-fA-F]{12,64}")


def told_by(row: DecisionRow) -> dict[str, Any]:
    """Return what a leaf says, nothing where it is no leaf any more."""
    try:
        told = json.loads(row.leaf)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def named(row: DecisionRow) -> str:
    """Name a decision for a message."""
    return f"decision {row.seq} ({row.slot})"


def broken_leaves(rows: Sequence[DecisionRow], owner: Owner, head: int) -> Iterator[str]:
    """Follow the chain from genesis; say where it breaks and which column was changed.

    head: the seq that the execution says it has reached.
    """
    hashes = [leaf_hash(row.leaf.encode()) for row in rows]
    prevs = [told_by(row).get("prev") for row in rows]
    before, seq = {GENESIS}, 0
    for at, row in enumerate(rows):
        seq += 1
        if row.seq != seq:
            yield f"decision {seq} is missing: decision {row.seq} follows"
            seq = row.seq
        elif prevs[at] not in before and hashes[at] == row.hash:
            yield f"{named(row)}: leaf names another decision before it"
        yield from _broken_link(row, owner, hashes[at], prevs[at + 1] if row != rows[-1] else None)
        before = {row.hash, hashes[at]}
    if seq != head:
        yield f"the chain ends at decision {seq}, the execution says {head}"


def _broken_link(row: DecisionRow, owner: Owner, own: str, named_next: object) -> Iterator[str]:
    if own != row.hash and named_next == own:
        yield f"{named(row)}: hash was changed, its leaf has {own}"
    elif own != row.hash:
        yield f"{named(row)}: leaf no longer has its hash"
        return
    told = told_by(row)
    says = {name: told.get(name) for name in ("seq", "slot", "tape")}
    yield from unlike(named(row), row._asdict(), says, "its leaf says")
    yield from unlike(named(row), row._asdict(), owner._asdict(), "its robot has")
    if told.get("robot") != str(owner.strategy_id):
        yield f"{named(row)}: leaf is of robot {told.get('robot')}"
    closes = {"closes_at": closes_at(str(told.get("slot")))}
    yield from unlike(named(row), row._asdict(), closes, "its slot closes at")


def require_hash(known: str) -> None:
    """ParameterError where a text is no leaf's hash, nor so much of one that it can be known by."""
    if not _HASH.fullmatch(known):
        raise ParameterError(
            f"a decision's hash is 64 hex digits, of which the first 12 may do; was {known!r}"
        )


def slot_of(known: str, rows: Sequence[DecisionRow]) -> str:
    """Return the slot of the leaf whose hash begins so, "" where there is none."""
    slots = [row.slot for row in rows if row.hash.startswith(known.lower())]
    if len(slots) > 1:
        raise ParameterError(f"{len(slots)} decisions begin with {known}; give more of the hash")
    return slots[0] if slots else ""


class Link(NamedTuple):
    """What the record says of one tape entry; joined: whether it also says what lay before it."""

    name: str
    slot: str
    joined: bool


def tape_links(rows: Sequence[DecisionRow]) -> list[Link]:
    """Return what decisions say of the tape, by their leaves where these still have their hash."""
    found = []
    for at, row in enumerate(rows):
        told = told_by(row) if leaf_hash(row.leaf.encode()) == row.hash else {}
        joined = at > 0 and row.seq == rows[at - 1].seq + 1
        found.append(Link(told.get("tape", row.tape), told.get("slot", row.slot), joined))
    return found


def entries_of(archive: Tapes, names: Sequence[str]) -> dict[str, Entry]:
    """Return the tape entries that lead to these, as far as they are there."""
    found: dict[str, Entry] = {}
    for name in reversed(names):
        if name not in found:
            found.update(archive.chain(name, list(found)))
    return found


def broken_entries(entries: Mapping[str, Entry], tape: Sequence[Link]) -> Iterator[str]:
    """Follow the tape from genesis; tape: what the record says of each entry, oldest first."""
    prev = GENESIS
    for link in tape:
        entry = entries.get(link.name)
        if entry is None:
            yield f"tape entry of slot {link.slot}: there is none with the hash {link.name}"
        else:
            yield from _broken_entry(entry, link, prev if link.joined else entry.prev)
        prev = link.name


def _broken_entry(entry: Entry, link: Link, prev: str) -> Iterator[str]:
    place = f"tape entry of slot {link.slot}"
    given = {"prev": prev, "slot": link.slot}
    stored = {"prev": entry.prev, "slot": entry.slot}
    yield from unlike(place, stored, given, "the record says")
    closes = {"closes_at": closes_at(link.slot)}
    yield from unlike(place, {"closes_at": entry.closes_at}, closes, "its slot closes at")
    changed = changed_in(entry, entry.marks)
    intact = entry._replace(prev=prev, slot=link.slot)
    if entry_hash(intact) == link.name:
        if changed:
            yield f"{place}: marks were changed, the bars and actions have the entry's hash"
    elif changed:
        yield from (f"{place}: changed: {what}" for what in changed)
    else:
        yield f"{place}: its sessions, or which bars it read, were changed"


def closes_at(slot: str) -> datetime | None:
    """Return when a slot closes, None where it is no slot any more."""
    try:
        return Slot.parse(slot).closes_at
    except ParameterError:
        return None
