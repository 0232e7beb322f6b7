"""Whether rows that were read have been touched since, without reading them again."""

from collections.abc import Sequence
from datetime import datetime

from functions.store.appending import Database

Mark = tuple[object, ...]

# A row that is written again, in whatever way, carries the transaction that did it.
_MARK = """
SELECT
    (SELECT ARRAY[count(*), sum(xmin::text::bigint)] FROM tapes WHERE hash = ANY(%(hashes)s)),
    (SELECT ARRAY[count(*), sum(xmin::text::bigint)] FROM market_data
        WHERE symbol = ANY(%(symbols)s) AND timestamp < %(closes)s),
    (SELECT ARRAY[count(*), sum(v.xmin::text::bigint)] FROM bar_versions v
        JOIN market_data m ON m.id = v.market_data_id
        WHERE m.symbol = ANY(%(symbols)s) AND m.timestamp < %(closes)s),
    (SELECT ARRAY[count(*), sum(xmin::text::bigint)] FROM corporate_actions
        WHERE symbol = ANY(%(symbols)s) AND ex_date <= (%(closes)s AT TIME ZONE 'UTC')::date)
"""


def mark_of(
    database: Database, hashes: Sequence[str], symbols: Sequence[str], closes: datetime
) -> Mark:
    """Return what changes with any row that tape entries up to a close may refer to.

    A bar or action that came later changes it too: it says "read again", not "damaged".
    """
    values = {"hashes": list(hashes), "symbols": list(symbols), "closes": closes}
    return tuple(database.execute(_MARK, values).fetchone() or ())
