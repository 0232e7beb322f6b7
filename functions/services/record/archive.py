"""What a record is kept in: all that advancing robots asks of it, as one port.

PostgreSQL stands behind it (`functions.store.archive`); a record can also be kept in memory,
where nothing outlives the process. Both give the same answers, and a refused or broken append
leaves nothing behind in either.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from functions.store.additions import Addition, Appended
from functions.store.drifts import DriftRow
from functions.store.leaves import StoredLeaf
from functions.store.marks import Mark
from functions.store.outbox import Message
from functions.store.proof import Stored
from functions.store.records import EquityRow, Record
from functions.store.skips import SkipRow
from functions.store.tapes import Action, Bar, Feed, Named
from functions.store.trades import Trade


class Tapes(Protocol):
    """The market as it was seen, and the tapes made of it."""

    def snapshot(self) -> AbstractContextManager[object]:
        """Read all as it stood at one moment, whatever others change within the block."""

    def chain(self, head: str, known: Sequence[str]) -> list[Named]:
        """Return the entries that lead to head, oldest first; known: hashes at which to stop."""

    def tape_mark(self, hashes: Sequence[str], symbols: Sequence[str], closes: datetime) -> Mark:
        """Return what changes with any row that tape entries up to a close may refer to."""

    def newest_bars(
        self, feed: Feed, first: datetime, last: datetime, seen_before: datetime | None = None
    ) -> list[Bar]:
        """Return the newest version of every bar that starts from first to last.

        seen_before: of the later versions only those that came before it.
        """

    def known_actions(self, feed: Feed, last: date) -> list[Action]:
        """Return every action with an ex-date up to last."""

    def failures(self, feed: Feed) -> Mapping[str, str]:
        """Return why the provider could not be read, by symbol, where it could not."""


class Archive(Tapes, Protocol):
    """Records and their tapes: read in one go for many robots, appended to all or nothing."""

    def records(self, robots: Sequence[UUID]) -> list[Record]:
        """Return the records of these robots, as far as they have one, by id."""

    def marks(self, records: Sequence[Record]) -> list[Mark]:
        """Return for each record what changes when any of its rows is touched."""

    def stored(self, records: Sequence[Record]) -> list[Stored]:
        """Return for each record the digests of what is stored of it."""

    def lines(self, record: Record, *, closed: bool = False) -> list[str]:
        """Return the stored lines of its segment; closed: those of all that lies before it."""

    def broken_link(self, execution_id: UUID, last: int) -> int | None:
        """Return the first seq up to last whose leaf does not fit the chain, if any."""

    def leaf(self, execution_id: UUID, seq: int) -> StoredLeaf | None:
        """Return one decision as stored."""

    def asked_before(
        self, execution_id: UUID, seq: int, orders: Sequence[str]
    ) -> list[tuple[str, str, str]]:
        """Return where orders were asked for before a seq: order, slot, leaf hash."""

    def points(self, execution_id: UUID, before: int) -> list[EquityRow]:
        """Return a run's equity of a lower sequence, in order."""

    def trades(self, execution_id: UUID, before: int | None = None) -> list[Trade]:
        """Return a run's trades in order; before: only those of a lower sequence."""

    def public_robots(self, slugs: Sequence[str]) -> Mapping[str, tuple[str, dict[str, object]]]:
        """Return strategy code and config of these robots, as far as they are public."""

    def append(self, additions: Sequence[Addition]) -> list[Appended | None]:
        """Append to several records in one transaction; None where a head has moved.

        Locks the robots in order of id. Any error leaves nothing of any of them.
        """

    def note_drift(
        self, record: Record, drift: DriftRow, told: Sequence[Message]
    ) -> tuple[int, ...] | None:
        """Keep a drift and mark the execution; None, and nothing kept, where the head moved."""

    def skip(self, rows: Sequence[SkipRow], told: Sequence[Message]) -> tuple[int, ...]:
        """Note slots that were due and not recorded; a later note replaces an earlier one.

        Returns the outbox positions of those messages that were not there yet.
        """
