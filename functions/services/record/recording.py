"""What an advance adds to the record, worked out first and written in one transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.errors import DataError
from functions import trackers
from functions.services.platform import Platform
from functions.services.record.comparing import Drift, Replayed
from functions.services.record.definition import Definition, version_of
from functions.services.record.replay import Replay
from functions.services.record.rows import PAPER, Decided, Ledger, instant, points_of
from functions.services.record.work import Work
from functions.store import drifts, executions, leaves, outbox, records, tapes, versions
from functions.store.appending import Database, append
from functions.store.outbox import Message
from functions.store.performance import Performance
from functions.store.records import DecisionRow, Record
from functions.store.tapes import Named
from functions.store.trades import count_trades


class Additions(NamedTuple):
    """New rows of one record.

    opened: why its segment is new, or nothing. due: the slot asked for. digest: of the segment's
    rows, the new ones among them.
    """

    record: Record
    opened: str
    definition: Definition
    entries: Sequence[Named]
    rows: Replayed
    performances: Sequence[Performance]
    due: str
    digest: str


def rows_of(database: Database, record: Record, replayed: Replay) -> tuple[Replayed, Replayed]:
    """Return what a whole segment brings, parted into what is recorded already and what is new."""
    run, leaves = replayed
    known = max(0, record.head.seq - record.segment.first_seq + 1)
    first_new = run.start_row + known
    old_fills = sum(1 for fill in run.fills if fill.row < first_new)
    decided = {**_inherited(database, record), **_decided(replayed)}
    trades = Ledger(record.owner, PAPER, record.segment.first_trade, decided).trades(run)
    points = points_of(run, record.segment.first_seq)
    return (
        Replayed(leaves[:known], trades[:old_fills], points[:known]),
        Replayed(leaves[known:], trades[old_fills:], points[known:]),
    )


def _decided(replayed: Replay) -> dict[str, Decided]:
    """Where each of the segment's own orders was asked for."""
    run, leaves = replayed
    rows = run.state.orders.row[: len(run.orders)] - run.start_row
    return {
        order.id: Decided(leaves[row].slot, leaves[row].hash)
        for order, row in zip(run.orders, rows.tolist(), strict=True)
        if row >= 0
    }


def _inherited(database: Database, record: Record) -> dict[str, Decided]:
    """Where the orders that came with the opening account were asked for."""
    segment, execution = record.segment, record.owner.execution_id
    orders = [order["id"] for order in segment.opening["waiting"]]
    if not orders:
        return {}
    found = leaves.asked_before(database, execution, segment.first_seq, orders)
    return {order: Decided(slot, name) for order, slot, name in found}


def late_in(rows: Replayed, due: str) -> set[int]:
    """Return the seqs of the rows that are caught up, not written in their own slot."""
    return {leaf.seq for leaf in rows.leaves if leaf.slot != due}


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


def record_additions(platform: Platform, new: Additions) -> tuple[int, ...] | None:
    """Append everything in one transaction; None, and nothing written, where the head moved.

    Returns the outbox positions to deliver.
    """
    database = platform.connect()
    opened = trackers.open_built_in(Work(database, new.performances))
    for tracker in opened:
        for trade in new.rows.trades:
            tracker.track_trade(trade)
    with database.transaction():
        if not records.lock_at(database, new.record):
            return None
        _append(database, new)
        for tracker in opened:
            tracker.finish()
        _require_all_trades(database, new)
        return tuple(outbox.put(database, _messages(new)))


def _require_all_trades(database: Database, new: Additions) -> None:
    """DataError, and with it nothing written, where the trackers left a trade out."""
    told = new.record.robot.trade_count + len(new.rows.trades)
    found = count_trades(database, new.record.owner.execution_id)
    if found != told:
        raise DataError(
            f"robot {new.record.robot.slug!r} must have {told} trades, the trackers stored "
            f"{found}; mend the tracker of paper trades"
        )


def _append(database: Database, new: Additions) -> None:
    owner, decisions = new.record.owner, _decisions(new)
    if new.opened:
        versions.append_version(database, version_of(new.definition, owner))
        records.append_segment(database, owner, new.record.segment, new.opened)
    tapes.insert_entries(database, new.entries)
    append(database, "decisions", decisions)
    append(database, "equity_points", [point.row(owner) for point in new.rows.points])
    executions.advance(
        database,
        owner.execution_id,
        {
            "seq": decisions[-1].seq,
            "trades": new.record.robot.trade_count + len(new.rows.trades),
            "first": decisions[0].closes_at,
            "last": decisions[-1].closes_at,
        },
    )


def _messages(new: Additions) -> list[Message]:
    """What the outside is told: leaves and pages of public robots, trades to other trackers."""
    last, slug = new.rows.leaves[-1], new.record.robot.slug
    told = [
        Message("tracker", f"{name}/{trade.id}", {"tracker": name, "trade": str(trade.id)})
        for name in trackers.others()
        for trade in new.rows.trades
    ]
    if new.record.owner.visibility != "public":
        return told
    leaves = [Message("leaf", leaf.hash, {}) for leaf in new.rows.leaves]
    page = Message("robot", f"{slug}/{last.seq}", {"slug": slug, "seq": last.seq})
    return [*leaves, page, *told]


def note_drift(platform: Platform, record: Record, drift: Drift) -> tuple[int, ...] | None:
    """Keep a drift, append nothing else, and have the robot's page say so.

    None, and nothing kept, where the head moved: what differs are the rows of another advance.
    """
    database, slug, seq = platform.connect(), record.robot.slug, record.head.seq
    with database.transaction():
        if not records.lock_at(database, record):
            return None
        row = drifts.DriftRow(
            *record.owner,
            slot=drift.slot,
            seq=drift.seq,
            kind=drift.kind,
            recorded=drift.recorded,
            replayed=drift.replayed,
        )
        drifts.append_drift(database, row)
        if record.owner.visibility != "public":
            return ()
        key = f"{slug}/{seq}/drifted"
        return tuple(outbox.put(database, [Message("robot", key, {"slug": slug, "seq": seq})]))
