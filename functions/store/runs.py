"""A robot's run read back: what it was asked to be, and what it was worth."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from functions.store.appending import Database
from functions.store.records import EquityRow, Owner


class StoredRun(NamedTuple):
    """A paper execution or a finished backtest.

    since: when it was worth its cash. measured_at: a backtest's one moment, None for a record.
    source: the provider whose actions it was booked with.
    """

    owner: Owner
    slug: str
    cash: float
    since: datetime
    calendar: str
    symbols: list[str]
    source: str
    measured_at: datetime | None


_KINDS = {"paper": ("paper",), "simulated": ("backtest",), None: ("paper", "backtest")}
_RUN = """
SELECT e.strategy_id, e.id, e.user_id, e.visibility, s.slug, (s.config ->> 'cash')::float8,
    CASE e.kind WHEN 'paper' THEN s.registered_at ELSE e.period_start END,
    s.config ->> 'calendar', COALESCE(e.request, s.config) -> 'symbols', e.request ->> 'source',
    CASE e.kind WHEN 'paper' THEN NULL ELSE e.created_at END
FROM executions e JOIN strategies s ON s.id = e.strategy_id
WHERE e.strategy_id = %s AND e.kind = ANY(%s) AND (e.kind = 'paper' OR e.status = 'finished')
ORDER BY e.kind = 'paper' DESC, e.created_at DESC, e.id LIMIT 1
"""
_POINTS = """
SELECT strategy_id, execution_id, user_id, visibility, sequence, time, equity, cash
FROM equity_points WHERE execution_id = %s AND (%s::int IS NULL OR sequence < %s)
ORDER BY sequence
"""
_SPLITS = """
SELECT symbol, ex_date, value::float8 FROM corporate_actions
WHERE kind = 'split' AND symbol = ANY(%s) AND data_source = %s ORDER BY ex_date, symbol
"""


def read_run(database: Database, strategy_id: UUID, trade_type: str | None) -> StoredRun | None:
    """Return the robot's record or newest finished backtest; without a type the first of them."""
    row = database.execute(_RUN, [strategy_id, list(_KINDS[trade_type])]).fetchone()
    return None if row is None else StoredRun(Owner(*row[:4]), *row[4:])


def read_points(
    database: Database, execution_id: UUID, before: int | None = None
) -> list[EquityRow]:
    """Return a run's equity in sequence; before: only what has a lower sequence."""
    rows = database.execute(_POINTS, [execution_id, before, before])
    return [EquityRow(*row) for row in rows]


def read_splits(
    database: Database, symbols: Sequence[str], source: str
) -> list[tuple[str, date, float]]:
    """Return the splits of these symbols: symbol, ex-date, new shares for one old."""
    return database.execute(_SPLITS, [list(symbols), source]).fetchall()
