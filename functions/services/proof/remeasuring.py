"""What was measured of a record, measured anew from its replay."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from functions import trackers
from functions.services.proof.rerunning import Rerun
from functions.services.proof.unlike import unlike
from functions.services.record.archive import Archive
from functions.services.record.measuring import Before, earlier_curve, moments
from functions.services.record.tape import Tape
from functions.services.record.work import Gathering
from functions.store import proving
from functions.store.additions import Measurement
from functions.store.appending import Database
from functions.store.performance import PerformanceMetrics, latest_of
from functions.store.records import Head, Record

_FIELDS = ("low", "high", "sample_size", "method")
_DIGITS = 1e-12
"""PostgreSQL keeps fifteen digits of a float that becomes a numeric."""


class Kept(NamedTuple):
    """What is stored: lasting metrics by moment and name, and the latest ones by name."""

    lasting: Mapping[tuple[datetime, str], Mapping[str, Any]]
    latest: Mapping[str, Mapping[str, Any]]


def kept_metrics(database: Database, execution_id: UUID) -> Kept:
    """Return what is stored of a record's metrics."""
    rows = proving.metrics_of(database, execution_id)
    lasting = {(row["calculation_time"], row["metric_name"]): row for row in rows}
    return Kept(lasting, proving.latest_of(database, execution_id))


def measured_anew(archive: Archive, record: Record, tape: Tape, ran: Rerun) -> list[Measurement]:
    """Measure a replayed segment at every moment at which its advances did.

    record: with the segment, and its last decision as head. The newest moment is the last.
    """
    segment = record.segment
    start = Head(segment.first_seq - 1, None, record.head.closes_at, "", "", None, None)
    benchmark = record.robot.config.get("benchmark")
    robots = archive.public_robots([benchmark] if benchmark else [])
    before = Before(earlier_curve(archive, record, tape), robots)
    at_start, ended = record._replace(head=start), segment.number > 1
    due = moments(at_start, ran.run, tape, before, ended=ended)
    gathered = Gathering(archive, record.owner, due)
    for tracker in trackers.open_built_in(gathered):
        tracker.finish()
    return list(gathered.measured)


def wrong_metrics(kept: Kept, measured: list[Measurement], *, newest: bool) -> Iterator[str]:
    """Say which stored metrics are not those measured anew.

    newest: whether the last measurement is of the record's newest slot. A metric that is not
    stored was not in the catalogue then.
    """
    for one in measured:
        if one.lasting:
            yield from _wrong_lasting(kept, one.metrics)
    if newest and measured:
        given = latest_of(measured[-1].metrics)
        for name, stored in kept.latest.items():
            yield from _wrong(f"latest metric {name}", stored, given.get(name, {}))


def _wrong_lasting(kept: Kept, metrics: PerformanceMetrics) -> Iterator[str]:
    at, found = metrics.calculation_time, 0
    for name, one in metrics.values.items():
        stored = kept.lasting.get((at, name))
        if stored is not None:
            found += 1
            given = {"metric_value": one.value, **{each: getattr(one, each) for each in _FIELDS}}
            given |= metrics.owner._asdict() | {
                "period_start": metrics.period_start,
                "period_end": metrics.period_end,
            }
            yield from _wrong(f"metric {name} of {at.date()}", stored, given)
    if not found:
        yield f"the metrics of {at.date()} are missing"


def _wrong(name: str, stored: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    parted = {
        field: value
        for field, value in given.items()
        if field in stored and not _same(stored[field], value)
    }
    yield from unlike(name, stored, parted, "measured anew it is")


def _same(stored: object, given: object) -> bool:
    if isinstance(stored, Decimal | float) and isinstance(given, float):
        return math.isclose(float(stored), given, rel_tol=_DIGITS, abs_tol=1e-14)
    return stored == given
