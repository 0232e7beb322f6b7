"""Records and tapes in PostgreSQL, as those who advance robots see them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.pq import TransactionStatus

from functions.store import (
    drifts,
    executions,
    heads,
    health,
    leaves,
    marks,
    outbox,
    performance,
    proof,
    records,
    robots,
    runs,
    skips,
    tapes,
    trades,
    versions,
)
from functions.store.additions import Addition, Appended
from functions.store.appending import Database, append
from functions.store.drifts import DriftRow
from functions.store.leaves import StoredLeaf
from functions.store.marks import Mark
from functions.store.outbox import Message
from functions.store.proof import Stored
from functions.store.records import EquityRow, Record
from functions.store.skips import SkipRow
from functions.store.tapes import Action, Bar, Feed, Named
from functions.store.trades import Trade


class PostgresArchive:
    """The archive of a process; each call outside a transaction of the caller's is its own."""

    def __init__(self, connect: Callable[[], Database]) -> None:
        self._connect = connect

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read all as it stood at one moment, whatever others change within the block.

        Within a transaction of the caller's it is that transaction's view.
        """
        database = self._connect()
        within = database.info.transaction_status != TransactionStatus.IDLE
        with database.transaction():
            if not within:
                database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield

    def chain(self, head: str, known: Sequence[str]) -> list[Named]:
        """Return the entries that lead to head, oldest first; known: hashes at which to stop."""
        return tapes.read_chain(self._connect(), head, known)

    def tape_mark(self, hashes: Sequence[str], symbols: Sequence[str], closes: datetime) -> Mark:
        """Return what changes with any row that tape entries up to a close may refer to."""
        return marks.mark_of(self._connect(), hashes, symbols, closes)

    def newest_bars(
        self, feed: Feed, first: datetime, last: datetime, seen_before: datetime | None = None
    ) -> list[Bar]:
        """Return the newest version of every bar that starts from first to last.

        seen_before: of the later versions only those that came before it.
        """
        return tapes.newest_bars(self._connect(), feed, first, last, seen_before)

    def known_actions(self, feed: Feed, last: date) -> list[Action]:
        """Return every action with an ex-date up to last."""
        return tapes.known_actions(self._connect(), feed, last)

    def failures(self, feed: Feed) -> Mapping[str, str]:
        """Return why the provider could not be read, by symbol, where it could not."""
        return health.failures(self._connect(), feed.source, feed.bar, feed.symbols)

    def records(self, robots: Sequence[UUID]) -> list[Record]:
        """Return the records of these robots, as far as they have one, by id."""
        return records.read_records(self._connect(), robots)

    def marks(self, of: Sequence[Record]) -> list[Mark]:
        """Return for each record what changes when any of its rows is touched."""
        return list(heads.marks_of(self._connect(), of))

    def stored(self, of: Sequence[Record]) -> list[Stored]:
        """Return for each record the digests of what is stored of it."""
        return proof.stored_of(self._connect(), of) if of else []

    def lines(self, record: Record, *, closed: bool = False) -> list[str]:
        """Return the stored lines of its segment; closed: those of all that lies before it."""
        return proof.stored_lines(self._connect(), record, closed=closed)

    def broken_link(self, execution_id: UUID, last: int) -> int | None:
        """Return the first seq up to last whose leaf does not fit the chain, if any."""
        return leaves.broken_link(self._connect(), execution_id, last)

    def leaf(self, execution_id: UUID, seq: int) -> StoredLeaf | None:
        """Return one decision as stored."""
        return leaves.read_leaf(self._connect(), execution_id, seq)

    def asked_before(
        self, execution_id: UUID, seq: int, orders: Sequence[str]
    ) -> list[tuple[str, str, str]]:
        """Return where orders were asked for before a seq: order, slot, leaf hash."""
        return leaves.asked_before(self._connect(), execution_id, seq, orders)

    def points(self, execution_id: UUID, before: int) -> list[EquityRow]:
        """Return a run's equity of a lower sequence, in order."""
        return runs.read_points(self._connect(), execution_id, before)

    def trades(self, execution_id: UUID, before: int | None = None) -> list[Trade]:
        """Return a run's trades in order; before: only those of a lower sequence."""
        return trades.read_trades(self._connect(), execution_id, before)

    def public_robots(self, slugs: Sequence[str]) -> Mapping[str, tuple[str, dict[str, Any]]]:
        """Return strategy code and config of these robots, as far as they are public."""
        return robots.public_robots(self._connect(), slugs) if slugs else {}

    def append(self, additions: Sequence[Addition]) -> list[Appended | None]:
        """Append to several records in one transaction; None where a head has moved.

        Locks the robots in order of id. Any error leaves nothing of any of them.
        """
        database = self._connect()
        with database.transaction():
            standing = heads.lock_at(database, [each.record for each in additions])
            new = [each for each, stands in zip(additions, standing, strict=True) if stands]
            done = iter(_append(database, new) if new else [])
            return [next(done) if stands else None for stands in standing]

    def note_drift(
        self, record: Record, drift: DriftRow, told: Sequence[Message]
    ) -> tuple[int, ...] | None:
        """Keep a drift and mark the execution; None, and nothing kept, where the head moved."""
        database = self._connect()
        with database.transaction():
            if not all(heads.lock_at(database, [record])):
                return None
            drifts.append_drift(database, drift)
            return tuple(outbox.put(database, told))

    def skip(self, rows: Sequence[SkipRow], told: Sequence[Message]) -> tuple[int, ...]:
        """Note slots that were due and not recorded; a later note replaces an earlier one.

        Returns the outbox positions of those messages that were not there yet.
        """
        database = self._connect()
        with database.transaction():
            skips.note_skips(database, rows)
            return tuple(outbox.put(database, told))


def _append(database: Database, new: Sequence[Addition]) -> list[Appended]:
    for each in new:
        if each.opened:
            _open(database, each)
    # Tapes are shared: whoever stores the same entries does so in the same order.
    entries = {name: entry for each in new for name, entry in each.entries}
    tapes.insert_entries(database, sorted(entries.items()))
    append(database, "decisions", [row for each in new for row in each.decisions])
    trades.append_trades(database, [row for each in new for row in each.trades])
    append(database, "equity_points", [row for each in new for row in each.points])
    executions.advance(database, [_progress(each) for each in new])
    measured = [one for each in new for one in each.measured]
    performance.keep_metrics(database, *(one.metrics for one in measured if one.lasting))
    told = outbox.put_each(database, [message for each in new for message in each.messages])
    number = heads.transaction_number(database)
    return [_appended(each, told, number) for each in new]


def _open(database: Database, addition: Addition) -> None:
    owner, opened = addition.record.owner, addition.opened
    if opened:
        versions.append_version(database, opened.version)
        records.append_segment(database, owner, opened.segment, opened.reason)
        if opened.drift:
            drifts.keep_drift(database, opened.drift)


def _progress(addition: Addition) -> executions.Progress:
    record, decisions = addition.record, addition.decisions
    newest = addition.measured[-1].metrics if addition.measured else None
    return executions.Progress(
        record.owner.execution_id,
        decisions[-1].seq,
        record.robot.trade_count + len(addition.trades),
        decisions[0].closes_at,
        decisions[-1].closes_at,
        performance.latest_of(newest) if newest else None,
        *(newest.period if newest else ()),
    )


def _appended(
    addition: Addition, told: Mapping[tuple[str, str], int], transaction: int
) -> Appended:
    keys = [(message.kind, message.key) for message in addition.messages]
    positions = tuple(told[key] for key in dict.fromkeys(keys) if key in told)
    if addition.mark is None:
        return Appended(positions, None)
    tables = (addition.decisions, addition.trades, addition.points)
    added = (int(addition.opened is not None), *(len(rows) for rows in tables))
    return Appended(positions, heads.mark_after(addition.mark, transaction, added))
