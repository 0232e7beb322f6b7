"""Bars, actions and tapes in memory, as the store tells them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from functions.store.bars import series_name
from functions.store.tapes import Action, Bar, Entry, Feed, Named, marks_of

_worlds = count(1)


class Seen(NamedTuple):
    """One version of a bar as it came: decimal texts, volume None where unknown."""

    open: str
    high: str
    low: str
    close: str
    volume: str | None
    seen_at: datetime


@dataclass
class MemoryTapes:
    """The market as it was seen. Bars are told by `add_bar`, actions by `add_action`."""

    bars: dict[tuple[str, str, datetime], list[Seen]] = field(default_factory=dict)
    actions: dict[tuple[str, str, str, str], Action] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    touched: int = 0

    def __post_init__(self) -> None:
        self.world = next(_worlds)
        self._keys: dict[UUID, tuple[str, str, datetime]] = {}

    def add_bar(self, source: str, length: str, symbol: str, starts: datetime, seen: Seen) -> None:
        """A bar as first seen, or a later version of it where it differs."""
        key = (series_name(source, length), symbol, starts)
        self._keys[self._id(key)] = key
        versions = self.bars.setdefault(key, [])
        if not versions or versions[-1][:5] != seen[:5]:
            versions.append(seen)
            self.touched += 1

    def add_action(self, source: str, told: Action) -> None:
        """An action; one of the same symbol, date and kind stays as first told."""
        key = (source, told.symbol, told.ex_date, told.kind)
        name = uuid5(NAMESPACE_URL, "/".join(key))
        if key not in self.actions:
            self.actions[key] = told._replace(id=name)
            self.touched += 1

    def snapshot(self) -> AbstractContextManager[None]:
        """Nobody else is here to change anything."""
        return nullcontext()

    def chain(self, head: str, known: Sequence[str]) -> list[Named]:
        found: list[Named] = []
        while head not in known and head in self.entries:
            entry = self.entries[head]
            found.append((head, self._as_stored(entry)))
            head = entry.prev
        return found[::-1]

    def tape_mark(
        self, hashes: Sequence[str], symbols: Sequence[str], closes: datetime
    ) -> tuple[Any, ...]:
        return (self.world, self.touched)

    def newest_bars(
        self, feed: Feed, first: datetime, last: datetime, seen_before: datetime | None = None
    ) -> list[Bar]:
        series, found = series_name(feed.source, feed.bar), []
        for (of, symbol, starts), versions in self.bars.items():
            if of == series and symbol in feed.symbols and first <= starts <= last:
                later = [
                    number
                    for number, one in enumerate(versions[1:], 2)
                    if seen_before is None or one.seen_at < seen_before
                ]
                found.append(self._bar((of, symbol, starts), later[-1] if later else 1))
        return sorted(found, key=lambda bar: (bar.session, bar.symbol))

    def known_actions(self, feed: Feed, last: date) -> list[Action]:
        found = [
            action
            for (source, symbol, ex_date, _), action in self.actions.items()
            if source == feed.source and symbol in feed.symbols and ex_date <= str(last)
        ]
        return sorted(found, key=lambda action: (action.ex_date, action.symbol, action.kind))

    def failures(self, feed: Feed) -> Mapping[str, str]:
        return {}

    def store_entries(self, entries: Sequence[Named]) -> None:
        for name, entry in entries:
            self.entries.setdefault(name, entry._replace(marks=marks_of(entry)))

    def _as_stored(self, entry: Entry) -> Entry:
        """An entry keeps references; what it tells is what stands there now."""
        told = [self._keys.get(bar.id) for bar in entry.bars]
        bars = [
            self._bar(key, bar.version)
            for key, bar in zip(told, entry.bars, strict=True)
            if key in self.bars
        ]
        there = {action.id: action for action in self.actions.values()}
        actions = [there[action.id] for action in entry.actions if action.id in there]
        return entry._replace(
            bars=tuple(bar._replace(seen_at=None) for bar in bars),
            actions=tuple(action._replace(seen_at=None) for action in actions),
        )

    def _bar(self, key: tuple[str, str, datetime], version: int) -> Bar:
        series, symbol, starts = key
        seen = self.bars[key][version - 1]
        told = f"{starts:%Y-%m-%dT%H:%M:%SZ}" if "/" in series else f"{starts:%Y-%m-%d}"
        return Bar(self._id(key), symbol, told, *seen[:5], version, seen.seen_at)

    @staticmethod
    @cache
    def _id(key: tuple[str, str, datetime]) -> UUID:
        return uuid5(NAMESPACE_URL, f"{key[0]} {key[1]} {key[2]}")
