"""Slots that were due and not recorded: who waits, who failed and who drifted, and why."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import psycopg

from engine.errors import RobotPlugError
from functions.services.record.archive import Archive
from functions.services.record.outcomes import Due, Result
from functions.store.outbox import Message
from functions.store.records import Owner, Record
from functions.store.skips import DRIFTED, FAILED, WAITING, SkipRow

LONGEST_REASON = 500


class Noted(NamedTuple):
    """Outbox positions to deliver, and what could not be noted, by record."""

    outbox: tuple[int, ...]
    errors: dict[Owner, Exception]


def note_skips(
    archive: Archive, records: Sequence[Record], results: Sequence[Result], due: Due
) -> Noted:
    """Note why robots that were due were not recorded, and have their pages say so.

    All at once; where that fails each alone, so that no note stands in another's way.
    """
    skipped = list(_skips(records, results, due))
    if not skipped:
        return Noted((), {})
    try:
        return Noted(_note(archive, skipped), {})
    except Exception as error:
        if len(skipped) == 1:
            return Noted((), {skipped[0][0].owner: error})
    found = Noted((), {})
    for record, row in skipped:
        try:
            found = found._replace(outbox=found.outbox + _note(archive, [(record, row)]))
        except Exception as error:
            found.errors[record.owner] = error
    return found


def _note(archive: Archive, skipped: Sequence[tuple[Record, SkipRow]]) -> tuple[int, ...]:
    told = [
        Message(
            "robot",
            f"{record.robot.slug}/{record.head.seq}/{row.slot}/{row.kind}",
            {"slug": record.robot.slug, "seq": record.head.seq},
        )
        for record, row in skipped
        if record.owner.visibility == "public"
    ]
    return archive.skip([row for _, row in skipped], told)


def _skips(
    records: Sequence[Record], results: Sequence[Result], due: Due
) -> Iterator[tuple[Record, SkipRow]]:
    slot = due.slot
    for record, result in zip(records, results, strict=True):
        kind, reason = _skipped(result)
        if kind and record.head.closes_at < slot.closes_at:
            told = " ".join(storable(reason).split())[:LONGEST_REASON]
            yield record, SkipRow(*record.owner, str(slot), slot.closes_at, kind, told)


def _skipped(result: Result) -> tuple[str, str]:
    if isinstance(result, Exception):
        return FAILED, _reason(result)
    if result.drift:
        return DRIFTED, result.drift.words
    return (WAITING, result.waiting) if result.waiting else ("", "")


def _reason(error: Exception) -> str:
    """What a reader of the page may know: a server's own words may name its insides."""
    if isinstance(error, psycopg.Error):
        return f"the database did not take its rows: {type(error).__name__}"
    words = _words(error)
    return words if isinstance(error, RobotPlugError) else f"{type(error).__name__}: {words}"


def _words(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # a strategy's own error class may fail to tell what it is
        return "without words"


def storable(text: str) -> str:
    """Return a text with a mark for what no column takes: zero bytes and half characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
