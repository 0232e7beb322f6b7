"""Whether rows that were read have been touched since, without reading them again."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.sql import SQL, Composed, Identifier

from functions.store.appending import Database

Mark = tuple[object, ...]

NUMBERS = 2**32
"""How many numbers transactions have before they begin anew."""


def mark_in(*number: str) -> Composed:
    """Return SQL for what changes with any row of a group: how many, and their numbers' sum.

    number: the column xmin, by its table's name where that is needed; a row that is written
    again, in whatever way, carries the number of the transaction that did it. The sum is worked
    out from ages, which are integers already, and is told modulo `NUMBERS`, as the numbers are.
    """
    return SQL(
        "ARRAY[count(*), (count(*) * (age('3'::xid) + 3::bigint)"
        " - COALESCE(sum(age({})), 0)) & 4294967295]"
    ).format(Identifier(*number))


_MARK = SQL("""
SELECT
    (SELECT {mark} FROM tapes WHERE hash = ANY(%(hashes)s)),
    (SELECT {mark} FROM market_data WHERE symbol = ANY(%(symbols)s) AND timestamp < %(closes)s),
    (SELECT {mark_of_version} FROM bar_versions v JOIN market_data m ON m.id = v.market_data_id
        WHERE m.symbol = ANY(%(symbols)s) AND m.timestamp < %(closes)s),
    (SELECT {mark} FROM corporate_actions
        WHERE symbol = ANY(%(symbols)s) AND ex_date <= (%(closes)s AT TIME ZONE 'UTC')::date)
""").format(mark=mark_in("xmin"), mark_of_version=mark_in("v", "xmin"))


def mark_of(
    database: Database, hashes: Sequence[str], symbols: Sequence[str], closes: datetime
) -> Mark:
    """Return what changes with any row that tape entries up to a close may refer to.

    A bar or action that came later changes it too: it says "read again", not "damaged".
    """
    values = {"hashes": list(hashes), "symbols": list(symbols), "closes": closes}
    return tuple(database.execute(_MARK, values).fetchone() or ())
