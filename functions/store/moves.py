"""Price moves for which nothing is stored that explains them."""

from collections.abc import Sequence
from datetime import datetime

from functions.store.bars import Database, series_name

# The closes compared are the newest versions: a wrong price that was corrected is no move.
_UNEXPLAINED = """
SELECT wanted.symbol FROM unnest(%(symbols)s::text[]) wanted (symbol)
CROSS JOIN LATERAL (
    SELECT array_agg(starts ORDER BY starts DESC) AS starts,
        array_agg(close ORDER BY starts DESC) AS close
    FROM (
        SELECT m.timestamp AS starts, COALESCE((
            SELECT v.close FROM bar_versions v
            WHERE v.market_data_id = m.id ORDER BY v.version DESC LIMIT 1
        ), m.close) AS close
        FROM market_data m
        WHERE m.symbol = wanted.symbol AND m.data_source = %(series)s
            AND m.bar_length = %(bar)s AND m.timestamp <= %(starts)s
        ORDER BY m.timestamp DESC LIMIT 2
    ) newest
) two
WHERE two.starts[1] = %(starts)s AND abs(two.close[1] / two.close[2] - 1) > %(move)s
    AND NOT EXISTS (
        SELECT 1 FROM corporate_actions a
        WHERE a.symbol = wanted.symbol AND a.data_source = %(source)s AND a.kind <> 'rename'
            AND a.ex_date > (two.starts[2] AT TIME ZONE 'UTC')::date
            AND a.ex_date <= (two.starts[1] AT TIME ZONE 'UTC')::date
    )
"""


def unexplained(
    database: Database, feed: tuple[str, str], symbols: Sequence[str], starts: datetime, move: float
) -> set[str]:
    """Return the symbols that closed further than `move` from their last close, for no action.

    feed: source and bar length. starts: of the bar that is asked about. move: a fraction of the
    close before, up or down.
    """
    if not symbols:
        return set()
    source, bar = feed
    values = {"source": source, "series": series_name(source, bar), "bar": bar, "move": move}
    found = database.execute(_UNEXPLAINED, {**values, "symbols": list(symbols), "starts": starts})
    return {symbol for (symbol,) in found}
