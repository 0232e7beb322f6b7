"""What a process remembers of the replays it has verified, so that it writes only what is new.

A remembered replay is laid beside the next one row by row. It counts as long as the record
reads as it was left and PostgreSQL says that none of its rows was written since; the rows are
not read for that. Else, and at least once in `READ_AGAIN` decisions, all are read and compared:
what became of a row without being written, on a damaged disk, nothing else would tell.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from engine import Run
from engine.orders import Orders
from engine.state import Events
from functions.services.record.measuring import Known
from functions.services.record.performances import Curve
from functions.services.record.rows import Decided
from functions.store.additions import Addition
from functions.store.marks import Mark
from functions.store.proof import Digest
from functions.store.records import DecisionRow, Head, Record

KEPT_REPLAYS = 4096
"""Some kilobytes each."""
READ_AGAIN = 64
"""After so many decisions at most, all rows of a record are read again."""


class Played(NamedTuple):
    """All that a run asked for and all that happened in it, up to its last row.

    Account, trades and equity of these rows follow from it and from the tape.
    """

    last: int
    orders: bytes
    events: bytes

    @classmethod
    def of(cls, run: Run) -> "Played":
        """Keep what a run brought."""
        last = len(run.market.sessions) - 1
        return cls(last, _until(run.state.orders, last), _until(run.state.events, last))

    def then(self, run: Run) -> "Played":
        """Keep what a run brought that begins so."""
        if not self.is_all_of(run):
            return Played.of(run)
        return self._replace(last=len(run.market.sessions) - 1)

    def begins(self, run: Run) -> bool:
        """Say whether a run brought the same up to this one's last row."""
        state = run.state
        same = self.orders == _until(state.orders, self.last)
        return same and self.events == _until(state.events, self.last)

    def is_all_of(self, run: Run) -> bool:
        """Say whether a run that begins so brought nothing more."""
        state = run.state
        return not (comes_after(state.orders, self.last) or comes_after(state.events, self.last))


def _until(table: Orders | Events, last: int) -> bytes:
    """Return the rows of a run's table up to one, column after column, as they lie in memory.

    Columns are of fixed width, so that tables of unlike length never come out alike.
    """
    rows = table.row[: int(table.used[0])]
    count = int(np.searchsorted(rows, last, side="right"))
    return b"".join(column[:count].tobytes() for column in table[1:])


def comes_after(table: Orders | Events, row: int) -> bool:
    """Say whether anything stands in a run's table after a row; its rows are in order."""
    used = int(table.used[0])
    return used > 0 and bool(table.row[used - 1] > row)


class Told(NamedTuple):
    """What follows from a replay's orders and events, and from a longer one that has no more.

    account: the one after its last row, as its leaf has it. known: of the whole record.
    """

    account: str
    known: Known


class Verified(NamedTuple):
    """A record whose stored rows are those of a replay.

    record, mark: how it must be read, and its rows be marked, for that to hold still.
    decided: where the orders that may still trade were asked for. earlier: what earlier segments
    brought. told: what the replay told. read_at: the head after all rows were read last.
    """

    record: Record
    mark: Mark
    played: Played
    digest: Digest
    decided: Mapping[str, Decided]
    earlier: Curve
    told: Told
    read_at: int


def appended_to(record: Record, addition: Addition) -> Record:
    """Return the record as it will be read once the addition is in."""
    last: DecisionRow = addition.decisions[-1]
    robot = record.robot._replace(
        trade_count=record.robot.trade_count + len(addition.trades), decision_count=last.seq
    )
    head = Head(last.seq, last.slot, last.closes_at, last.hash, last.tape, last.leaf, last.digest)
    return record._replace(robot=robot, head=head)


_kept: OrderedDict[UUID, Verified] = OrderedDict()


def remembered(record: Record, mark: Mark) -> Verified | None:
    """Return what is known of a record that stands as it was left, or None.

    None also where it is time to read all rows again, which is each robot's own: not all of a
    process in one slot.
    """
    found = _kept.get(record.owner.execution_id)
    if found is None or found.mark != mark or found.record != record:
        return None
    return found if _turn(record, found.read_at) == _turn(record, record.head.seq) else None


def _turn(record: Record, seq: int) -> int:
    return (seq + record.owner.execution_id.int) // READ_AGAIN


def remember(verified: Verified) -> None:
    """Keep a verified replay in the place of an earlier one."""
    execution = verified.record.owner.execution_id
    _kept.pop(execution, None)
    _kept[execution] = verified
    while len(_kept) > KEPT_REPLAYS:
        _kept.popitem(last=False)


def forget() -> None:
    """Let go of all replays, as a new process has none."""
    _kept.clear()
