"""Advancing a robot: read its head, replay, compare, append what is new in one transaction.

The replay stands outside any transaction. A robot that was advanced meanwhile is left alone,
so calling this twice, late, or from two places at once changes nothing.
"""

from typing import NamedTuple

from functions.services.market.slots import Slot, slots
from functions.services.platform import Platform
from functions.services.record import measuring, segments
from functions.services.record.comparing import (
    DATA,
    Drift,
    Lines,
    Replayed,
    changed_rows,
    difference,
    lines_of,
)
from functions.services.record.definition import (
    Definition,
    as_recorded,
    changed,
    refuse_change,
    resolve,
)
from functions.services.record.reading import News, news_for, tape_at
from functions.services.record.recording import (
    Additions,
    late_in,
    note_drift,
    record_additions,
    rows_of,
)
from functions.services.record.replay import Replay, replay
from functions.services.record.tape import BrokenTapeError, Tape
from functions.store import proof
from functions.store.appending import Database
from functions.store.records import Record
from functions.store.tapes import Feed


class Due(NamedTuple):
    """The slot an event stands for; deadline: whether this is its last call."""

    slot: Slot
    deadline: bool


class Outcome(NamedTuple):
    """What became of one robot.

    appended: how many slots. waiting: why the newest has not closed yet. drift: why nothing was
    appended. outbox: positions to deliver.
    """

    robot: str
    appended: int = 0
    waiting: str = ""
    drift: Drift | None = None
    outbox: tuple[int, ...] = ()


def advance_robot(platform: Platform, record: Record, due: Due) -> Outcome:
    """Bring one record up to a slot; raises what the strategy raises.

    ParameterError where the robot's symbols, calendar or bar were changed.
    """
    slug = record.robot.slug
    refuse_change(record.robot)
    missing = slots(due.slot.calendar, due.slot.bar, record.head.closes_at, due.slot.closes_at)
    if not missing:
        return Outcome(slug)
    database = platform.connect()
    feed = Feed(record.robot.config["symbols"], platform.provider, due.slot.bar)
    try:
        tape = tape_at(database, record.head.tape, feed.symbols)
        news = news_for(database, tape, feed, missing, deadline=due.deadline)
        if not news.entries:
            return Outcome(slug, waiting=news.waiting)
        found = _played(platform, record, news, str(due.slot))
    except BrokenTapeError as error:
        found = _damaged(record, due, record.head.tape, str(error))
    if isinstance(found, Drift):
        noted = note_drift(platform, record, found)
        return Outcome(slug) if noted is None else Outcome(slug, drift=found, outbox=noted)
    positions = record_additions(platform, found)
    if positions is None:
        return Outcome(slug)
    return Outcome(slug, len(news.entries), news.waiting, None, positions)


class _Checked(NamedTuple):
    """A segment found as it was recorded, and what goes on from it."""

    replayed: Replay
    new: Replayed
    lines: Lines


def _played(platform: Platform, record: Record, news: News, due: str) -> Additions | Drift:
    """Replay the segment; or, where it no longer applies, begin the next one."""
    database, robot = platform.connect(), record.robot
    definition = resolve(robot.strategy_code, robot.config)
    if damage := segments.damage(database, record, news.tape):
        return Drift(record.head.seq, record.head.slot or "", DATA, record.head.leaf or "", damage)
    found = _checked(database, record, definition, news.tape)
    if isinstance(found, Drift):
        return found
    opened = found if isinstance(found, str) else ""
    if isinstance(found, str):
        record = _succeeded(database, record, definition, opened)
        found = _begun(database, record, definition, news.tape)
    moments = measuring.moments(database, record, found.replayed, news.tape, ended=bool(opened))
    added = lines_of(record.segment, found.new, late_in(found.new, due))
    digest = proof.digest_of(found.lines.then(added).all())
    return Additions(record, opened, definition, news.entries, found.new, moments, due, digest)


def _checked(
    database: Database, record: Record, definition: Definition, tape: Tape
) -> _Checked | Drift | str:
    """Compare what is recorded with a replay on its own terms; text: why the segment ends."""
    segment, stored = record.segment, proof.stored(database, record)
    terms = {"parameters": segment.parameters, "options": segment.options}
    opened = changed(definition, code=segment.code, **terms)
    own = as_recorded(record.robot.strategy_code, definition, segment)
    if own is None:
        return changed_rows(database, record, stored, record.head.seq) or opened
    replayed = replay(record, own, tape)
    known, new = rows_of(database, record, replayed)
    lines = lines_of(segment, known, stored.backfilled)
    drift = difference(database, record, known, lines, stored)
    if drift and (drift.kind == DATA or segment.rules == definition.rules):
        return drift
    if drift or opened:
        return opened or "engine changed"
    return _Checked(replayed, new, lines)


def _succeeded(database: Database, record: Record, definition: Definition, reason: str) -> Record:
    opened = segments.successor(record, definition, reason)
    closing = proof.stored(database, opened).closed
    return opened._replace(segment=opened.segment._replace(closing=closing))


def _begun(database: Database, record: Record, definition: Definition, tape: Tape) -> _Checked:
    replayed = replay(record, definition, tape)
    known, new = rows_of(database, record, replayed)
    return _Checked(replayed, new, lines_of(record.segment, known, ()))


def _damaged(record: Record, due: Due, recorded: str, told: str) -> Drift:
    return Drift(record.head.seq, record.head.slot or str(due.slot), DATA, recorded, told)
