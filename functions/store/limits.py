"""How often somebody may do something: tokens that come back with time, one row a source."""

from functions.store.appending import Database

# Who has not been here for an hour has all tokens again, and needs no row. Rows that somebody
# holds are left to the next one, so that nobody waits in a circle.
_TAKE = """
WITH gone AS (
    DELETE FROM rate_limits WHERE id IN (
        SELECT id FROM rate_limits
        WHERE refilled_at < now() - interval '1 hour' AND key <> %(key)s
        LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO rate_limits AS r (key, tokens, refilled_at)
VALUES (%(key)s, %(most)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET refilled_at = clock_timestamp(), tokens = LEAST(%(most)s,
    r.tokens + %(per_second)s * extract(epoch FROM clock_timestamp() - r.refilled_at)) - 1
WHERE LEAST(%(most)s,
    r.tokens + %(per_second)s * extract(epoch FROM clock_timestamp() - r.refilled_at)) >= 1
"""


def take(database: Database, key: str, most: int, per_second: int) -> bool:
    """Take one of a key's tokens; False where there is none.

    There are at most so many, and so many come back each second. All come back within an hour.
    """
    values = {"key": key, "most": most, "per_second": per_second}
    return database.execute(_TAKE, values).rowcount > 0
