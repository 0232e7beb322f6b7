"""What one robot's record is to be given: its segment replayed, compared, and what is new."""

from collections.abc import Mapping
from typing import NamedTuple

from engine import Run
from functions.services.record import measuring, segments
from functions.services.record.archive import Archive
from functions.services.record.asked import still_asked
from functions.services.record.benchmark import Public
from functions.services.record.comparing import (
    DATA,
    ENGINE,
    Drift,
    Replayed,
    broken_chain,
    changed_rows,
    data_drift,
    difference,
    lines_of,
    new_lines,
)
from functions.services.record.definition import Definition, as_recorded, changed, resolve
from functions.services.record.measuring import Known
from functions.services.record.performances import Curve
from functions.services.record.reading import News
from functions.services.record.recording import (
    Additions,
    addition_of,
    decided_in,
    inherited,
    late_in,
    rows_in,
    rows_of,
)
from functions.services.record.remembering import Played, Told, Verified, appended_to
from functions.services.record.replay import gone_on, replay, simulated
from functions.services.record.rows import Decided
from functions.services.record.tape import Tape
from functions.store.additions import Addition
from functions.store.marks import Mark
from functions.store.proof import Digest, Stored
from functions.store.records import Record


class Task(NamedTuple):
    """A record with what it has not read yet, and what is known of its stored rows.

    mark: of its rows, read before their digests. verified: the replay they are known to equal.
    stored: their digests, where nothing is known of them.
    """

    record: Record
    news: News
    mark: Mark
    verified: Verified | None = None
    stored: Stored | None = None


class Plan(NamedTuple):
    """What is to be appended, and what is known of the record once it is."""

    addition: Addition
    verified: Verified
    waiting: str


class _Checked(NamedTuple):
    """A segment found as it was recorded, and what goes on from it.

    digest: of its rows before the new ones. decided: where the orders behind new trades were
    asked for. account: the one after the newest slot, as its leaf has it. played, told: what the
    last replay brought, which this one begins with, and what it told, where this one brings no
    more. read_at: the head when all rows were read, where that was before this replay. opened,
    parted: as in `Additions`.
    """

    record: Record
    definition: Definition
    run: Run
    new: Replayed
    digest: Digest
    decided: dict[str, Decided]
    earlier: Curve
    account: str
    played: Played | None = None
    told: Told | None = None
    read_at: int | None = None
    opened: str = ""
    parted: Drift | None = None


def plan(archive: Archive, task: Task, due: str, robots: Public) -> Plan | Drift:
    """Replay a record's segment and work out its new rows; nothing is written.

    Where its terms changed, the next segment begins. due: the slot asked for. robots: those it
    is measured against. Raises what the strategy raises.
    """
    robot = task.record.robot
    definition = resolve(robot.strategy_code, robot.config)
    found = _gone_on(task, definition) or _compared(archive, task, definition)
    if isinstance(found, Drift):
        return found
    return _planned(archive, task, found, due, robots)


def _gone_on(task: Task, definition: Definition) -> _Checked | None:
    """Lay the replay beside the one that was verified, and write only what is new; or nothing."""
    record, tape, verified = task.record, task.news.tape, task.verified
    if verified is None or _changed(record, definition):
        return None
    run = simulated(record, definition, tape)
    if not verified.played.begins(run):
        return None
    told = verified.told if verified.played.is_all_of(run) else None
    replayed = gone_on(record, run, tape, told.account if told else "")
    decided = {**verified.decided, **decided_in(replayed)}
    new = rows_in(record, replayed, decided)
    left = (verified.digest, decided, verified.earlier, replayed.account)
    known = (verified.played, told, verified.read_at)
    return _Checked(record, definition, run, new, *left, *known)


def _changed(record: Record, definition: Definition) -> str:
    segment = record.segment
    terms = {"parameters": segment.parameters, "options": segment.options}
    return changed(definition, code=segment.code, **terms)


def _compared(archive: Archive, task: Task, definition: Definition) -> _Checked | Drift:
    """Compare all that is stored with a replay; where its terms no longer apply, begin anew."""
    record, tape = task.record, task.news.tape
    if damage := segments.damage(archive, record, tape):
        return data_drift(archive, record, damage.seq, record.head.hash, damage.words)
    stored = task.stored or archive.stored([record])[0]
    own = as_recorded(record.robot.strategy_code, definition, record.segment)
    opened = _changed(record, definition)
    if broken := broken_chain(archive, record, replayed=own is not None):
        return broken
    if own is None:
        damaged = changed_rows(archive, record, stored)
        return damaged or _begun(archive, record, definition, tape, opened)
    replayed = replay(record, own, tape)
    known, new = rows_of(archive, record, replayed)
    lines = lines_of(record.segment, known, stored.backfilled)
    drift = difference(archive, record, known, lines, stored)
    if drift and (drift.kind == DATA or record.segment.rules == definition.rules):
        return drift
    if drift:
        begun = _begun(archive, record, definition, tape, opened or "engine changed")
        return begun._replace(parted=drift._replace(kind=ENGINE))
    if opened:
        return _begun(archive, record, definition, tape, opened)
    decided = {**inherited(archive, record), **decided_in(replayed)}
    earlier = measuring.earlier_curve(archive, record, tape)
    left = (Digest().then(lines), decided, earlier, replayed.account)
    return _Checked(record, definition, replayed.run, new, *left)


def _begun(
    archive: Archive, record: Record, definition: Definition, tape: Tape, reason: str
) -> _Checked:
    """Begin the next segment with what the last one left."""
    opened = segments.successor(record, definition, reason)
    closing = archive.stored([opened])[0].closed
    record = opened._replace(segment=opened.segment._replace(closing=closing))
    replayed = replay(record, definition, tape)
    _, new = rows_of(archive, record, replayed)
    digest = Digest().then(lines_of(record.segment, Replayed([], [], []), ()))
    decided = {**inherited(archive, record), **decided_in(replayed)}
    earlier = measuring.earlier_curve(archive, record, tape)
    left = (digest, decided, earlier, replayed.account)
    return _Checked(record, definition, replayed.run, new, *left, opened=reason)


def _planned(archive: Archive, task: Task, found: _Checked, due: str, robots: Public) -> Plan:
    record, news, new = found.record, task.news, found.new
    known = found.told and found.told.known
    curve = measuring.whole_curve(found.earlier, found.run, news.tape, known)
    moments = measuring.moments(record, curve, news.tape, robots, ended=bool(found.opened))
    added = new_lines(record.segment, new, late_in(new, due))
    digest = found.digest.then(added)
    additions = Additions(
        *(record, found.opened, found.parted, found.definition, news.entries, new, moments, due),
        digest=digest.hex(),
        mark=task.mark,
    )
    addition = addition_of(archive, additions)
    after = appended_to(record, addition)
    verified = Verified(
        after,
        task.mark,
        found.played.then(found.run) if found.played else Played.of(found.run),
        digest,
        _still_decided(found),
        found.earlier,
        found.told or Told(found.account, Known(curve.fills, curve.splits, curve.trips or ())),
        after.head.seq if found.read_at is None else found.read_at,
    )
    return Plan(addition, verified, news.waiting)


def _still_decided(found: _Checked) -> Mapping[str, Decided]:
    """Where the orders that may still trade were asked for; without news that is known."""
    if found.told:
        return found.decided
    left = still_asked(found.run.account_at(len(found.run.market.sessions) - 1))
    return {name: where for name, where in found.decided.items() if name in left}
