"""Proving a record: both chains followed, every segment replayed, every row laid beside it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from engine import RULES_VERSION
from engine.errors import ParameterError
from functions.services.proof import links, openings
from functions.services.proof.digests import wrong_closing
from functions.services.proof.executed import wrong_execution, wrong_robot, wrong_versions
from functions.services.proof.proofs import Part, SegmentProof, prove
from functions.services.proof.remeasuring import (
    kept_metrics,
    measured_anew,
    unmeasured,
    wrong_metrics,
)
from functions.services.proof.rerunning import Rerun, rerun
from functions.services.proof.unlike import unlike
from functions.services.proof.whole import Whole, part_of, read_whole, tape_of, with_trades
from functions.store import proving
from functions.store.additions import Measurement
from functions.store.appending import Database
from functions.store.archive import PostgresArchive
from functions.store.bars import series_name
from functions.store.records import Record, Segment

Told = Callable[[str, int, int], None]
"""Takes a stage, how much of it is done, and how much there is."""


class Verified(NamedTuple):
    """What is proved of a record. damages: what is not as it was written, each by its name.

    known: the slot of the hash that somebody wrote down, "" where it is not in the chain, None
    where none was given. metrics: how many measurements were made anew. compared: how many were
    not, because they compare with another robot, whose terms then are no part of this record.
    source: the provider whose bars the robot reads.
    """

    slug: str
    source: str
    head: str
    slots: int
    entries: int
    trades: int
    metrics: int
    segments: list[SegmentProof]
    damages: list[str]
    known: str | None
    compared: int = 0

    @property
    def proved(self) -> bool:
        """Whether nothing is damaged, and a hash written down earlier is still in the chain."""
        return not self.damages and self.known != ""


def verify(database: Database, robot: str, known: str | None, told: Told) -> Verified:
    """Prove a robot's record, or name what of it was changed.

    robot: slug or id. known: a leaf's hash, or how it begins. Call it inside one snapshot.
    ParameterError where there is no such record, or no such hash can be. Source that the record
    keeps is run, where it has its hash.
    """
    archive = PostgresArchive(lambda: database)
    if known is not None:
        links.require_hash(known)
    told("chains", 0, 1)
    whole = read_whole(database, archive, _record(database, archive, robot))
    tape = list(_broken_tape(database, whole))
    found = _Proving(database, archive, whole, readable=not tape)
    found.damages += [*_broken(database, whole), *tape]
    for done, segment in enumerate(whole.segments):
        told("segments", done, len(whole.segments))
        found.prove(segment)
    found.finish()
    told("segments", len(whole.segments), len(whole.segments))
    return Verified(
        whole.record.robot.slug,
        str(whole.record.robot.request.get("source")),
        whole.record.head.hash,
        *(len(whole.rows), len(whole.entries), len(whole.trades), found.metrics),
        found.proofs,
        found.damages,
        None if known is None else links.slot_of(known, whole.rows),
        found.compared,
    )


def _record(database: Database, archive: PostgresArchive, robot: str) -> Record:
    found = proving.robot_named(database, robot)
    records = archive.records([found]) if found else []
    if not records:
        raise ParameterError(f"no record of a robot {robot!r}; `robotplug robots` lists them")
    return records[0]


def _broken_tape(database: Database, whole: Whole) -> Iterator[str]:
    yield from links.broken_entries(whole.entries, whole.tape)
    yield from _strangers(database, whole)


def _broken(database: Database, whole: Whole) -> Iterator[str]:
    """Follow the chain of leaves, and look at what robot and segments say of themselves."""
    record = whole.record
    yield from links.broken_leaves(whole.rows, record.owner, record.robot.decision_count)
    yield from openings.ill_opened(record, whole.segments, whole.stored)
    history = {"history": whole.tape[0].name}
    for first in whole.stored[:1]:
        yield from unlike("segment 1", first._asdict(), history, "the tape begins with")
    yield from wrong_robot(whole)
    yield from wrong_versions(proving.versions_of(database, record.owner.strategy_id))
    yield from wrong_execution(whole, proving.execution_of(database, record.owner.execution_id))


def _strangers(database: Database, whole: Whole) -> Iterator[str]:
    request, names = whole.record.robot.request, [link.name for link in whole.tape]
    source, bar = str(request["source"]), str(request["bar"])
    feed = (source, series_name(source, bar), bar)
    for slot, what, whose in proving.strangers(database, names, feed):
        yield f"tape entry of slot {slot}: the {what} is of {whose}, the robot reads {feed[1]}"
    for slot, count in proving.gone(database, names).items():
        yield f"tape entry of slot {slot}: {count} of the bars and actions it read are gone"
    for entry in whole.entries.values():
        if entry.source not in (None, source):
            yield f"tape entry of slot {entry.slot}: names {entry.source}, the robot reads {source}"


class _Proving:
    """Replays one segment after the other; what came of it so far."""

    def __init__(
        self, database: Database, archive: PostgresArchive, whole: Whole, *, readable: bool
    ) -> None:
        self._database, self._archive, self._whole = database, archive, whole
        self._readable = readable
        self._first_trade: int | None = None
        self.proofs: list[SegmentProof] = []
        self.damages: list[str] = []
        self._measured: list[Measurement] = []
        self._unlike: list[str] = []
        self._skipped: list[tuple[datetime, datetime]] = []
        self._kept = kept_metrics(database, whole.record)
        self.metrics = self.compared = 0

    def prove(self, segment: Segment) -> None:
        """Replay a segment, lay it beside what is stored, and measure it anew."""
        part = part_of(self._whole, self._numbered(segment))
        ran = self._rerun(part)
        part = with_trades(self._whole, part, _made(part, ran))
        proof, damages = prove(self._archive, part, ran)
        self.proofs.append(proof)
        self.damages += damages
        if not self.damages:  # whatever is damaged before it breaks this digest too
            self.damages += wrong_closing(self._archive, part.record)
        self._first_trade = None
        if isinstance(ran, Rerun) and proof.equal == proof.slots:
            self._first_trade = part.record.segment.first_trade + len(ran.rows.trades)
            if not self.damages:
                self._measure(part, ran)
        elif part.rows:
            self._skipped.append((part.rows[0].closes_at, part.rows[-1].closes_at))

    def finish(self) -> None:
        """Say which metrics are not as measured; call it after the last segment."""
        if not self.damages:
            self.damages += unmeasured(self._kept, self._measured, self._skipped)
        self.damages += self._unlike

    def _numbered(self, segment: Segment) -> Segment:
        """The trades before say which number a segment's first trade has."""
        first = self._first_trade
        if first in (None, segment.first_trade):
            return segment
        self.damages.append(
            f"segment {segment.number}: first_trade is {segment.first_trade}, "
            f"the replay gives {first}"
        )
        return segment._replace(first_trade=first or 1)

    def _rerun(self, part: Part) -> Rerun | str:
        if not part.rows:
            return "it has no slot yet"
        if not self._readable:
            return "its tape is damaged"
        record = part.record
        source = proving.source_of(self._database, record.owner.strategy_id, record.segment.code)
        before = [row for row in self._whole.rows if row.seq < part.rows[0].seq]
        return rerun(record, tape_of(self._whole, part), before, source)

    def _measure(self, part: Part, ran: Rerun) -> None:
        newest = part.record.head.seq == self._whole.record.head.seq
        measured = measured_anew(self._archive, part.record, tape_of(self._whole, part), ran)
        self._unlike += wrong_metrics(self._kept, measured, newest=newest)
        self._measured += measured
        names = [name for each in measured for name in each.metrics.values]
        compared = sum(name in self._kept.compared for name in names)
        self.metrics += len(names) - compared
        self.compared += compared


def _made(part: Part, ran: Rerun | str) -> int | None:
    """How many trades a segment's replay brings, where it is under the rules of its time."""
    if isinstance(ran, str) or part.record.segment.rules != RULES_VERSION:
        return None
    return len(ran.rows.trades)
