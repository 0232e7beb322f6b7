"""What robots of one batch have in common: slots, tapes and news."""

from collections.abc import Sequence

from functions.services.market.slots import Slot, anchor_of, slots
from functions.services.record.archive import Archive
from functions.services.record.outcomes import Due
from functions.services.record.reading import News, news_for, tape_at
from functions.services.record.tape import BrokenTapeError
from functions.store.records import Record
from functions.store.tapes import Feed


class Shared:
    """Slots, tapes and news, read once for all robots that stand at the same place."""

    def __init__(self, archive: Archive, due: Due) -> None:
        self._archive, self._due = archive, due
        self._slots: dict[object, tuple[Slot, ...]] = {}
        self._news: dict[object, News | BrokenTapeError] = {}

    def missing(self, record: Record) -> tuple[Slot, ...]:
        """Return the slots between a record's head and the one that is due."""
        since, slot = record.head.closes_at, self._due.slot
        anchor = anchor_of(record.robot.request["source"], slot.bar)
        if (since, anchor) not in self._slots:
            self._slots[since, anchor] = slots(
                slot.calendar, slot.bar, since, slot.closes_at, anchor
            )
        return self._slots[since, anchor]

    def news(self, record: Record, missing: Sequence[Slot]) -> News:
        """Return what a record has not read yet; BrokenTapeError where its tape was changed."""
        request = record.robot.request
        feed = Feed(tuple(request["symbols"]), request["source"], self._due.slot.bar)
        key = (record.head.tape, record.head.closes_at, feed)
        if key not in self._news:
            self._news[key] = self._read(record.head.tape, feed, missing)
        found = self._news[key]
        if isinstance(found, BrokenTapeError):
            raise found
        return found

    def _read(self, head: str, feed: Feed, missing: Sequence[Slot]) -> News | BrokenTapeError:
        try:
            tape = tape_at(self._archive, head, feed.symbols)
            return news_for(self._archive, tape, feed, missing, deadline=self._due.deadline)
        except BrokenTapeError as error:
            return error
