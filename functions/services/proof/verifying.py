"""Proving a record: both chains followed, every segment replayed, every row laid beside it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine import RULES_VERSION
from engine.errors import ParameterError
from functions.services.proof import links, openings
from functions.services.proof.digests import wrong_closing
from functions.services.proof.proofs import Part, SegmentProof, prove
from functions.services.proof.remeasuring import kept_metrics, measured_anew, wrong_metrics
from functions.services.proof.rerunning import Rerun, rerun
from functions.services.proof.unlike import unlike
from functions.services.proof.whole import Whole, part_of, read_whole, tape_of, with_trades
from functions.store import proving
from functions.store.appending import Database
from functions.store.archive import PostgresArchive
from functions.store.bars import series_name
from functions.store.records import Record, Segment
from functions.store.tapes import Entry

Told = Callable[[str, int, int], None]
"""Takes a stage, how much of it is done, and how much there is."""

_ASKED = ("symbols", "calendar", "bar", "cash", "benchmark")


class Verified(NamedTuple):
    """What is proved of a record. damages: what is not as it was written, each by its name.

    known: the slot of the hash that somebody wrote down, "" where it is not in the chain, None
    where none was given. metrics: how many measurements were made anew.
    """

    slug: str
    head: str
    slots: int
    entries: int
    trades: int
    metrics: int
    segments: list[SegmentProof]
    damages: list[str]
    known: str | None

    @property
    def proved(self) -> bool:
        """Whether nothing is damaged, and a hash written down earlier is still in the chain."""
        return not self.damages and self.known != ""


def verify(database: Database, robot: str, known: str | None, told: Told) -> Verified:
    """Prove a robot's record, or name what of it was changed.

    robot: slug or id. known: a leaf's hash. Call it inside one snapshot. ParameterError where
    there is no such record. Source that the record keeps is run, where it has its hash.
    """
    archive = PostgresArchive(lambda: database)
    told("chains", 0, 1)
    whole = read_whole(database, archive, _record(database, archive, robot))
    tape = list(_broken_tape(database, whole))
    found = _Proving(database, archive, whole, readable=not tape)
    found.damages += [*_broken(whole), *tape]
    for done, segment in enumerate(whole.segments):
        told("segments", done, len(whole.segments))
        found.prove(segment)
    told("segments", len(whole.segments), len(whole.segments))
    slot = next((row.slot for row in whole.rows if row.hash == known), "")
    return Verified(
        whole.record.robot.slug,
        whole.record.head.hash,
        *(len(whole.rows), len(whole.entries), len(whole.trades), found.metrics),
        found.proofs,
        found.damages,
        None if known is None else slot,
    )


def _record(database: Database, archive: PostgresArchive, robot: str) -> Record:
    found = proving.robot_named(database, robot)
    records = archive.records([found]) if found else []
    if not records:
        raise ParameterError(f"no record of a robot {robot!r}; `robotplug robots` lists them")
    return records[0]


def _broken_tape(database: Database, whole: Whole) -> Iterator[str]:
    yield from links.broken_entries(whole.entries, whole.tape)
    yield from _strangers(database, whole.record, [link.name for link in whole.tape])


def _broken(whole: Whole) -> Iterator[str]:
    """Follow the chain of leaves, and look at what robot and segments say of themselves."""
    record = whole.record
    yield from links.broken_leaves(whole.rows, record.owner, record.robot.decision_count)
    yield from openings.ill_opened(record, whole.segments, whole.stored)
    history = {"history": whole.tape[0].name}
    for first in whole.stored[:1]:
        yield from unlike("segment 1", first._asdict(), history, "the tape begins with")
    yield from _registered(record, _history(whole))
    if len(whole.trades) != record.robot.trade_count:
        yield f"there are {len(whole.trades)} trades, the execution says {record.robot.trade_count}"


def _history(whole: Whole) -> Entry | None:
    """The tape's first entry, what lay before the record."""
    return whole.entries.get(whole.tape[0].name)


def _strangers(database: Database, record: Record, names: Sequence[str]) -> Iterator[str]:
    source, bar = str(record.robot.request["source"]), str(record.robot.request["bar"])
    feed = (source, series_name(source, bar), bar)
    for slot, what, whose in proving.strangers(database, names, feed):
        yield f"tape entry of slot {slot}: the {what} is of {whose}, the robot reads {feed[1]}"
    for slot, count in proving.gone(database, names).items():
        yield f"tape entry of slot {slot}: {count} of the bars and actions it read are gone"


def _registered(record: Record, history: Entry | None) -> Iterator[str]:
    """What was asked for when the robot was registered, and where its record begins."""
    robot = record.robot
    asked = {name: robot.request.get(name) for name in _ASKED}
    config = {name: robot.config.get(name) for name in _ASKED}
    yield from unlike(f"robot {robot.slug}", config, asked, "it was registered with")
    if history:
        begins, registered = history.closes_at, robot.registered_at
        stored = {"registered_at": registered}
        given = {"registered_at": begins}
        yield from unlike(f"robot {robot.slug}", stored, given, "its tape begins at")


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
        self.metrics = 0

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
        kept = kept_metrics(self._database, part.record.owner.execution_id)
        self.damages += wrong_metrics(kept, measured, newest=newest)
        self.metrics += sum(len(each.metrics.values) for each in measured)


def _made(part: Part, ran: Rerun | str) -> int | None:
    """How many trades a segment's replay brings, where it is under the rules of its time."""
    if isinstance(ran, str) or part.record.segment.rules != RULES_VERSION:
        return None
    return len(ran.rows.trades)
