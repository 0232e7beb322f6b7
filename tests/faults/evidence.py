"""All that a record consists of, and whether a fault left any trace in it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from functions.services.market.slots import Slot, slots

TABLES = {
    "decisions": "seq, slot, closes_at, tape, leaf, hash, visibility",
    "trades": "sequence, id, order_id, symbol, side, quantity, price, commission, slippage, "
    "pnl, execution_time, trade_type, market_data_snapshot",
    "equity_points": "sequence, time, equity, cash",
    "segments": "number, first_seq, history, prev, code, parameters, rules, options, opening, "
    "first_trade, reason",
    "performance_metrics": "calculation_time, metric_name, metric_value, low, high, sample_size, "
    "method, period_start, period_end",
    "executions": "status, decision_count, trade_count, latest_metrics, period_start, period_end",
    "drifts": "slot, kind, recorded, replayed",
}
HOW = "/parity.json"
"""Tells how a record came about: what was late, or waited for, and when that was looked at."""
TAPE = """
WITH RECURSIVE chain AS (
    SELECT hash, prev, slot FROM tapes WHERE hash = %s
    UNION ALL SELECT t.hash, t.prev, t.slot FROM chain JOIN tapes t ON t.hash = chain.prev
) SELECT hash, slot FROM chain
"""
OUTBOX = """
SELECT kind, key, count(*), bool_and(delivered_at IS NOT NULL) FROM outbox
WHERE kind = 'leaf' AND key = ANY(%(leaves)s)
    OR kind = 'tracker' AND payload ->> 'trade' = ANY(%(trades)s)
    OR kind = 'robot' AND key = %(newest)s
GROUP BY kind, key ORDER BY kind, key
"""


class Evidence(NamedTuple):
    """One robot's record with all that it told the outside; nothing of when it was written."""

    head: str
    tables: Mapping[str, Sequence[tuple[Any, ...]]]
    tape: Sequence[tuple[Any, ...]]
    outbox: Sequence[tuple[Any, ...]]
    documents: Mapping[str, bytes]


def evidence(database: Any, robot: Any, objects: Mapping[str, bytes]) -> Evidence:
    """Read everything of a robot's paper run. objects: the bucket's."""
    paper = "(SELECT id FROM executions WHERE strategy_id = %s AND kind = 'paper')"
    tables = {
        table: database.execute(
            f"SELECT {columns} FROM {table} WHERE "
            f"{'id' if table == 'executions' else 'execution_id'} = {paper} ORDER BY "
            f"{', '.join(columns.split(', ')[:2])}",
            [robot.id],
        ).fetchall()
        for table, columns in TABLES.items()
    }
    head = tables["decisions"][-1]
    leaves = [row[5] for row in tables["decisions"]]
    asked = {
        "leaves": leaves,
        "trades": [str(row[1]) for row in tables["trades"]],
        "newest": f"{robot.slug}/{head[0]}",
    }
    outbox = database.execute(OUTBOX, asked).fetchall()
    tape = database.execute(TAPE, [head[3]]).fetchall()
    return Evidence(head[5], tables, tape, outbox, _documents(objects, robot.slug, leaves))


def _documents(objects: Mapping[str, bytes], slug: str, leaves: Sequence[str]) -> dict[str, bytes]:
    wanted = {f"data/leaves/{leaf}.json" for leaf in leaves}
    return {
        key: body
        for key, body in sorted(objects.items())
        if key in wanted or (key.startswith(f"data/robots/{slug}/") and not key.endswith(HOW))
    }


def assert_undisturbed(
    found: Mapping[UUID, Evidence], reference: Mapping[UUID, Evidence], because: str = ""
) -> None:
    """What was recorded is what an undisturbed twin has: nothing lost, doubled or half there."""
    assert found.keys() == reference.keys()
    for robot, here in found.items():
        twin = reference[robot]
        assert_whole(here)
        for table, rows in twin.tables.items():
            assert here.tables[table] == rows, (because, table)
        assert here.tape == twin.tape, because
        assert here.outbox == twin.outbox, because
        assert here.documents == twin.documents, because
        assert here.head == twin.head, because


def assert_whole(record: Evidence) -> None:
    """A chain without gap or double, each of its parts there once, all of it told."""
    decisions = record.tables["decisions"]
    seqs, names, closes, leaves = ([row[at] for row in decisions] for at in (0, 1, 2, 4))
    count = len(decisions)
    first = Slot.parse(names[0])
    between = slots(first.calendar, first.bar, first.closes_at, closes[-1])
    assert names == [str(first), *(str(slot) for slot in between)]
    assert seqs == [row[0] for row in record.tables["equity_points"]] == list(range(1, count + 1))
    prev = "0" * 64
    for row, leaf in zip(decisions, leaves, strict=True):
        assert json.loads(leaf)["prev"] == prev
        prev = hashlib.sha256(b"\x00" + leaf.encode()).hexdigest()
        assert prev == row[5]
    trades = [row[0] for row in record.tables["trades"]]
    assert trades == list(range(1, len(trades) + 1))
    assert [row[1] for row in record.tape][-1:] != [names[0]], "a tape begins before its record"
    assert [row[1] for row in record.tape][:count] == names[::-1]
    ((status, decided, traded, *_),) = record.tables["executions"]
    assert (status, decided, traded) == ("running", count, len(trades))
    assert [row for row in record.outbox if row[2:] != (1, True)] == []
    assert len(record.outbox) >= count
