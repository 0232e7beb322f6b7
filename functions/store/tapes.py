"""Tape entries: references in `tapes`, content in `market_data`, `bar_versions` and actions.

Prices, volumes and values are read as PostgreSQL writes them, as decimal text without trailing
zeros, so that what is hashed is what is stored and not what a float makes of it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from functions.store.bars import series_name

Database = Connection[tuple[Any, ...]]


MARK_BYTES = 8


class Session(NamedTuple):
    """A row of the timeline: its trading day, and when it opens and closes, RFC 3339 in UTC.

    One for each session of daily bars, one for each bar of shorter ones.
    """

    session: str
    opens: str
    closes: str


class Bar(NamedTuple):
    """One version of one bar; `content` is what the tape's hash covers.

    session: of a daily bar its session's date; of a shorter one the instant it starts, RFC 3339.
    seen_at: when this version came, where a store tells it.
    """

    id: UUID
    symbol: str
    session: str
    open: str
    high: str
    low: str
    close: str
    volume: str | None
    version: int
    seen_at: datetime | None = None

    @property
    def content(self) -> list[str | int | None]:
        """What stands on the tape."""
        return list(self[1:9])


class Action(NamedTuple):
    """One corporate action; `content` is what the tape's hash covers."""

    id: UUID
    symbol: str
    ex_date: str
    kind: str
    value: str | None
    detail: str | None = None
    seen_at: datetime | None = None

    @property
    def content(self) -> list[str | None]:
        """What stands on the tape; a detail only where there is one."""
        return [*self[1:5], *([self.detail] if self.detail is not None else [])]


class Entry(NamedTuple):
    """What one slot read; the first entry of a tape holds all that lay before registration.

    marks: of each bar and then each action as it was when the entry was stored (`marks_of`).
    They are under no hash: they tell which one was changed when the entry's hash is broken.
    source: the provider whose bars and actions these are; None on tapes that began before
    entries named it.
    """

    prev: str
    slot: str
    closes_at: datetime
    sessions: tuple[Session, ...]
    bars: tuple[Bar, ...]
    actions: tuple[Action, ...]
    marks: bytes | None = None
    source: str | None = None


Named = tuple[str, Entry]
"""An entry with its hash."""

_BAR = """m.id, m.symbol, to_char(m.timestamp AT TIME ZONE 'UTC',
        CASE m.bar_length WHEN '1d' THEN 'YYYY-MM-DD' ELSE 'YYYY-MM-DD"T"HH24:MI:SS"Z"' END),
    trim_scale(COALESCE(v.open, m.open))::text, trim_scale(COALESCE(v.high, m.high))::text,
    trim_scale(COALESCE(v.low, m.low))::text, trim_scale(COALESCE(v.close, m.close))::text,
    trim_scale(CASE WHEN v.id IS NULL THEN m.volume ELSE v.volume END)::text"""

_NEWEST = f"""
SELECT {_BAR}, COALESCE(v.version, 1), COALESCE(v.seen_at, m.seen_at) FROM market_data m
LEFT JOIN LATERAL (
    SELECT * FROM bar_versions b WHERE b.market_data_id = m.id
        AND (%(before)s::timestamptz IS NULL OR b.seen_at < %(before)s)
    ORDER BY b.version DESC LIMIT 1
) v ON true
WHERE m.symbol = ANY(%(symbols)s) AND m.data_source = %(series)s AND m.bar_length = %(bar)s
    AND m.timestamp BETWEEN %(first)s AND %(last)s
"""  # noqa: S608 - no value is put into the text

_ACTIONS = """
SELECT id, symbol, ex_date::text, kind, trim_scale(value)::text, detail, seen_at
FROM corporate_actions
WHERE symbol = ANY(%(symbols)s) AND data_source = %(source)s AND ex_date <= %(last)s
"""

_CHAIN = """
WITH RECURSIVE chain AS (
    SELECT 0 AS depth, hash, prev FROM tapes WHERE hash = %(head)s
    UNION ALL
    SELECT chain.depth + 1, t.hash, t.prev FROM chain JOIN tapes t ON t.hash = chain.prev
    WHERE chain.prev <> ALL(%(known)s)
)
SELECT t.hash, t.prev, t.slot, t.closes_at, t.sessions, t.marks, t.source
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
SELECT t.hash, a.id, a.symbol, a.ex_date::text, a.kind, trim_scale(a.value)::text, a.detail
FROM tapes t CROSS JOIN LATERAL unnest(t.actions) WITH ORDINALITY r (id, place)
JOIN corporate_actions a ON a.id = r.id
WHERE t.hash = ANY(%s) ORDER BY t.hash, r.place
"""

_INSERT = """
INSERT INTO tapes (hash, prev, slot, closes_at, sessions, bars, versions, actions, marks, source)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING
"""


class Feed(NamedTuple):
    """Which bars a tape is made of: one provider's, of some symbols, of one length."""

    symbols: Sequence[str]
    source: str
    bar: str


def newest_bars(
    database: Database,
    feed: Feed,
    first: datetime,
    last: datetime,
    seen_before: datetime | None = None,
) -> list[Bar]:
    """Return the newest version of every bar that starts from first to last, by start and symbol.

    seen_before: of the later versions only those that came before it.
    """
    values = {**_names(feed), "first": first, "last": last, "before": seen_before}
    bars = [Bar(*row) for row in database.execute(_NEWEST, values)]
    return sorted(bars, key=lambda bar: (bar.session, bar.symbol))


def known_actions(database: Database, feed: Feed, last: date) -> list[Action]:
    """Return every action with an ex-date up to last, by ex-date, symbol and kind."""
    actions = [Action(*row) for row in database.execute(_ACTIONS, {**_names(feed), "last": last})]
    return sorted(actions, key=lambda action: (action.ex_date, action.symbol, action.kind))


def _names(feed: Feed) -> dict[str, Any]:
    series = series_name(feed.source, feed.bar)
    return {**feed._asdict(), "symbols": list(feed.symbols), "series": series}


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
    for name, prev, slot, closes_at, rows, *told in heads:
        content = (_sessions(rows), tuple(bars[name]), tuple(actions[name]), *told)
        chain.append((name, Entry(prev, slot, closes_at, *content)))
    return chain


def _sessions(rows: object) -> tuple[Session, ...]:
    """Read a stored timeline; one that no entry could have written is none, so its hash parts."""
    listed = rows if isinstance(rows, list) else []
    whole = [row for row in listed if isinstance(row, list) and len(row) == len(Session._fields)]
    return tuple(Session(*row) for row in whole) if len(whole) == len(listed) else ()


def marks_of(entry: Entry) -> bytes:
    """Return a mark of each bar and then each action, one after the other."""
    return b"".join(mark for _, mark in marked(entry))


def marked(entry: Entry) -> Iterator[tuple[Bar | Action, bytes]]:
    """Yield each bar and then each action with its mark: the head of its content's SHA-256."""
    whole: list[Bar | Action] = [*entry.bars, *entry.actions]
    for one in whole:
        text = "|".join("-" if value is None else str(value) for value in one.content)
        yield one, hashlib.sha256(text.encode()).digest()[:MARK_BYTES]


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
        marks_of(entry),
        entry.source,
    )
