"""An archive in memory: the same answers as PostgreSQL's, and the same refusals.

`MemoryArchive()` holds nothing; tell it bars and actions (`add_bar`, `add_action`), register
robots (`register`), then `advance_all(archive, robots, due)` as over a platform's archive.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from functions.services.market.slots import Slot
from functions.services.record import registering
from functions.services.record.definition import resolve
from functions.services.record.leaf import GENESIS, leaf_hash
from functions.services.record.reading import history_of
from functions.services.record.registering import RobotDefinition
from functions.store import proof
from functions.store.additions import Addition, Appended
from functions.store.drifts import DriftRow
from functions.store.leaves import StoredLeaf
from functions.store.lines import equity_line, trade_line
from functions.store.outbox import Message
from functions.store.performance import PerformanceMetrics, latest_of
from functions.store.proof import Lines, Stored
from functions.store.records import (
    DecisionRow,
    EquityRow,
    Head,
    Owner,
    Record,
    Robot,
    Segment,
    SegmentRow,
    segment_row,
)
from functions.store.skips import SkipRow
from functions.store.tapes import Feed
from functions.store.trades import Trade
from tests.fakes.tapes import MemoryTapes


class RefusedError(Exception):
    """A row that a unique key of its table, or the type of a column, does not allow."""


@dataclass
class Run:
    """A robot with its paper execution and its rows; touched: how often they were written."""

    owner: Owner
    robot: Robot
    status: str = "running"
    period_end: datetime | None = None
    latest: dict[str, Any] | None = None
    touched: int = 0
    segments: list[SegmentRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    points: list[EquityRow] = field(default_factory=list)
    kept: dict[datetime, PerformanceMetrics] = field(default_factory=dict)


class Skipped(NamedTuple):
    """A note on a slot, and how often it was made."""

    row: SkipRow
    attempts: int


class MemoryArchive(MemoryTapes):
    """Records by robot; whoever changes a row behind its back adds to the run's `touched`."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[UUID, Run] = {}
        self.versions: set[tuple[UUID, str]] = set()
        self.drifts: dict[tuple[UUID, str, str, str], DriftRow] = {}
        self.skips: dict[tuple[UUID, str], Skipped] = {}
        self.outbox: dict[tuple[str, str], Message] = {}

    def register(self, definition: RobotDefinition, at_slot: Slot, source: str = "sample") -> Run:
        """Register a public robot at a slot's close, as `register_robot` does."""
        history = history_of(self, Feed(definition.symbols, source, definition.bar), at_slot)
        assert history is not None
        config = _plain(definition.config())
        owner = Owner(definition.id, registering._execution_id(definition, "paper"), None, "public")
        resolved = resolve(definition.strategy_code, config)
        robot = Robot(
            definition.slug,
            definition.strategy_code,
            config,
            at_slot.closes_at,
            trade_count=0,
            decision_count=0,
            request={**config, "source": source},
        )
        run = Run(owner, robot)
        first = registering._first_segment(owner, resolved, history[0], definition.cash)
        run.segments.append(_as_stored(segment_row(owner, first, "registered")))
        self.store_entries([history])
        self.runs[definition.id] = run
        return run

    def records(self, robots: Sequence[UUID]) -> list[Record]:
        return [_record(self.runs[one]) for one in sorted(set(robots)) if one in self.runs]

    def marks(self, records: Sequence[Record]) -> list[tuple[object, ...]]:
        return [(self.world, self._of(record.owner).touched) for record in records]

    def stored(self, records: Sequence[Record]) -> list[Stored]:
        found = []
        for record in records:
            closed, current = (self._lines(record, closed=closed) for closed in (True, False))
            run = self._of(record.owner)
            late = frozenset(row.seq for row in run.decisions if row.backfilled)
            digests = (proof.digest_of(closed), proof.digest_of(current))
            found.append(Stored(*digests, late, len(run.trades)))
        return found

    def lines(self, record: Record, *, closed: bool = False) -> list[str]:
        return self._lines(record, closed=closed).all()

    def broken_link(self, execution_id: UUID, last: int) -> int | None:
        before = GENESIS
        for place, row in enumerate(self._run(execution_id).decisions, 1):
            if row.seq > last:
                break
            named = f'"prev":"{before}"' in row.leaf
            if row.seq != place or not named or leaf_hash(row.leaf.encode()) != row.hash:
                return row.seq
            before = row.hash
        return None

    def leaf(self, execution_id: UUID, seq: int) -> StoredLeaf | None:
        rows = [row for row in self._run(execution_id).decisions if row.seq == seq]
        return StoredLeaf(rows[0].leaf, rows[0].hash) if rows else None

    def asked_before(
        self, execution_id: UUID, seq: int, orders: Sequence[str]
    ) -> list[tuple[str, str, str]]:
        return [
            (asked["id"], row.slot, row.hash)
            for row in self._run(execution_id).decisions
            if row.seq < seq
            for asked in json.loads(row.leaf)["orders"]
            if asked["id"] in orders
        ]

    def points(self, execution_id: UUID, before: int) -> list[EquityRow]:
        return [row for row in self._run(execution_id).points if row.sequence < before]

    def trades(self, execution_id: UUID, before: int | None = None) -> list[Trade]:
        rows = self._run(execution_id).trades
        return [row for row in rows if before is None or row.sequence < before]

    def public_robots(self, slugs: Sequence[str]) -> Mapping[str, tuple[str, dict[str, Any]]]:
        return {
            run.robot.slug: (run.robot.strategy_code, run.robot.config)
            for run in self.runs.values()
            if run.robot.slug in slugs and run.owner.visibility == "public"
        }

    def append(self, additions: Sequence[Addition]) -> list[Appended | None]:
        """All or nothing: what is refused midway leaves everything as it was."""
        before = _held_by(self)
        try:
            return [self._append(each) if self._stands(each.record) else None for each in additions]
        except Exception:
            vars(self).update(before)
            raise

    def note_drift(
        self, record: Record, drift: DriftRow, told: Sequence[Message]
    ) -> tuple[int, ...] | None:
        if not self._stands(record):
            return None
        _refuse_unstorable([drift])
        self._keep(drift)
        self._of(record.owner).status = "drifted"
        return self._tell(told)

    def _keep(self, drift: DriftRow) -> None:
        key = (drift.execution_id, drift.slot, drift.recorded, drift.replayed)
        self.drifts.setdefault(key, drift)

    def skip(self, rows: Sequence[SkipRow], told: Sequence[Message] = ()) -> tuple[int, ...]:
        _refuse_unstorable(rows)
        for row in rows:
            key = (row.execution_id, row.slot)
            attempts = self.skips[key].attempts if key in self.skips else 0
            self.skips[key] = Skipped(row, attempts + 1)
        return self._tell(told)

    def _append(self, new: Addition) -> Appended:
        run = self._of(new.record.owner)
        _refuse_unstorable([*new.decisions, *new.trades, *new.points])
        if new.opened:
            self.versions.add((run.owner.strategy_id, new.opened.version.hash))
            row = segment_row(run.owner, new.opened.segment, new.opened.reason)
            _extend(run.segments, [_as_stored(row)], "number")
            if new.opened.drift:
                self._keep(new.opened.drift)
        self.store_entries(new.entries)
        _extend(run.decisions, new.decisions, "seq", "slot")
        _extend(run.trades, new.trades, "sequence", "id")
        _extend(run.points, new.points, "sequence")
        self._measure(run, new)
        run.status, run.period_end = "running", new.decisions[-1].closes_at
        run.robot = run.robot._replace(
            trade_count=new.record.robot.trade_count + len(new.trades),
            decision_count=new.decisions[-1].seq,
        )
        run.touched += 1
        # As if nobody else had touched the rows since they were verified.
        after = None if new.mark is None else (new.mark[0], int(str(new.mark[1])) + 1)
        return Appended(self._tell(new.messages), after)

    @staticmethod
    def _measure(run: Run, new: Addition) -> None:
        for metrics, lasting in new.measured:
            run.latest = latest_of(metrics)
            if lasting:
                run.kept.setdefault(metrics.calculation_time, metrics)

    def _tell(self, messages: Sequence[Message]) -> tuple[int, ...]:
        new = {(one.kind, one.key): one for one in messages}
        fresh = {key: one for key, one in new.items() if key not in self.outbox}
        first = len(self.outbox)
        self.outbox |= fresh
        return tuple(range(first + 1, first + len(fresh) + 1))

    def _stands(self, record: Record) -> bool:
        rows = self._of(record.owner).decisions
        head = (rows[-1].seq, rows[-1].hash) if rows else (0, record.head.hash)
        return head == (record.head.seq, record.head.hash)

    def _lines(self, record: Record, *, closed: bool) -> Lines:
        segment, run, owner = record.segment, self._of(record.owner), record.owner
        first, trade = segment.first_seq, segment.first_trade
        return Lines(
            [
                _of_segment(row, owner, segment.number)
                for row in run.segments
                if (row.number < segment.number) == closed
            ],
            [_of_decision(row, owner) for row in run.decisions if (row.seq < first) == closed],
            [
                trade_line(row) + _foreign(row, owner)
                for row in run.trades
                if (row.sequence < trade) == closed
            ],
            [_of_point(row, owner) for row in run.points if (row.sequence < first) == closed],
        )

    def _of(self, owner: Owner) -> Run:
        return self.runs[owner.strategy_id]

    def _run(self, execution_id: UUID) -> Run:
        return next(run for run in self.runs.values() if run.owner.execution_id == execution_id)


def _held_by(archive: MemoryArchive) -> dict[str, Any]:
    """What it holds; rows are values, so that only what they stand in is copied."""
    held = {name: _copied(value) for name, value in vars(archive).items()}
    runs = {
        name: Run(**{field: _copied(value) for field, value in vars(run).items()})
        for name, run in archive.runs.items()
    }
    return {**held, "runs": runs}


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, dict | set | list) else value


def _refuse_unstorable(rows: Sequence[tuple[Any, ...]]) -> None:
    """A text column takes no zero byte and nothing that is not UTF-8."""
    for text in (value for row in rows for value in row if isinstance(value, str)):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise RefusedError("a text with half a character") from error
        if "\0" in text:
            raise RefusedError("a text with a zero byte")


def _extend(rows: list[Any], new: Sequence[Any], *keys: str) -> None:
    for key in keys:
        there = {getattr(row, key) for row in rows}
        for row in new:
            if getattr(row, key) in there:
                raise RefusedError(f"{key} {getattr(row, key)} is there already")
            there.add(getattr(row, key))
    rows.extend(new)


def _record(run: Run) -> Record:
    segment = Segment(*run.segments[-1][4:])
    if not run.decisions:
        head = Head(0, None, run.robot.registered_at, segment.prev, segment.history, None, None)
    else:
        last = run.decisions[-1]
        told = (last.seq, last.slot, last.closes_at, last.hash, last.tape)
        head = Head(*told, last.leaf, last.digest)
    return Record(run.owner, run.robot, segment, head)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _as_stored(row: SegmentRow) -> SegmentRow:
    return SegmentRow(*(_plain(value) if isinstance(value, dict) else value for value in row))


def _foreign(row: Any, owner: Owner) -> str:
    of = (row.strategy_id, row.user_id, row.visibility)
    mine = of == (owner.strategy_id, owner.user_id, owner.visibility)
    return "" if mine else f"|of {row.strategy_id} {row.user_id or ''} {row.visibility}"


def _of_segment(row: SegmentRow, owner: Owner, now: int) -> str:
    line = f"segment|{row.number}|{row.id}|{row.reason}{_foreign(row, owner)}"
    return line if row.number == now else f"{line}|{row[6:]}"


def _of_decision(row: DecisionRow, owner: Owner) -> str:
    late = "backfilled" if row.backfilled else "live"
    seconds = f"{row.closes_at.timestamp():.6f}".rstrip("0").rstrip(".")
    place = f"decision|{row.seq}|{row.slot}|{row.segment_id}|{seconds}|{row.tape}"
    return f"{place}|{leaf_hash(row.leaf.encode())}|{row.hash}|{late}{_foreign(row, owner)}"


def _of_point(row: EquityRow, owner: Owner) -> str:
    seconds = int(row.time.timestamp())
    line = equity_line(row.sequence, seconds, f"{row.equity:f}", f"{row.cash:f}")
    return line + _foreign(row, owner)
