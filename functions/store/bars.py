"""Market data as it was seen: bars, their later versions, actions, and what was refused.

A bar stays as first seen. A different sighting of it becomes its next version, so that a tape
can name what it read. All writing is for one transaction of the caller's. A provider's daily bars
stand under its name, others under `NAME/LENGTH`; its actions stand under its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.types.json import Jsonb

from functions.store.turns import turn

Database = Connection[tuple[Any, ...]]


class BarRow(NamedTuple):
    """One bar of one symbol; `starts` is the session's date at midnight UTC for a daily bar."""

    symbol: str
    starts: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None


class ActionRow(NamedTuple):
    """One corporate action; value and detail as its kind has them."""

    symbol: str
    ex_date: date
    kind: str
    value: Decimal | None
    detail: str | None = None


class RefusedRow(NamedTuple):
    """What a provider gave and nobody may compute with."""

    symbol: str
    starts: str
    row: Mapping[str, str | None]
    reason: str


class Appended(NamedTuple):
    """How many bars were new, and how many of the known ones were told differently."""

    bars: int
    restated: int


_PRICES = ("open", "high", "low", "close", "volume")
_NOW = {name: f"CASE WHEN v.id IS NULL THEN m.{name} ELSE v.{name} END" for name in _PRICES}

_INCOMING = """
CREATE TEMPORARY TABLE incoming_bars (
    symbol text, timestamp timestamptz,
    open numeric, high numeric, low numeric, close numeric, volume numeric
) ON COMMIT DROP
"""

_COPY = "COPY incoming_bars FROM STDIN"

_FIRST_SEEN = """
INSERT INTO market_data (symbol, timestamp, bar_length, open, high, low, close, volume,
    data_source, seen_at)
SELECT symbol, timestamp, %(bar)s, open, high, low, close, volume, %(source)s, %(seen_at)s
FROM incoming_bars ORDER BY timestamp, symbol
ON CONFLICT (symbol, timestamp, data_source) DO NOTHING
"""

_CHANGES = ", ".join(
    f"CASE WHEN {old} IS DISTINCT FROM i.{name} THEN '{name} was ' || "
    f"COALESCE(trim_scale({old})::text, 'unknown') END"
    for name, old in _NOW.items()
)

# A sighting no newer than the newest version is an old event again.
_RESTATED = f"""
INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume, seen_at, reason)
SELECT m.id, COALESCE(v.version, 1) + 1, i.open, i.high, i.low, i.close, i.volume, %(seen_at)s,
    'the provider restated it: ' || concat_ws(', ', {_CHANGES})
FROM incoming_bars i
JOIN market_data m ON m.symbol = i.symbol AND m.timestamp = i.timestamp
    AND m.data_source = %(source)s
LEFT JOIN LATERAL (
    SELECT * FROM bar_versions b WHERE b.market_data_id = m.id ORDER BY b.version DESC LIMIT 1
) v ON true
WHERE COALESCE(v.seen_at, m.seen_at) < %(seen_at)s
    AND ({", ".join(_NOW.values())}) IS DISTINCT FROM (i.open, i.high, i.low, i.close, i.volume)
ON CONFLICT (market_data_id, version) DO NOTHING
"""  # noqa: S608 - no value is put into the text

_ACTION = """
INSERT INTO corporate_actions (symbol, ex_date, kind, value, detail, data_source, seen_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (symbol, ex_date, kind, data_source) DO NOTHING
"""

_KNOWN_ACTIONS = """
SELECT symbol, ex_date, kind, value, detail FROM corporate_actions
WHERE symbol = ANY(%s) AND data_source = %s ORDER BY ex_date, symbol, kind
"""

_REFUSED = """
INSERT INTO quarantined_bars (symbol, timestamp, data_source, row, reason, seen_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (symbol, timestamp, data_source, reason) DO NOTHING
"""

_NOTED = """
INSERT INTO noted_bars (symbol, timestamp, data_source, kind, seen_at)
SELECT %s, one.starts, %s, one.kind, %s FROM unnest(%s::timestamptz[], %s::text[])
    AS one (starts, kind)
ON CONFLICT (symbol, timestamp, data_source, kind) DO NOTHING
"""

_NEWEST = """
SELECT symbol, max(timestamp) FROM market_data
WHERE data_source = %s AND bar_length = %s AND symbol = ANY(%s) GROUP BY symbol
"""

_FOLLOWED = """
SELECT DISTINCT COALESCE(e.request ->> 'source', %s) COLLATE "C" AS source,
    jsonb_array_elements_text(s.config -> 'symbols') COLLATE "C" AS symbol
FROM strategies s LEFT JOIN executions e ON e.strategy_id = s.id AND e.kind = 'paper'
WHERE s.status <> 'archived' AND s.config ->> 'calendar' = %s AND s.config ->> 'bar' = %s
ORDER BY source, symbol
"""

_BARS = f"""
SELECT m.symbol, m.timestamp, {", ".join(f"{now} AS {name}" for name, now in _NOW.items())}
FROM market_data m LEFT JOIN LATERAL (
    SELECT * FROM bar_versions b WHERE b.market_data_id = m.id ORDER BY b.version DESC LIMIT 1
) v ON true
WHERE m.data_source = %s AND m.symbol = %s
"""  # noqa: S608 - no value is put into the text

_BARS_AFTER = _BARS + "AND m.timestamp > %s ORDER BY m.timestamp"

_LAST_BEFORE = _BARS + "AND m.timestamp < %s ORDER BY m.timestamp DESC LIMIT 1"

_FIRST_READING = """
SELECT max(timestamp) FROM market_data WHERE data_source = %(series)s AND symbol = %(symbol)s
    AND seen_at = (
        SELECT min(seen_at) FROM market_data
        WHERE data_source = %(series)s AND symbol = %(symbol)s
    )
"""


def series_name(provider: str, length: str) -> str:
    """Return the name that a provider's bars of a length stand under.

    >>> series_name("yahoo", "1d"), series_name("yahoo", "1h")
    ('yahoo', 'yahoo/1h')
    """
    return provider if length == "1d" else f"{provider}/{length}"


def append_bars(
    database: Database, source: str, bar: str, rows: Iterable[BarRow], seen_at: datetime
) -> Appended:
    """Append bars that are new, and versions of those that the provider now tells differently."""
    values = {"source": series_name(source, bar), "bar": bar, "seen_at": seen_at}
    with database.transaction():
        database.execute(_INCOMING)
        with database.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
        restated = database.execute(_RESTATED, values).rowcount
        added = database.execute(_FIRST_SEEN, values).rowcount
        database.execute("DROP TABLE incoming_bars")
    return Appended(added, restated)


def append_actions(
    database: Database, source: str, rows: Iterable[ActionRow], seen_at: datetime
) -> int:
    """Append the actions that are new; answer how many."""
    return _append(database, _ACTION, [(*row, source, seen_at) for row in rows])


def known_actions(database: Database, source: str, symbols: Sequence[str]) -> list[ActionRow]:
    """Return a source's actions of some symbols, in order of ex-date."""
    return [ActionRow(*row) for row in database.execute(_KNOWN_ACTIONS, [list(symbols), source])]


def quarantine(
    database: Database, series: str, rows: Iterable[RefusedRow], seen_at: datetime
) -> int:
    """Keep refused rows with their reasons; answer how many were not known yet."""
    return _append(
        database,
        _REFUSED,
        [(row.symbol, row.starts, series, Jsonb(row.row), row.reason, seen_at) for row in rows],
    )


def note(
    database: Database,
    series: str,
    symbol: str,
    oddities: Iterable[tuple[datetime, str]],
    seen_at: datetime,
) -> None:
    """Keep what is odd in a symbol's bars, once each: where a bar starts, and what it is."""
    starts, kinds = zip(*oddities, strict=True) if (oddities := list(oddities)) else ((), ())
    if starts:
        values = [symbol, series, seen_at, list(starts), list(kinds)]
        database.execute(_NOTED, values)


_KEPT_ALIVE = """
SELECT set_config('tcp_keepalives_' || name, value, false)
FROM (VALUES ('idle', '30'), ('interval', '10'), ('count', '3')) AS settings (name, value)
"""


@contextmanager
def only_collector(database: Database, series: str, symbol: str) -> Iterator[None]:
    """Wait until nobody else collects a symbol's bars, then keep the turn for the block.

    A provider may take its time. The server looks within a minute whether a silent collector's
    connection is still there; what is kept by one that lost it is kept once all the same.
    """
    database.execute(_KEPT_ALIVE)
    with turn(database, f"collect {series} {symbol}"):
        yield


def newest_bars(
    database: Database, source: str, bar: str, symbols: Sequence[str]
) -> dict[str, datetime]:
    """Return when the last bar stored for each symbol that has any starts."""
    found = database.execute(_NEWEST, [series_name(source, bar), bar, list(symbols)])
    return {symbol: newest.astimezone(UTC) for symbol, newest in found}


def bars_after(database: Database, series: str, symbol: str, after: datetime) -> list[BarRow]:
    """Return the newest version of each bar that starts later, in order."""
    return [_bar(row) for row in database.execute(_BARS_AFTER, [series, symbol, after])]


def last_before(database: Database, series: str, symbol: str, starts: datetime) -> BarRow | None:
    """Return the newest version of the last bar that starts earlier, if there is one."""
    row = database.execute(_LAST_BEFORE, [series, symbol, starts]).fetchone()
    return _bar(row) if row else None


def _bar(row: Sequence[Any]) -> BarRow:
    symbol, starts, *values = row
    return BarRow(symbol, starts.astimezone(UTC), *values)


def first_reading_ends(database: Database, series: str, symbol: str) -> datetime | None:
    """Return when the last of the bars starts that were read first, all at once."""
    values = {"series": series, "symbol": symbol}
    (found,) = database.execute(_FIRST_READING, values).fetchone() or (None,)
    return None if found is None else found.astimezone(UTC)


def followed_symbols(
    database: Database, calendar: str, bar: str, otherwise: str
) -> dict[str, list[str]]:
    """Return by source the symbols of all robots of this calendar and bar length.

    Archived robots are left out. otherwise: the source of a robot that names none.
    """
    found: dict[str, list[str]] = {}
    for source, symbol in database.execute(_FOLLOWED, [otherwise, calendar, bar]):
        found.setdefault(source, []).append(symbol)
    return found


def starts_of(session: date) -> datetime:
    """Return the stamp of a daily bar: its session's date at midnight UTC."""
    return datetime.combine(session, time(), UTC)


def _append(database: Database, statement: str, rows: Sequence[Sequence[Any]]) -> int:
    with database.cursor() as cursor:
        cursor.executemany(statement, rows)
        return max(cursor.rowcount, 0)
