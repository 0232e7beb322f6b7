"""Which run of a robot answers when none is named, and what is known of a run.

Columns are always written with their table's alias; a test reads them and looks them up in
the schema.
"""

from uuid import UUID

from psycopg.sql import SQL

from functions.store.reading.rows import MissingError, Reading, Row, every, one

# The newest finished backtest of its robot, as a condition on e.
_NEWEST_BACKTEST = SQL("""
(e.kind = 'backtest' AND e.status = 'finished' AND NOT EXISTS (
    SELECT FROM executions AS n
    WHERE n.strategy_id = e.strategy_id AND n.kind = 'backtest' AND n.status = 'finished'
      AND (n.created_at, n.id) > (e.created_at, e.id)))
""")

# The one run that speaks for its robot: the paper execution, else the newest finished backtest.
SHOWN = SQL("""
(e.kind = 'paper' OR {newest_backtest} AND NOT EXISTS (
    SELECT FROM executions AS r WHERE r.strategy_id = e.strategy_id AND r.kind = 'paper'))
""").format(newest_backtest=_NEWEST_BACKTEST)

PHASE = SQL("CASE WHEN e.kind = 'paper' THEN 'record' ELSE 'backtest' END")

# A robot is said to have drifted where a replay disagreed with its record, until one agrees.
STATUS = SQL("CASE WHEN e.status = 'drifted' THEN e.status ELSE s.status END")

# A record goes on under new options in a new segment; a backtest has those it was asked with.
_OPTIONS = SQL("""
COALESCE((SELECT g.options FROM segments AS g WHERE g.execution_id = e.id
          ORDER BY g.number DESC LIMIT 1), e.request -> 'options')
""")

COLUMNS = SQL("""
e.id, e.strategy_id, e.kind, {phase} AS phase, e.status,
CASE WHEN e.kind <> 'paper' THEN e.progress::float8 END AS progress,
e.period_start, e.period_end, e.trade_count, e.decision_count,
e.created_at, e.started_at, e.finished_at, {options} AS options
""").format(phase=PHASE, options=_OPTIONS)

_BY_ID = SQL("SELECT {columns}, e.error FROM executions AS e WHERE e.id = %(id)s").format(
    columns=COLUMNS
)

_OF_STRATEGY = SQL("""
SELECT {columns} FROM executions AS e
WHERE e.strategy_id = %(strategy_id)s AND (e.kind = 'paper' OR {newest_backtest})
""").format(columns=COLUMNS, newest_backtest=_NEWEST_BACKTEST)


def by_id(connection: Reading, execution_id: UUID) -> Row:
    """Return one run with its error, if it has one; MissingError when it can't be seen."""
    row = one(connection, _BY_ID, {"id": execution_id})
    if row is None:
        raise MissingError("execution", execution_id)
    return row


def by_phase(connection: Reading, strategy_id: UUID) -> dict[str, Row]:
    """Return a robot's paper execution as "record" and its newest finished backtest."""
    rows = every(connection, _OF_STRATEGY, {"strategy_id": strategy_id})
    return {row["phase"]: row for row in rows}
