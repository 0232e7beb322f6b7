"""What was measured of a record, measured anew from its replay."""

import inspect
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from engine.metrics import Metric, catalogue
from functions import trackers
from functions.services.proof.rerunning import Rerun
from functions.services.proof.unlike import unlike
from functions.services.record.archive import Archive
from functions.services.record.measuring import earlier_curve, moments, whole_curve
from functions.services.record.tape import Tape
from functions.services.record.work import Gathering
from functions.store import proving
from functions.store.additions import Measurement
from functions.store.appending import Database
from functions.store.latest import in_full, period_of
from functions.store.performance import PerformanceMetrics, latest_of
from functions.store.records import Head, Record

_FIELDS = ("low", "high", "sample_size", "method")
_DIGITS = 1e-12
"""PostgreSQL keeps fifteen digits of a float that becomes a numeric."""


class Kept(NamedTuple):
    """What is stored: lasting metrics by moment and name, and the latest ones by name.

    since: the moment from which on each metric is kept.
    compared: names of metrics that take the benchmark, where the robot has one. What that robot
    ran at the time is no part of this record, so their values are not measured anew.
    """

    lasting: Mapping[tuple[datetime, str], Mapping[str, Any]]
    latest: object
    since: Mapping[str, datetime]
    compared: frozenset[str]


def kept_metrics(database: Database, record: Record) -> Kept:
    """Return what is stored of a record's metrics."""
    run: UUID = record.owner.execution_id
    rows = proving.metrics_of(database, run)
    lasting = {(row["calculation_time"], row["metric_name"]): row for row in rows}
    latest = proving.execution_of(database, run)["latest_metrics"]
    compared = [one.name for one in catalogue().values() if _compares(one)]
    benchmark = record.robot.config.get("benchmark")
    since = {name: at for at, name in sorted(lasting, reverse=True)}
    return Kept(lasting, latest, since, frozenset(compared if benchmark else ()))


def _compares(metric: Metric) -> bool:
    functions = [metric.compute, *([metric.interval.bounds] if metric.interval else [])]
    return any("benchmark_returns" in inspect.signature(each).parameters for each in functions)


def measured_anew(archive: Archive, record: Record, tape: Tape, ran: Rerun) -> list[Measurement]:
    """Measure a replayed segment at every moment at which its advances did, without a benchmark.

    record: with the segment, and its last decision as head. The newest moment is the last.
    """
    segment = record.segment
    start = Head(segment.first_seq - 1, None, record.head.closes_at, "", "", None, None)
    alone = record.robot._replace(config={**record.robot.config, "benchmark": None})
    curve = whole_curve(earlier_curve(archive, record, tape), ran.run, tape)
    at_start, ended = record._replace(head=start, robot=alone), segment.number > 1
    due = moments(at_start, curve, tape, {}, ended=ended)
    gathered = Gathering(archive, record.owner, due)
    for tracker in trackers.open_built_in(gathered):
        tracker.finish()
    return list(gathered.measured)


def wrong_metrics(kept: Kept, measured: list[Measurement], *, newest: bool) -> Iterator[str]:
    """Say which stored metrics are not those measured anew.

    newest: whether the last measurement is of the record's newest slot. A metric of the engine's
    own that was kept once is kept ever after; before that it was not in the catalogue.
    """
    for one in measured:
        if one.lasting:
            yield from _wrong_lasting(kept, one.metrics)
    if newest and measured:
        yield from _wrong_latest(kept, measured[-1].metrics)


def _wrong_lasting(kept: Kept, metrics: PerformanceMetrics) -> Iterator[str]:
    at, found = metrics.calculation_time, 0
    for name, one in metrics.values.items():
        stored = kept.lasting.get((at, name))
        if stored is not None:
            found += 1
            given = {"metric_value": one.value, **{each: getattr(one, each) for each in _FIELDS}}
            given = {} if name in kept.compared else given
            given |= metrics.owner._asdict() | {
                "period_start": metrics.period_start,
                "period_end": metrics.period_end,
            }
            yield from _wrong(f"metric {name} of {at.date()}", stored, given)
        elif _own(name) and kept.since.get(name, at) < at:
            yield f"metric {name} of {at.date()} is missing"
    if not found:
        yield f"the metrics of {at.date()} are missing"


def _wrong_latest(kept: Kept, metrics: PerformanceMetrics) -> Iterator[str]:
    given = in_full(latest_of(metrics), period_of(metrics.period))
    latest = kept.latest if isinstance(kept.latest, dict) else {}
    if not latest:
        yield "the latest metrics are missing"
        return
    for name, stored in latest.items():
        told = dict(given.get(name, {}))
        if not isinstance(stored, dict):
            yield f"latest metric {name}: is {stored}, no measurement"
            continue
        if name in kept.compared:
            told = {each: told[each] for each in told if each.startswith(("calculation", "period"))}
        yield from _wrong(f"latest metric {name}", stored, told)
    for name in given:
        if name not in latest and _own(name) and name in kept.since:
            yield f"latest metric {name} is missing"


def unmeasured(
    kept: Kept, measured: list[Measurement], skipped: list[tuple[datetime, datetime]]
) -> Iterator[str]:
    """Say of which stored moments nothing is to be measured.

    skipped: first and last slot of stretches that were not replayed, of which that is not known.
    """
    there = {one.metrics.calculation_time for one in measured if one.lasting}
    for at in sorted({at for at, _ in kept.lasting} - there):
        if not any(first <= at <= last for first, last in skipped):
            yield f"the metrics of {at.date()} were added; nothing is kept of that moment"


def _own(name: str) -> bool:
    """Whether a metric is the engine's own: one of a plugin may come and go."""
    return name in catalogue() and catalogue()[name].compute.__module__.startswith("engine.")


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
