"""Tape entries: references in `tapes`, content in `market_data`, `bar_versions` and actions.

Prices, volumes and values are read as PostgreSQL writes them, as decimal text without trailing
zeros, so that what is hashed is what is stored and not what a float makes of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

Database = Connection[tuple[Any, ...]]


class Session(NamedTuple):
    """A trading day and its two instants, RFC 3339 in UTC."""

    session: str
    opens: str
    closes: str


class Bar(NamedTuple):
    """One version of one bar; all but the id is what the tape's hash covers."""

    id: UUID
    symbol: str
    session: str
    open: str
    high: str
    low: str
    close: str
    volume: str | None
    version: int


class Action(NamedTuple):
    """One split or dividend; all but the id is what the tape's hash covers."""

    id: UUID
    symbol: str
    ex_date: str
    kind: str
    value: str


class Entry(NamedTuple):
    """What one slot read; the first entry of a tape holds all that lay before registration."""

    prev: str
    slot: str
    closes_at: datetime
    sessions: tuple[Session, ...]
    bars: tuple[Bar, ...]
    actions: tuple[Action, ...]


Named = tuple[str, Entry]
"""An entry with its hash."""

_BAR = """m.id, m.symbol, to_char(m.timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
    trim_scale(COALESCE(v.open, m.open))::text, trim_scale(COALESCE(v.high, m.high))::text,
    trim_scale(COALESCE(v.low, m.low))::text, trim_scale(COALESCE(v.close, m.close))::text,
    trim_scale(CASE WHEN v.id IS NULL THEN m.volume ELSE v.volume END)::text"""

_NEWEST = f"""
SELECT {_BAR}, COALESCE(v.version, 1) FROM market_data m
LEFT JOIN LATERAL (
    SELECT * FROM bar_versions b WHERE b.market_data_id = m.id ORDER BY b.version DESC LIMIT 1
) v ON true
WHERE m.symbol = ANY(%(symbols)s) AND m.data_source = %(source)s AND m.bar_length = %(bar)s
    AND m.timestamp BETWEEN %(first)s AND %(last)s
"""  # noqa: S608 - no value is put into the text

_ACTIONS = """
SELECT id, symbol, ex_date::text, kind, trim_scale(value)::text FROM corporate_actions
WHERE symbol = ANY(%(symbols)s) AND data_source = %(source)s AND ex_date <= %(last)s
"""

_CHAIN = """
WITH RECURSIVE chain AS (
    SELECT 0 AS depth, hash, prev FROM tapes WHERE hash = %(head)s
    UNION ALL
    SELECT chain.depth + 1, t.hash, t.prev FROM chain JOIN tapes t ON t.hash = chain.prev
    WHERE chain.prev <> ALL(%(known)s)
)
SELECT t.hash, t.prev, t.slot, t.closes_at, t.sessions
FROM chain JOIN tapes t ON t.hash = chain.hash ORDER BY chain.depth DESC
"""

_CHAIN_BARS = f"""
SELECT t.hash, {_BAR}, r.version
FROM tapes t CROSS JOIN LATERAL unnest(t.bars, t.versions) WITH ORDINALITY r (id, version, place)
JOIN market_data m ON m.id = r.id
LEFT JOIN bar_versions v ON v.market_data_id = r.id AND v.version = r.version
WHERE t.hash = ANY(%s) ORDER BY t.hash, r.place
"""  # noqa: S608 - no value is put into the text

_CHAIN_ACTIONS = """
SELECT t.hash, a.id, a.symbol, a.ex_date::text, a.kind, trim_scale(a.value)::text
FROM tapes t CROSS JOIN LATERAL unnest(t.actions) WITH ORDINALITY r (id, place)
JOIN corporate_actions a ON a.id = r.id
WHERE t.hash = ANY(%s) ORDER BY t.hash, r.place
"""

_INSERT = """
INSERT INTO tapes (hash, prev, slot, closes_at, sessions, bars, versions, actions)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING
"""


class Feed(NamedTuple):
    """Which bars a tape is made of: one provider's, of some symbols, of one length."""

    symbols: Sequence[str]
    source: str
    bar: str


def newest_bars(database: Database, feed: Feed, first: date, last: date) -> list[Bar]:
    """Return the newest version of every bar of sessions first to last, by session and symbol."""
    values = {**_names(feed), "first": f"{first} 00:00Z", "last": f"{last} 23:59:59Z"}
    bars = [Bar(*row) for row in database.execute(_NEWEST, values)]
    return sorted(bars, key=lambda bar: (bar.session, bar.symbol))


def known_actions(database: Database, feed: Feed, last: date) -> list[Action]:
    """Return every action with an ex-date up to last, by ex-date, symbol and kind."""
    actions = [Action(*row) for row in database.execute(_ACTIONS, {**_names(feed), "last": last})]
    return sorted(actions, key=lambda action: (action.ex_date, action.symbol, action.kind))


def _names(feed: Feed) -> dict[str, Any]:
    return {"symbols": list(feed.symbols), "source": feed.source, "bar": feed.bar}


def read_chain(database: Database, head: str, known: Sequence[str]) -> list[Named]:
    """Return the entries that lead to head with the hash each is stored under, oldest first.

    known: hashes at which to stop, because the reader already holds what they stand for.
    """
    if head in known:
        return []
    heads = database.execute(_CHAIN, {"head": head, "known": list(known)}).fetchall()
    hashes = [row[0] for row in heads]
    bars: dict[str, list[Bar]] = {name: [] for name in hashes}
    for name, *bar in database.execute(_CHAIN_BARS, (hashes,)):
        bars[name].append(Bar(*bar))
    actions: dict[str, list[Action]] = {name: [] for name in hashes}
    for name, *action in database.execute(_CHAIN_ACTIONS, (hashes,)):
        actions[name].append(Action(*action))
    chain = []
    for name, prev, slot, closes_at, rows in heads:
        sessions = tuple(Session(*row) for row in rows)
        content = (sessions, tuple(bars[name]), tuple(actions[name]))
        chain.append((name, Entry(prev, slot, closes_at, *content)))
    return chain


def insert_entries(database: Database, entries: Sequence[Named]) -> None:
    """Store entries under their hashes; one that another robot already stored is shared."""
    with database.cursor() as cursor:
        cursor.executemany(_INSERT, [_row(name, entry) for name, entry in entries])


def _row(name: str, entry: Entry) -> tuple[object, ...]:
    return (
        name,
        entry.prev,
        entry.slot,
        entry.closes_at,
        Jsonb([list(session) for session in entry.sessions]),
        [bar.id for bar in entry.bars],
        [bar.version for bar in entry.bars],
        [action.id for action in entry.actions],
    )
