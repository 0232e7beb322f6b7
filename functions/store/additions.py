"""All rows that one advance adds to one record, and what became of them."""

from collections.abc import Sequence
from typing import NamedTuple

from functions.store.drifts import DriftRow
from functions.store.marks import Mark
from functions.store.outbox import Message
from functions.store.performance import PerformanceMetrics
from functions.store.records import DecisionRow, EquityRow, Record, Segment
from functions.store.tapes import Named
from functions.store.trades import Trade
from functions.store.versions import VersionRow


class Measurement(NamedTuple):
    """Metrics of one moment; lasting: kept for ever, beside being the latest ones."""

    metrics: PerformanceMetrics
    lasting: bool


class Opened(NamedTuple):
    """A new segment, why it was opened, and what runs in it.

    drift: where a new engine left the segment before, if it did.
    """

    segment: Segment
    reason: str
    version: VersionRow
    drift: DriftRow | None = None


class Addition(NamedTuple):
    """New rows of one record, which must still stand where it was read.

    mark: of the rows that are there, as they were verified, or None.
    """

    record: Record
    opened: Opened | None
    entries: Sequence[Named]
    decisions: Sequence[DecisionRow]
    trades: Sequence[Trade]
    points: Sequence[EquityRow]
    measured: Sequence[Measurement]
    messages: Sequence[Message]
    mark: Mark | None = None


class Appended(NamedTuple):
    """What an append left: outbox positions to deliver.

    mark: of the record's rows if nobody else has touched them, None where the old one was not
    known.
    """

    outbox: tuple[int, ...]
    mark: Mark | None
