"""What is asked of PostgreSQL about how records were checked; `ids`: of executions."""

from psycopg.sql import SQL

SHOWN = 10
"""How many advances are told one by one."""

# A segment whose code is gone is compared row by row and not replayed; one that a new engine
# works out differently is replayed and not equal.
ADVANCES = SQL("""
    SELECT d.execution_id, d.seq, d.slot, d.created_at AS at, d.seq - lag(d.seq, 1, 0) OVER w
        AS slots, CASE WHEN lag(d.seq) OVER w IS NULL THEN 0
            WHEN lag(g.number) OVER w < g.number AND g.reason = 'code changed' THEN 0
            ELSE lag(d.seq) OVER w - lag(g.first_seq) OVER w + 1 END AS slots_replayed,
        lag(g.number) OVER w < g.number AND g.reason = 'engine changed' AS unequal
    FROM decisions AS d JOIN segments AS g ON g.id = d.segment_id
    WHERE d.execution_id = ANY(%(ids)s) AND d.digest IS NOT NULL
    WINDOW w AS (PARTITION BY d.execution_id ORDER BY d.seq)
""")
"""Every advance of the executions `ids`: which, how much it added, what it replayed before."""
TOTALS = SQL("""
WITH advances AS ({advances}), checked AS (
    SELECT execution_id, count(*) AS advances, max(at) AS at,
        count(*) FILTER (WHERE slots_replayed > 0) AS advances_replayed,
        count(*) FILTER (WHERE slots_replayed > 0 AND NOT coalesce(unequal, false))
            AS advances_equal,
        sum(slots_replayed) AS slots_replayed,
        sum(slots_replayed) FILTER (WHERE NOT coalesce(unequal, false)) AS slots_equal
    FROM advances GROUP BY execution_id
), recorded AS (
    SELECT execution_id, count(*) AS slots, count(*) FILTER (WHERE backfilled) AS backfilled
    FROM decisions WHERE execution_id = ANY(%(ids)s) GROUP BY execution_id
), drifted AS (
    SELECT execution_id, count(*) AS slots, max(created_at) AS at
    FROM drifts WHERE execution_id = ANY(%(ids)s) GROUP BY execution_id
), skipped AS (
    SELECT s.execution_id, count(*) AS slots, count(d.seq) AS late
    FROM skips s LEFT JOIN decisions d USING (execution_id, slot)
    WHERE s.execution_id = ANY(%(ids)s) GROUP BY s.execution_id
)
SELECT e.id AS execution_id, e.status, coalesce(recorded.slots, 0) AS slots,
    coalesce(checked.advances, 0) AS advances,
    coalesce(checked.advances_replayed, 0) AS advances_replayed,
    coalesce(checked.advances_equal, 0) AS advances_equal,
    coalesce(checked.slots_replayed, 0)::bigint AS slots_replayed,
    coalesce(checked.slots_equal, 0)::bigint AS slots_equal,
    coalesce(recorded.backfilled, 0) AS backfilled,
    coalesce(drifted.slots, 0) AS drifts, coalesce(skipped.slots, 0) AS skips,
    coalesce(skipped.late, 0) AS late, greatest(checked.at, drifted.at) AS checked_at
FROM executions e
LEFT JOIN checked ON checked.execution_id = e.id
LEFT JOIN recorded ON recorded.execution_id = e.id
LEFT JOIN drifted ON drifted.execution_id = e.id
LEFT JOIN skipped ON skipped.execution_id = e.id
WHERE e.id = ANY(%(ids)s)
""").format(advances=ADVANCES)
NEWEST = SQL("""
SELECT execution_id, seq, slot, slots, slots_replayed, at FROM (
    SELECT *, row_number() OVER (PARTITION BY execution_id ORDER BY seq DESC) AS place
    FROM ({advances}) advances
) placed WHERE place <= {newest} ORDER BY execution_id, seq DESC
""").format(advances=ADVANCES, newest=SHOWN)
# Slots in a row keep the same distance between their seq and their place among the late ones.
RANGES = SQL("""
SELECT execution_id, (array_agg(slot ORDER BY seq))[1] AS first,
    (array_agg(slot ORDER BY seq DESC))[1] AS last, count(*) AS slots
FROM (
    SELECT execution_id, seq, slot,
        seq - row_number() OVER (PARTITION BY execution_id ORDER BY seq) AS stretch
    FROM decisions WHERE execution_id = ANY(%(ids)s) AND backfilled
) late GROUP BY execution_id, stretch ORDER BY execution_id, max(seq) DESC
""")
DRIFTS = SQL("""
SELECT execution_id, seq, slot, kind, created_at AS at, recorded, replayed
FROM drifts WHERE execution_id = ANY(%(ids)s) ORDER BY execution_id, created_at DESC, seq DESC
""")
SKIPS = SQL("""
SELECT s.execution_id, s.slot, s.kind, s.reason, s.attempts, s.updated_at AS at,
    d.seq IS NOT NULL AS late
FROM skips s LEFT JOIN decisions d USING (execution_id, slot)
WHERE s.execution_id = ANY(%(ids)s) ORDER BY s.execution_id, s.closes_at DESC
""")
# What lay before registration is read with the first segment's history, the rest slot by slot.
RESTATED = SQL("""
WITH now AS MATERIALIZED (
    SELECT DISTINCT ON (market_data_id) market_data_id AS id, version, seen_at, reason
    FROM bar_versions ORDER BY market_data_id, version DESC
), own AS (
    SELECT execution_id, tape FROM decisions WHERE execution_id = ANY(%(ids)s)
    UNION SELECT execution_id, history FROM segments WHERE execution_id = ANY(%(ids)s)
)
SELECT own.execution_id, m.symbol, m.bar_length, m.timestamp AS starts,
    read.version AS version_read, now.version AS version_now, now.seen_at, now.reason
FROM own JOIN tapes t ON t.hash = own.tape AND t.bars && (SELECT array_agg(id) FROM now)
CROSS JOIN LATERAL unnest(t.bars, t.versions) read (id, version)
JOIN now ON now.id = read.id AND now.version > read.version
JOIN market_data m ON m.id = read.id
ORDER BY own.execution_id, now.seen_at DESC, m.timestamp DESC, m.symbol
""")
SEGMENTS = SQL("""
SELECT execution_id, number, first_seq, reason, rules FROM segments
WHERE execution_id = ANY(%(ids)s) ORDER BY execution_id, number DESC
""")
