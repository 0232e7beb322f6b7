"""The state of each series of bars: what there is of it, and what nobody may compute with."""

from collections.abc import Sequence

from psycopg.sql import SQL

from functions.store.health import UNUSED
from functions.store.reading.rows import Reading, Row, UnknownSymbolError, Values, every, one

# A provider's bars of a session stand under its name, its other bars under NAME/LENGTH.
_SERIES = SQL("""
h.data_source || CASE WHEN h.bar_length = '1d' THEN '' ELSE '/' || h.bar_length END
""")

_COLUMNS = SQL("""
h.symbol, h.data_source AS source, h.bar_length AS bar, h.calendar, h.first_bar AS first,
h.last_bar AS last, h.bars, h.expected,
round(h.bars::numeric / NULLIF(h.expected, 0), 6)::float8 AS coverage,
jsonb_array_length(h.gaps) AS gap_count, h.overdue, h.failure, h.checked_at,
COALESCE(r.bars, 0) AS restated,
(SELECT count(*) FROM quarantined_bars AS q
 WHERE q.symbol = h.symbol AND q.data_source = {series} AND {unused}) AS quarantined,
(SELECT count(*) FROM noted_bars AS n
 WHERE n.symbol = h.symbol AND n.data_source = {series}) AS noted
""").format(series=_SERIES, unused=SQL(UNUSED))

# Restated bars are few: counted from their versions, not from all bars.
_HEALTH = SQL("""data_health AS h LEFT JOIN (
    SELECT m.symbol, m.data_source, m.bar_length, count(DISTINCT m.id) AS bars
    FROM bar_versions AS v JOIN market_data AS m ON m.id = v.market_data_id
    GROUP BY m.symbol, m.data_source, m.bar_length
) AS r ON r.symbol = h.symbol AND r.bar_length = h.bar_length
    AND r.data_source = {series}
""").format(series=_SERIES)

_FILTER = SQL("""
(%(symbol)s::text IS NULL OR h.symbol = %(symbol)s)
AND (%(source)s::text IS NULL OR h.data_source = %(source)s)
AND (%(bar)s::text IS NULL OR h.bar_length = %(bar)s)
""")

_LIST = SQL("""
SELECT {columns} FROM {health}
WHERE {filter}
  AND (%(after_symbol)s::text IS NULL OR (h.symbol, h.data_source, h.bar_length)
       > (%(after_symbol)s, %(after_source)s::text, %(after_bar)s::text))
ORDER BY h.symbol, h.data_source, h.bar_length
LIMIT %(limit)s OFFSET %(offset)s
""").format(columns=_COLUMNS, health=_HEALTH, filter=_FILTER)

_COUNT = SQL("""
SELECT count(*) AS total
FROM (SELECT FROM data_health AS h WHERE {filter} LIMIT %(most)s) AS counted
""").format(filter=_FILTER)

_OF_SYMBOL = SQL("""
SELECT {columns}, h.gaps FROM {health} WHERE h.symbol = %(symbol)s
ORDER BY h.data_source, h.bar_length
""").format(columns=_COLUMNS, health=_HEALTH)

_QUARANTINED = SQL("""
SELECT q.data_source AS series, q.timestamp AS time, q.row, q.reason, q.seen_at
FROM quarantined_bars AS q WHERE q.symbol = %(symbol)s AND {unused}
ORDER BY q.seen_at DESC, q.timestamp DESC, q.data_source, q.reason
LIMIT %(most)s
""").format(unused=SQL(UNUSED))

_NOTED = SQL("""
SELECT n.data_source AS series, n.timestamp AS time, n.kind, n.seen_at
FROM noted_bars AS n WHERE n.symbol = %(symbol)s
ORDER BY n.timestamp DESC, n.data_source, n.kind
LIMIT %(most)s
""")

_RESTATED = SQL("""
SELECT m.data_source AS series, m.timestamp AS time, m.bar_length AS bar, v.version, v.reason,
    v.seen_at
FROM market_data AS m JOIN bar_versions AS v ON v.market_data_id = m.id
WHERE m.symbol = %(symbol)s
ORDER BY v.seen_at DESC, m.timestamp DESC, v.version DESC, m.data_source
LIMIT %(most)s
""")

_ACTIONS = SQL("""
SELECT a.data_source AS source, a.ex_date, a.kind, trim_scale(a.value)::text AS value, a.detail,
    a.seen_at
FROM corporate_actions AS a WHERE a.symbol = %(symbol)s
ORDER BY a.ex_date DESC, a.data_source, a.kind
LIMIT %(most)s
""")

_SYMBOLS = SQL("""
SELECT h.symbol, min(h.first_bar) AS first, max(h.last_bar) AS last,
    jsonb_agg(jsonb_build_object('source', h.data_source, 'bar', h.bar_length,
        'calendar', h.calendar) ORDER BY h.data_source, h.bar_length) AS series
FROM data_health AS h
WHERE {filter} AND (%(after_symbol)s::text IS NULL OR h.symbol > %(after_symbol)s)
GROUP BY h.symbol ORDER BY h.symbol
LIMIT %(limit)s OFFSET %(offset)s
""").format(filter=_FILTER)

_COUNT_SYMBOLS = SQL("""
SELECT count(*) AS total FROM (
    SELECT FROM data_health AS h WHERE {filter} GROUP BY h.symbol LIMIT %(most)s) AS counted
""").format(filter=_FILTER)

_NEWEST = 100
"""How many refused rows, oddities, restatements and actions are told, the newest first."""

ANY: dict[str, object] = dict.fromkeys(("symbol", "source", "bar"))


def page(connection: Reading, filters: Values, after: Sequence[str], window: Values) -> list[Row]:
    """Return series by symbol, source and bar length.

    filters: symbol, source, bar; None lets everything through. after: (symbol, source, bar) of
    the row before, or nothing. window: limit, offset.
    """
    names = ("after_symbol", "after_source", "after_bar")
    place = dict(zip(names, after or (None, None, None), strict=True))
    return every(connection, _LIST, {**ANY, **filters, **window, **place})


def count(connection: Reading, filters: Values, most: int) -> int:
    """Count the series that pass the filters, but no further than most."""
    row = one(connection, _COUNT, {**ANY, **filters, "most": most})
    return int(row["total"]) if row else 0


def symbols(
    connection: Reading, filters: Values, after: Sequence[str], window: Values
) -> list[Row]:
    """Return symbols in order, each with the series there are of it."""
    (last,) = after or (None,)
    return every(connection, _SYMBOLS, {**ANY, **filters, **window, "after_symbol": last})


def count_symbols(connection: Reading, filters: Values, most: int) -> int:
    """Count the symbols that pass the filters, but no further than most."""
    row = one(connection, _COUNT_SYMBOLS, {**ANY, **filters, "most": most})
    return int(row["total"]) if row else 0


def detail(connection: Reading, symbol: str) -> Row:
    """Return all that is known of a symbol's bars; UnknownSymbolError where nobody asked for it."""
    values = {"symbol": symbol, "most": _NEWEST}
    series = every(connection, _OF_SYMBOL, values)
    if not series:
        raise UnknownSymbolError(symbol)
    return {
        "symbol": symbol,
        "series": [{**row, "gaps": [_gap(*gap) for gap in row["gaps"]]} for row in series],
        "quarantined": every(connection, _QUARANTINED, values),
        "noted": every(connection, _NOTED, values),
        "restated": every(connection, _RESTATED, values),
        "actions": every(connection, _ACTIONS, values),
    }


def _gap(first: str, last: str, missing: int) -> Row:
    return {"first": first, "last": last, "bars": missing}
