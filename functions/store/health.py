"""The state of each series of bars, as it was found when it was last asked for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from functions.store.bars import Database, series_name


class Series(NamedTuple):
    """One symbol's bars of one length from one provider, by the provider's own name."""

    symbol: str
    source: str
    length: str


class State(NamedTuple):
    """What there is of a series.

    expected: how many bars its calendar has from its first one on. overdue: sessions that
    closed since its last bar. gaps: of missing bars in a row the first, the last and how many.
    failure: why the provider could not be read, or nothing. checked_at: the time of the event
    that asked.
    """

    calendar: str
    first_bar: datetime | None
    last_bar: datetime | None
    bars: int
    expected: int
    overdue: int
    gaps: list[list[Any]]
    failure: str | None
    checked_at: datetime


class Times(NamedTuple):
    """How many bars of a series start up to an instant, and when the later ones do."""

    earlier: int
    later: list[datetime]


class HealthRow(NamedTuple):
    """A series' state, how many of its bars were restated, what is not used, by reason, and what
    is odd in it, by kind.
    """

    symbol: str
    source: str
    bar_length: str
    calendar: str
    first_bar: datetime | None
    last_bar: datetime | None
    bars: int
    expected: int
    overdue: int
    gaps: list[list[Any]]
    failure: str | None
    checked_at: datetime
    restated: int
    quarantined: list[list[Any]]
    noted: Sequence[list[Any]] = ()


_COLUMNS = ", ".join(State._fields)

_READ = f"""
SELECT symbol, {_COLUMNS} FROM data_health
WHERE data_source = %s AND bar_length = %s AND symbol = ANY(%s)
"""  # noqa: S608 - own words

# Stamps are compared as they are written: a day lies before its instants.
_NEWER_REFUSED = r"""
SELECT DISTINCT ON (q.symbol) q.symbol, 'the row of ' || q.timestamp || ' is not used: ' || q.reason
FROM quarantined_bars q JOIN data_health h
    ON h.symbol = q.symbol AND h.data_source = %(source)s AND h.bar_length = %(length)s
WHERE q.data_source = %(series)s AND q.symbol = ANY(%(symbols)s)
    AND q.row ? 'close' AND q.timestamp ~ '^\d{4}-\d\d-\d\d'
    AND (h.last_bar IS NULL OR q.timestamp COLLATE "C"
        > to_char(h.last_bar AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    AND q.timestamp COLLATE "C"
        <= to_char(h.checked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
ORDER BY q.symbol, q.timestamp COLLATE "C" DESC, q.seen_at DESC, q.reason
"""

_TIMES = """
SELECT count(*) FILTER (WHERE timestamp <= %(after)s),
    array_agg(timestamp ORDER BY timestamp) FILTER (WHERE timestamp > %(after)s)
FROM market_data WHERE data_source = %(series)s AND symbol = %(symbol)s
"""

_WRITE = f"""
INSERT INTO data_health (symbol, data_source, bar_length, {_COLUMNS})
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (symbol, data_source, bar_length) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in State._fields)}
"""  # noqa: S608 - own words

UNUSED = r"""
NOT EXISTS (
    SELECT FROM market_data AS m
    WHERE m.symbol = q.symbol AND m.data_source = q.data_source AND m.seen_at > q.seen_at
        AND q.row ? 'close' AND m.timestamp = CASE
            WHEN q.timestamp ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$'
            THEN (rtrim(q.timestamp, 'Z') || ' UTC')::timestamptz END
)
"""
"""Of rows q of quarantined_bars: those whose bar was not read after all, later on.

It may have been mended by the provider, or by another setting. A row that was refused beside a
bar of the same reading, or after it, and an action stay what they are.
"""

# Refused and restated bars are few: they are counted first, and joined to their series.
_HEALTH = f"""
WITH series AS (
    SELECT *, data_source || CASE WHEN bar_length = '1d' THEN '' ELSE '/' || bar_length END AS name
    FROM data_health
), refused AS (
    SELECT symbol, data_source, jsonb_agg(jsonb_build_array(reason, bars) ORDER BY reason) AS told
    FROM (
        SELECT symbol, data_source, reason, count(*) AS bars FROM quarantined_bars q
        WHERE {UNUSED} GROUP BY symbol, data_source, reason
    ) counted GROUP BY symbol, data_source
), noted AS (
    SELECT symbol, data_source, jsonb_agg(jsonb_build_array(kind, bars) ORDER BY kind) AS told
    FROM (
        SELECT symbol, data_source, kind, count(*) AS bars FROM noted_bars
        GROUP BY symbol, data_source, kind
    ) counted GROUP BY symbol, data_source
), restated AS (
    SELECT m.symbol, m.data_source, count(DISTINCT m.id) AS bars
    FROM bar_versions v JOIN market_data m ON m.id = v.market_data_id
    GROUP BY m.symbol, m.data_source
)
SELECT s.symbol, s.data_source AS source, s.bar_length, s.calendar, s.first_bar, s.last_bar,
    s.bars, s.expected, s.overdue, s.gaps, s.failure, s.checked_at,
    COALESCE(restated.bars, 0) AS restated, COALESCE(refused.told, '[]'::jsonb) AS quarantined,
    COALESCE(noted.told, '[]'::jsonb) AS noted
FROM series s
LEFT JOIN refused ON refused.symbol = s.symbol AND refused.data_source = s.name
LEFT JOIN noted ON noted.symbol = s.symbol AND noted.data_source = s.name
LEFT JOIN restated ON restated.symbol = s.symbol AND restated.data_source = s.name
ORDER BY s.symbol COLLATE "C", s.data_source COLLATE "C", s.bar_length
"""  # noqa: S608 - own words


def states(
    database: Database, source: str, length: str, symbols: Sequence[str]
) -> dict[str, State]:
    """Return the state of each series that was ever asked for, by symbol."""
    found = database.execute(_READ, [source, length, list(symbols)])
    return {symbol: State(*state) for symbol, *state in found}


def failures(
    database: Database, source: str, length: str, symbols: Sequence[str]
) -> dict[str, str]:
    """Return why symbols lack their newest bar, where that is known.

    They could not be read when they were last asked for, or what was told then is not used.
    """
    series = series_name(source, length)
    values = {"source": source, "length": length, "series": series, "symbols": list(symbols)}
    refused: dict[str, str] = dict(database.execute(_NEWER_REFUSED, values).fetchall())
    found = states(database, source, length, symbols)
    unread = {symbol: state.failure for symbol, state in found.items() if state.failure}
    return {**refused, **unread}


def times(database: Database, series: Series, after: datetime | None) -> Times:
    """Return when bars start, those up to `after` only counted."""
    values = {
        "series": series_name(series.source, series.length),
        "symbol": series.symbol,
        "after": after or datetime.min.replace(tzinfo=UTC),
    }
    earlier, later = database.execute(_TIMES, values).fetchone() or (0, None)
    return Times(earlier, [one.astimezone(UTC) for one in later or ()])


def write(database: Database, series: Series, state: State) -> None:
    """Replace the state of a series."""
    values = [*series, *state._replace(gaps=Jsonb(state.gaps))]  # type: ignore[arg-type]
    database.execute(_WRITE, values)


def health_rows(connection: Connection[Any]) -> list[HealthRow]:
    """Return every series with its state, by symbol, source and length."""
    with connection.cursor(row_factory=class_row(HealthRow)) as cursor:
        return cursor.execute(_HEALTH).fetchall()
