"""Advancing robots: read their heads, replay, compare, append what is new in one transaction.

The replays stand outside any transaction. A robot that was advanced meanwhile is left alone, so
calling this twice, late, or from two places at once changes nothing. What goes wrong with one
robot is that robot's alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from functions.services.record.archive import Archive
from functions.services.record.comparing import Drift, tape_drift
from functions.services.record.definition import refuse_change
from functions.services.record.outcomes import Due, Outcome, Result
from functions.services.record.planning import Plan, Task, plan
from functions.services.record.recording import note_drift
from functions.services.record.remembering import remember, remembered
from functions.services.record.sharing import Shared
from functions.services.record.skipping import note_skips
from functions.services.record.tape import BrokenTapeError
from functions.store.additions import Appended
from functions.store.records import Owner, Record

__all__ = ["Done", "Due", "Outcome", "Result", "advance_records", "advance_robot"]

Found = TypeVar("Found")


class Done(NamedTuple):
    """What became of each record, or what it raised; outbox: more positions to deliver."""

    results: list[Result]
    outbox: tuple[int, ...]


def advance_robot(archive: Archive, record: Record, due: Due) -> Outcome:
    """Bring one record up to a slot; raises what the strategy raises.

    ParameterError where the robot's symbols, calendar or bar were changed.
    """
    (found,) = advance_records(archive, [record], due).results
    if isinstance(found, Exception):
        raise found
    return found


def advance_records(archive: Archive, records: Sequence[Record], due: Due) -> Done:
    """Bring records up to a slot, each as far as it goes.

    Robots of one feed that stand at one slot read tape and news once. All that is new is
    appended in one transaction, and robot by robot where that one fails.
    """
    shared = Shared(archive, due)
    read = [_tried(_read, archive, shared, record) for record in records]
    tasks = _checked(archive, [found for found in read if isinstance(found, Task)])
    robots = archive.public_robots(sorted(_benchmarks(tasks)))
    planned = {
        task.record.owner: _tried(plan, archive, task, str(due.slot), robots) for task in tasks
    }
    appended = _append(archive, [one for one in planned.values() if isinstance(one, Plan)])
    results: list[Result] = []
    for record, found in zip(records, read, strict=True):
        whole = planned[record.owner] if isinstance(found, Task) else found
        results.append(_result(archive, record, whole, appended))
    return _noted(archive, records, results, due)


def _noted(
    archive: Archive, records: Sequence[Record], results: Sequence[Result], due: Due
) -> Done:
    """Note who was not recorded; that this fails undoes nothing that was done."""
    noted = note_skips(archive, records, results, due)
    outbox, whole = noted.outbox, list(results)
    for at, record in enumerate(records):
        result = results[at]
        if isinstance(result, Outcome) and record.owner in noted.errors:
            whole[at] = noted.errors[record.owner]
            outbox += result.outbox
    return Done(whole, outbox)


def _read(archive: Archive, shared: Shared, record: Record) -> Task | Outcome | Drift:
    refuse_change(record.robot)
    missing = shared.missing(record)
    if not missing:
        return Outcome(record.robot.slug)
    try:
        news = shared.news(record, missing)
    except BrokenTapeError as error:
        return tape_drift(archive, record, error.slot, str(error))
    if not news.entries:
        return Outcome(record.robot.slug, waiting=news.waiting)
    return Task(record, news, ())


def _checked(archive: Archive, tasks: Sequence[Task]) -> list[Task]:
    """Add what is known of the stored rows: a verified replay, or else their digests."""
    if not tasks:
        return []
    marks = archive.marks([task.record for task in tasks])
    marked = [
        task._replace(mark=mark, verified=remembered(task.record, mark))
        for task, mark in zip(tasks, marks, strict=True)
    ]
    unknown = [task.record for task in marked if task.verified is None]
    found = iter(archive.stored(unknown))
    return [
        task if task.verified is not None else task._replace(stored=next(found)) for task in marked
    ]


def _benchmarks(tasks: Sequence[Task]) -> set[str]:
    named = [task.record.robot.config.get("benchmark") for task in tasks]
    return {slug for slug in named if isinstance(slug, str) and slug}


def _append(archive: Archive, plans: Sequence[Plan]) -> dict[Owner, Appended | Exception | None]:
    """Append all at once; where that fails, each alone, so that the one to blame is known."""
    if not plans:
        return {}
    found: Sequence[Appended | Exception | None]
    try:
        found = archive.append([one.addition for one in plans])
    except Exception as error:
        alone = len(plans) == 1
        found = [error] if alone else [_tried(_append_one, archive, one) for one in plans]
    for one, added in zip(plans, found, strict=True):
        if isinstance(added, Appended) and added.mark is not None:
            remember(one.verified._replace(mark=added.mark))
    owners = (one.addition.record.owner for one in plans)
    return dict(zip(owners, found, strict=True))


def _append_one(archive: Archive, one: Plan) -> Appended | None:
    return archive.append([one.addition])[0]


def _result(
    archive: Archive,
    record: Record,
    found: Plan | Outcome | Drift | Exception,
    appended: Mapping[Owner, Appended | Exception | None],
) -> Result:
    slug = record.robot.slug
    if isinstance(found, Drift):
        return _tried(_drifted, archive, record, found)
    if not isinstance(found, Plan):
        return found
    added = appended[record.owner]
    if isinstance(added, Exception):
        return added
    if added is None:
        return Outcome(slug, moved=True)
    return Outcome(slug, len(found.addition.entries), found.waiting, None, added.outbox)


def _drifted(archive: Archive, record: Record, drift: Drift) -> Outcome:
    noted = note_drift(archive, record, drift)
    slug = record.robot.slug
    if noted is None:
        return Outcome(slug, moved=True)
    return Outcome(slug, drift=drift, outbox=noted)


def _tried(call: Callable[..., Found], *arguments: object) -> Found | Exception:
    try:
        return call(*arguments)
    except Exception as error:
        return error
