"""Slots that were due and not recorded: who waits, who failed and who drifted, and why."""

from collections.abc import Iterator, Sequence

import psycopg

from engine.errors import RobotPlugError
from functions.services.record.archive import Archive
from functions.services.record.outcomes import Due, Result
from functions.store.outbox import Message
from functions.store.records import Record
from functions.store.skips import DRIFTED, FAILED, WAITING, SkipRow

LONGEST_REASON = 500


def note_skips(
    archive: Archive, records: Sequence[Record], results: Sequence[Result], due: Due
) -> tuple[int, ...]:
    """Note why robots that were due were not recorded, and have their pages say so.

    Returns the outbox positions to deliver.
    """
    skipped = list(_skips(records, results, due))
    if not skipped:
        return ()
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
            yield record, SkipRow(*record.owner, str(slot), slot.closes_at, kind, reason)


def _skipped(result: Result) -> tuple[str, str]:
    if isinstance(result, Exception):
        return FAILED, _one_line(result)
    if result.drift:
        return DRIFTED, f"{result.drift.kind}: the replay leaves the record at {result.drift.slot}"
    return (WAITING, result.waiting) if result.waiting else ("", "")


def _one_line(error: Exception) -> str:
    """What a reader of the page may know: a server's own words may name its insides."""
    if isinstance(error, psycopg.Error):
        return f"the database did not take its rows: {type(error).__name__}"
    told = str(error) if isinstance(error, RobotPlugError) else f"{type(error).__name__}: {error}"
    return " ".join(told.split())[:LONGEST_REASON]
