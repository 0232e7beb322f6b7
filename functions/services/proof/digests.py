"""The digests that advances left, worked out again from the rows as they are stored."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from functions.services.proof.links import named
from functions.services.record.archive import Archive
from functions.store.proof import NOTHING, Digest, Lines, earlier_digest_of
from functions.store.records import DecisionRow, Record


class Stretch(NamedTuple):
    """A segment's rows: its decisions, and how many of its trades were made by each of them.

    written: when each decision was, by seq.
    """

    record: Record
    rows: Sequence[DecisionRow]
    trades: Sequence[int]
    written: Mapping[int, datetime]


def wrong_digests(archive: Archive, stretch: Stretch) -> Iterator[str]:
    """Say at which advance of a segment the digest is not that of the rows so far.

    Once rows and digest have parted all later ones would; the first is named. The mark of a row
    as backfilled stands in nothing but the digest. The last row of an advance has one.
    """
    lines = _lines(archive.lines(stretch.record), stretch)
    digest, upto = Digest().then(lines._replace(decisions=[], trades=[], points=[])), 0
    for at, row in enumerate(stretch.rows):
        if row.digest is None:
            if _ends_advance(stretch, at):
                yield f"{named(row)}: digest is gone, an advance ended here"
                return
            continue
        trades = stretch.trades[upto - 1] if upto else 0, stretch.trades[at]
        part = Lines(
            [],
            lines.decisions[upto : at + 1],
            lines.trades[slice(*trades)],
            lines.points[upto : at + 1],
        )
        new = digest.then(part)
        if row.digest != new.hex() and row.digest != _earlier(lines, at + 1, trades[1]):
            yield _told(digest, part, stretch.rows[upto : at + 1])
            return
        digest, upto = new, at + 1


def _ends_advance(stretch: Stretch, at: int) -> bool:
    """Say whether no later row was written together with this one."""
    row, *after = stretch.rows[at : at + 2]
    if not (row.backfilled and after):
        return True
    return stretch.written.get(row.seq) != stretch.written.get(after[0].seq)


def wrong_closing(archive: Archive, record: Record) -> Iterator[str]:
    """Say whether a segment's `closing` is not the digest of all rows that lie before it."""
    closing = record.segment.closing
    if record.segment.number == 1 and closing is None:
        return
    (stored,) = archive.stored([record])
    if closing not in (stored.closed, earlier_digest_of(archive.lines(record, closed=True))):
        yield (
            f"segment {record.segment.number}: closing is {closing}, the rows before it have "
            f"{stored.closed if stored.closed != NOTHING else 'none'}"
        )


def _lines(listed: Sequence[str], stretch: Stretch) -> Lines:
    """Part the lines from the segment's first row on by table, without later segments'."""
    segment, count = stretch.record.segment, len(stretch.rows)
    made = stretch.trades[-1] if stretch.trades else 0

    def of(kind: str, first: int, rows: int) -> list[str]:
        numbers = range(first, first + rows)
        ours = (line for line in listed if line.startswith(f"{kind}|"))
        return [line for line in ours if int(line.split("|", 2)[1]) in numbers]

    return Lines(
        of("segment", segment.number, 1),
        of("decision", segment.first_seq, count),
        of("trade", segment.first_trade, made),
        of("equity", segment.first_seq, count),
    )


def _earlier(lines: Lines, rows: int, trades: int) -> str:
    """The digest of the same rows as records were written under at first."""
    upto = lines._replace(
        decisions=lines.decisions[:rows], trades=lines.trades[:trades], points=lines.points[:rows]
    )
    return earlier_digest_of(upto.all())


def _told(before: Digest, part: Lines, rows: Sequence[DecisionRow]) -> str:
    """Name the one row whose mark was turned round, where that explains the digest."""
    last = rows[-1]
    for at, row in enumerate(rows):
        decisions = list(part.decisions)
        was, now = ("backfilled", "live") if row.backfilled else ("live", "backfilled")
        decisions[at] = f"{decisions[at].removesuffix(was)}{now}"
        if before.then(part._replace(decisions=decisions)).hex() == last.digest:
            return f"{named(row)}: backfilled is {row.backfilled}, it was written as {now}"
    return f"{named(last)}: digest is not that of the rows of its segment up to it"
