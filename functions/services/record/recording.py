"""What an advance adds to the record, worked out before anything is written."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.errors import DataError
from functions import trackers
from functions.services.record.archive import Archive
from functions.services.record.asked import opened_with
from functions.services.record.comparing import Drift, Replayed
from functions.services.record.definition import Definition, version_of
from functions.services.record.remembering import comes_after
from functions.services.record.replay import Replay
from functions.services.record.rows import PAPER, Decided, Ledger, instant, points_of
from functions.services.record.work import Gathering
from functions.store.additions import Addition, Opened
from functions.store.drifts import DriftRow
from functions.store.marks import Mark
from functions.store.outbox import Message
from functions.store.performance import Performance
from functions.store.records import DecisionRow, Record
from functions.store.tapes import Named


class Additions(NamedTuple):
    """New rows of one record.

    opened: why its segment is new, or nothing. parted: where a new engine left the segment
    before, if it did. due: the slot asked for. digest: of the segment's rows, the new ones among
    them. mark: of the rows that are there.
    """

    record: Record
    opened: str
    parted: Drift | None
    definition: Definition
    entries: Sequence[Named]
    rows: Replayed
    performances: Sequence[Performance]
    due: str
    digest: str
    mark: Mark


def rows_of(archive: Archive, record: Record, replayed: Replay) -> tuple[Replayed, Replayed]:
    """Return what a whole segment brings, parted into what is recorded already and what is new."""
    known = max(0, record.head.seq - record.segment.first_seq + 1)
    decided = {**inherited(archive, record), **decided_in(replayed)}
    whole = rows_in(record, replayed, decided)
    first_new = replayed.run.start_row + known
    old_fills = sum(1 for fill in replayed.run.fills if fill.row < first_new)
    return (
        Replayed(whole.leaves[:known], whole.trades[:old_fills], whole.points[:known]),
        Replayed(whole.leaves[known:], whole.trades[old_fills:], whole.points[known:]),
    )


def rows_in(record: Record, replayed: Replay, decided: Mapping[str, Decided]) -> Replayed:
    """Return what the replayed leaves' slots bring; decided: where their orders were asked for."""
    run, before, segment = replayed.run, replayed.before, record.segment
    ledger = Ledger(record.owner, PAPER, segment.first_trade, decided)
    since = run.start_row + before
    trades = [
        ledger.trade(run, fill, segment.first_trade + number)
        for number, fill in enumerate(run.fills if comes_after(run.state.events, since - 1) else ())
        if fill.row >= since
    ]
    return Replayed(replayed.leaves, trades, points_of(run, segment.first_seq, before))


def decided_in(replayed: Replay) -> dict[str, Decided]:
    """Where the orders of the replayed leaves' slots were asked for."""
    run, leaves, since = replayed.run, replayed.leaves, replayed.run.start_row + replayed.before
    if not comes_after(run.state.orders, since - 1):
        return {}  # on most slots; to tell all orders takes longer than to see it
    rows = run.state.orders.row[: len(run.orders)] - since
    return {
        order.id: Decided(leaves[row].slot, leaves[row].hash)
        for order, row in zip(run.orders, rows.tolist(), strict=True)
        if row >= 0
    }


def inherited(archive: Archive, record: Record) -> dict[str, Decided]:
    """Where the orders that the opening account still has to do with were asked for."""
    segment, execution = record.segment, record.owner.execution_id
    orders = sorted(opened_with(segment.opening))
    if not orders:
        return {}
    found = archive.asked_before(execution, segment.first_seq, orders)
    return {order: Decided(slot, name) for order, slot, name in found}


def late_in(rows: Replayed, due: str) -> set[int]:
    """Return the seqs of the rows that are caught up, not written in their own slot."""
    return {leaf.seq for leaf in rows.leaves if leaf.slot != due}


def addition_of(archive: Archive, new: Additions) -> Addition:
    """Return all rows to be appended, the trackers' among them; nothing is written yet."""
    record, rows = new.record, new.rows
    gathered = Gathering(archive, record.owner, new.performances)
    opened = trackers.open_built_in(gathered)
    for tracker in opened:
        for trade in rows.trades:
            tracker.track_trade(trade)
        tracker.finish()
    _require_all_trades(new, len(gathered.new))
    return Addition(
        record=record,
        opened=_opened(new) if new.opened else None,
        entries=new.entries,
        decisions=_decisions(new),
        trades=gathered.new,
        points=[point.row(record.owner) for point in rows.points],
        measured=gathered.measured,
        messages=_messages(new),
        mark=new.mark,
    )


def _require_all_trades(new: Additions, stored: int) -> None:
    """DataError, and with it nothing written, where the trackers left a trade out."""
    before = new.record.robot.trade_count
    told, found = before + len(new.rows.trades), before + stored
    if found != told:
        raise DataError(
            f"robot {new.record.robot.slug!r} must have {told} trades, the trackers stored "
            f"{found}; mend the tracker of paper trades"
        )


def _opened(new: Additions) -> Opened:
    record = new.record
    drift = drift_row(record, new.parted) if new.parted else None
    version = version_of(new.definition, record.owner)
    return Opened(record.segment, new.opened, version, drift)


def _decisions(new: Additions) -> list[DecisionRow]:
    rows, record, late = new.rows, new.record, late_in(new.rows, new.due)
    last = rows.leaves[-1].seq
    return [
        DecisionRow(
            *record.owner,
            segment_id=record.segment.id,
            seq=leaf.seq,
            slot=leaf.slot,
            closes_at=instant(point.seconds),
            tape=leaf.tape,
            leaf=leaf.text,
            hash=leaf.hash,
            backfilled=leaf.seq in late,
            digest=new.digest if leaf.seq == last else None,
        )
        for leaf, point in zip(rows.leaves, rows.points, strict=True)
    ]


def _messages(new: Additions) -> list[Message]:
    """What the outside is told: leaves and pages of public robots, trades to other trackers."""
    last, slug = new.rows.leaves[-1], new.record.robot.slug
    told = [
        Message("tracker", f"{name}/{trade.id}", {"tracker": name, "trade": str(trade.id)})
        for name in (trackers.others() if new.rows.trades else ())
        for trade in new.rows.trades
    ]
    if new.record.owner.visibility != "public":
        return told
    leaves = [Message("leaf", leaf.hash, {}) for leaf in new.rows.leaves]
    page = Message("robot", f"{slug}/{last.seq}", {"slug": slug, "seq": last.seq})
    return [*leaves, page, *told]


def note_drift(archive: Archive, record: Record, drift: Drift) -> tuple[int, ...] | None:
    """Keep a drift, append nothing else, and have the robot's page say so.

    None, and nothing kept, where the head moved: what differs are the rows of another advance.
    """
    slug, seq = record.robot.slug, record.head.seq
    page = Message("robot", f"{slug}/{seq}/drifted", {"slug": slug, "seq": seq})
    told = [page] if record.owner.visibility == "public" else []
    return archive.note_drift(record, drift_row(record, drift), told)


def drift_row(record: Record, drift: Drift) -> DriftRow:
    """Return a drift as it is stored."""
    return DriftRow(
        *record.owner,
        slot=drift.slot,
        seq=drift.seq,
        kind=drift.kind,
        recorded=drift.recorded,
        replayed=drift.replayed,
    )
