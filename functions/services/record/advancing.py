"""Advancing a robot: read its head, replay, compare, append what is new in one transaction.

The replay stands outside any transaction. A robot that was advanced meanwhile is left alone,
so calling this twice, late, or from two places at once changes nothing.
"""

from typing import NamedTuple

from functions.services.market.slots import Slot, slots
from functions.services.platform import Platform
from functions.services.record import measuring, segments
from functions.services.record.comparing import DATA, Drift, difference
from functions.services.record.definition import changed, resolve
from functions.services.record.reading import News, news_for, tape_at
from functions.services.record.recording import Additions, note_drift, record_additions, rows_of
from functions.services.record.replay import replay
from functions.services.record.tape import BrokenTapeError
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
    """Bring one record up to a slot; raises what the strategy raises."""
    slug = record.robot.slug
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
        found = _played(platform, record, news)
    except BrokenTapeError as error:
        found = _damaged(record, due, record.head.tape, str(error))
    if isinstance(found, Drift):
        return Outcome(slug, drift=found, outbox=note_drift(platform, record, found))
    positions = record_additions(platform, found)
    if positions is None:
        return Outcome(slug)
    return Outcome(slug, len(news.entries), news.waiting, None, positions)


def _played(platform: Platform, record: Record, news: News) -> Additions | Drift:
    """Replay the segment; or, where it no longer applies, begin the next one."""
    database, robot = platform.connect(), record.robot
    definition = resolve(robot.strategy_code, robot.config)
    segment = record.segment
    if damage := segments.damage(record):
        return Drift(record.head.seq, record.head.slot or "", DATA, record.head.leaf or "", damage)
    terms = {"parameters": segment.parameters, "options": segment.options}
    opened = changed(definition, code=segment.code, **terms)
    if not opened:
        replayed = replay(record, definition, news.tape)
        known, new = rows_of(database, record, replayed)
        drift = difference(database, record, known) if known.leaves else None
        if drift and segment.rules == definition.rules:
            return drift
        opened = "engine changed" if drift else ""
    if opened:
        record = segments.successor(record, definition)
        replayed = replay(record, definition, news.tape)
        _, new = rows_of(database, record, replayed)
    moments = measuring.moments(database, record, replayed, news.tape, ended=bool(opened))
    return Additions(record, opened, definition, news.entries, new, moments)


def _damaged(record: Record, due: Due, recorded: str, told: str) -> Drift:
    return Drift(record.head.seq, record.head.slot or str(due.slot), DATA, recorded, told)
