"""What is stored of a record as lines of text, so that a replay can be laid beside it.

Each line is worked out twice: by PostgreSQL from the rows, by Python from the replayed values.
A row that is not its robot's, by owner or visibility, has a line that no replay brings.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL

from functions.store.appending import Database
from functions.store.records import Owner, Record, Segment
from functions.store.trades import Trade


class Stretch(NamedTuple):
    """Where a segment begins among a run's rows; what lies before it is closed."""

    strategy_id: UUID
    execution_id: UUID
    user_id: UUID | None
    visibility: str
    number: int
    first_seq: int
    first_trade: int


class Stored(NamedTuple):
    """Digests of a run's rows; backfilled: the seqs that are marked so. trades: how many.

    closed: of the rows before the segment. current: of the segment's own.
    """

    closed: str
    current: str
    backfilled: frozenset[int]
    trades: int


# A trade carries no segment: it belongs to the one whose sequences it is among.
_FOREIGN = SQL("""CASE WHEN (strategy_id, user_id, visibility) IS NOT DISTINCT FROM
    (%(strategy_id)s::uuid, %(user_id)s::uuid, %(visibility)s::varchar) THEN NULL
    ELSE concat('of ', strategy_id, ' ', user_id, ' ', visibility) END""")
_LINES = SQL(r"""
    SELECT number < %(number)s AS closed, 0 AS part, number AS place, NULL::boolean AS late,
        concat_ws('|', 'segment', number, id, reason, {foreign}, CASE WHEN number < %(number)s
            THEN concat_ws('|', first_seq, first_trade, history, prev, code, parameters, rules,
                options, opening, closing) END) AS line
    FROM segments WHERE execution_id = %(execution_id)s
    UNION ALL
    SELECT seq < %(first_seq)s, 1, seq, backfilled, concat_ws('|', 'decision', seq, slot,
        segment_id, trim_scale(EXTRACT(epoch FROM closes_at)), tape,
        encode(sha256('\x00'::bytea || convert_to(leaf, 'UTF8')), 'hex'), hash,
        CASE WHEN backfilled THEN 'backfilled' ELSE 'live' END, {foreign})
    FROM decisions WHERE execution_id = %(execution_id)s
    UNION ALL
    SELECT sequence < %(first_trade)s, 2, sequence, NULL, concat_ws('|', 'trade', sequence, id,
        COALESCE(order_id, '-'), symbol, side, quantity, price, commission, slippage,
        COALESCE(pnl::text, '-'), trim_scale(EXTRACT(epoch FROM execution_time)), trade_type,
        COALESCE(market_data_snapshot::text, '-'), {foreign})
    FROM trades WHERE execution_id = %(execution_id)s
    UNION ALL
    SELECT sequence < %(first_seq)s, 3, sequence, NULL, concat_ws('|', 'equity', sequence,
        trim_scale(EXTRACT(epoch FROM time)), equity, cash, {foreign})
    FROM equity_points WHERE execution_id = %(execution_id)s
""").format(foreign=_FOREIGN)
_HASH = SQL(r"""encode(sha256(convert_to(
    COALESCE(string_agg(line, E'\n') FILTER (WHERE {which}), ''), 'UTF8')), 'hex')""")
_DIGESTS = SQL("""
SELECT {closed}, {current}, COALESCE(array_agg(place) FILTER (WHERE late), '{{}}'),
    count(*) FILTER (WHERE part = 2)
FROM (SELECT * FROM ({lines}) found ORDER BY part, place) sorted
""").format(
    closed=_HASH.format(which=SQL("closed")),
    current=_HASH.format(which=SQL("NOT closed")),
    lines=_LINES,
)
_LISTED = SQL("SELECT line FROM ({lines}) found WHERE NOT closed ORDER BY part, place").format(
    lines=_LINES
)


def stretch_of(owner: Owner, segment: Segment) -> Stretch:
    """Return where a segment begins."""
    return Stretch(*owner, segment.number, segment.first_seq, segment.first_trade)


def stored(database: Database, record: Record) -> Stored:
    """Return the digests of all lines of the record, worked out by PostgreSQL."""
    values = stretch_of(record.owner, record.segment)._asdict()
    row = database.execute(_DIGESTS, values).fetchone()
    closed, current, late, trades = row or ("", "", (), 0)
    return Stored(closed, current, frozenset(late), trades)


def stored_lines(database: Database, record: Record) -> list[str]:
    """Return the lines of the record's segment themselves."""
    values = stretch_of(record.owner, record.segment)._asdict()
    return [row[0] for row in database.execute(_LISTED, values)]


def digest_of(lines: Iterable[str]) -> str:
    """Return the hash that the same lines have in PostgreSQL."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def segment_line(segment: Segment) -> str:
    """Return the line of the segment that goes on."""
    return f"segment|{segment.number}|{segment.id}|{segment.reason}"


def decision_line(place: tuple[int, str, UUID], seconds: int, told: tuple[str, str, bool]) -> str:
    """Return the line of a decision whose stored hash is its text's own.

    place: seq, slot and segment. told: tape, leaf, and whether it was backfilled.
    """
    seq, slot, segment = place
    tape, leaf, backfilled = told
    late = "backfilled" if backfilled else "live"
    return f"decision|{seq}|{slot}|{segment}|{seconds}|{tape}|{leaf}|{leaf}|{late}"


def trade_line(trade: Trade) -> str:
    """Return the line of a trade."""
    values: list[object] = [
        *("trade", trade.sequence, trade.id, trade.order_id, trade.symbol, trade.side),
        *(trade.quantity, trade.price, trade.commission, trade.slippage, trade.pnl),
        *(int(trade.execution_time.timestamp()), trade.trade_type),
        None if trade.market_data_snapshot is None else _jsonb(trade.market_data_snapshot),
    ]
    return "|".join(_text(value) for value in values)


def equity_line(sequence: int, seconds: int, equity: str, cash: str) -> str:
    """Return the line of an equity point; amounts with their eight places."""
    return f"equity|{sequence}|{seconds}|{equity}|{cash}"


def _jsonb(content: dict[str, Any]) -> str:
    """Write an object of plain values as PostgreSQL does: shorter keys first."""
    names = sorted(content, key=lambda name: (len(name.encode()), name.encode()))
    members = (f"{json.dumps(name)}: {_member(content[name])}" for name in names)
    return f"{{{', '.join(members)}}}"


def _member(value: object) -> str:
    return _text(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    """Write a value as PostgreSQL does: never with an exponent."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "-" if value is None else str(value)
