"""What is stored of a record as lines of text, so that a replay can be laid beside it.

Each line is worked out twice: by PostgreSQL from the rows, by Python from the replayed values.
A row that is not its robot's, by owner or visibility, has a line that no replay brings.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL

from functions.store.appending import Database
from functions.store.records import Owner, Record, Segment


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


class Lines(NamedTuple):
    """Lines of a record's rows: its segments', and each table's in order."""

    segments: list[str]
    decisions: list[str]
    trades: list[str]
    points: list[str]

    def all(self) -> list[str]:
        """Return them table by table."""
        return [*self.segments, *self.decisions, *self.trades, *self.points]


class Digest:
    """The hash of lines, which goes on with later rows without the earlier ones.

    It covers the hash of each table's lines, every line ended by a line feed.
    """

    def __init__(self, *tables: "hashlib._Hash") -> None:
        self._tables = tables or tuple(hashlib.sha256() for _ in Lines._fields)

    def then(self, lines: Lines) -> "Digest":
        """Return the digest with later rows; this one stays as it is."""
        tables = [table.copy() for table in self._tables]
        for table, rows in zip(tables, lines, strict=True):
            table.update("".join(f"{row}\n" for row in rows).encode())
        return Digest(*tables)

    def hex(self) -> str:
        """Return it as text.

        >>> Digest().hex() == NOTHING
        True
        """
        return digest_of_tables([table.hexdigest() for table in self._tables])


def digest_of_tables(hashes: Iterable[str]) -> str:
    """Return the hash over the hash of each table's lines."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def digest_of(lines: Lines) -> str:
    """Return the hash that the same lines have in PostgreSQL."""
    return Digest().then(lines).hex()


def earlier_digest_of(lines: Iterable[str]) -> str:
    """Return the hash that records were written under at first: of all lines as one text."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


EMPTY = hashlib.sha256().hexdigest()
NOTHING = digest_of_tables([EMPTY] * len(Lines._fields))
"""The digest of no rows at all."""

# A trade carries no segment: it belongs to the one whose sequences it is among.
_WANTED = SQL("""
    SELECT * FROM unnest(%(strategy_id)s::uuid[], %(execution_id)s::uuid[], %(user_id)s::uuid[],
        %(visibility)s::text[], %(number)s::int[], %(first_seq)s::int[], %(first_trade)s::int[])
    AS w (of_strategy, of_execution, of_user, of_visibility, now, seq_now, trade_now)
""")
_FOREIGN = SQL("""CASE WHEN (strategy_id, user_id, visibility) IS NOT DISTINCT FROM
    (of_strategy, of_user, of_visibility::varchar) THEN NULL
    ELSE concat('of ', strategy_id, ' ', user_id, ' ', visibility) END""")
_LINES = SQL(r"""
    SELECT of_execution, number < now AS closed, 0 AS part, number AS place, NULL::boolean AS late,
        concat_ws('|', 'segment', number, id, reason, {foreign}, CASE WHEN number < now
            THEN concat_ws('|', first_seq, first_trade, history, prev, code, parameters, rules,
                options, opening, closing) END) AS line
    FROM wanted JOIN segments ON execution_id = of_execution
    UNION ALL
    SELECT of_execution, seq < seq_now, 1, seq, backfilled, concat_ws('|', 'decision', seq, slot,
        segment_id, trim_scale(EXTRACT(epoch FROM closes_at)), tape,
        encode(sha256('\x00'::bytea || convert_to(leaf, 'UTF8')), 'hex'), hash,
        CASE WHEN backfilled THEN 'backfilled' ELSE 'live' END, {foreign})
    FROM wanted JOIN decisions ON execution_id = of_execution
    UNION ALL
    SELECT of_execution, sequence < trade_now, 2, sequence, NULL, concat_ws('|', 'trade', sequence,
        id, COALESCE(order_id, '-'), symbol, side, quantity, price, commission, slippage,
        COALESCE(pnl::text, '-'), trim_scale(EXTRACT(epoch FROM execution_time)), trade_type,
        COALESCE(market_data_snapshot::text, '-'), {foreign})
    FROM wanted JOIN trades ON execution_id = of_execution
    UNION ALL
    SELECT of_execution, sequence < seq_now, 3, sequence, NULL, concat_ws('|', 'equity', sequence,
        trim_scale(EXTRACT(epoch FROM time)), equity, cash, {foreign})
    FROM wanted JOIN equity_points ON execution_id = of_execution
""").format(foreign=_FOREIGN)
_DIGESTS = SQL("""
WITH wanted AS ({wanted})
SELECT of_execution, closed, part,
    encode(sha256(convert_to(string_agg(line || E'\n', '' ORDER BY place), 'UTF8')), 'hex'),
    COALESCE(array_agg(place) FILTER (WHERE late), '{{}}'), count(*)
FROM ({lines}) found GROUP BY of_execution, closed, part
""").format(wanted=_WANTED, lines=_LINES)
_LISTED = SQL("""
WITH wanted AS ({wanted})
SELECT line FROM ({lines}) found WHERE closed = %(closed)s ORDER BY part, place
""").format(wanted=_WANTED, lines=_LINES)


def stretch_of(owner: Owner, segment: Segment) -> Stretch:
    """Return where a segment begins."""
    return Stretch(*owner, segment.number, segment.first_seq, segment.first_trade)


def stored(database: Database, record: Record) -> Stored:
    """Return the digests of all lines of the record, worked out by PostgreSQL."""
    return stored_of(database, [record])[0]


def stored_of(database: Database, records: Sequence[Record]) -> list[Stored]:
    """Return the digests of several records, in their order, by one statement."""
    found = database.execute(_DIGESTS, _wanted(records)).fetchall()
    by_run: dict[UUID, list[tuple[Any, ...]]] = {}
    for run, *part in found:
        by_run.setdefault(run, []).append(tuple(part))
    return [_stored(by_run.get(record.owner.execution_id, [])) for record in records]


def _stored(parts: Sequence[tuple[Any, ...]]) -> Stored:
    hashes = {False: [EMPTY] * len(Lines._fields), True: [EMPTY] * len(Lines._fields)}
    late: set[int] = set()
    trades = 0
    for before, part, name, backfilled, count in parts:
        hashes[before][part] = name
        late.update(backfilled)
        trades += count if Lines._fields[part] == "trades" else 0
    closed, current = digest_of_tables(hashes[True]), digest_of_tables(hashes[False])
    return Stored(closed, current, frozenset(late), trades)


def _wanted(records: Sequence[Record]) -> dict[str, Any]:
    columns = zip(*(stretch_of(record.owner, record.segment) for record in records), strict=True)
    return dict(zip(Stretch._fields, (list(column) for column in columns), strict=True))


def stored_lines(database: Database, record: Record, *, closed: bool = False) -> list[str]:
    """Return the lines of the record's segment; closed: those of all that lies before it."""
    values = {**_wanted([record]), "closed": closed}
    return [row[0] for row in database.execute(_LISTED, values)]
