"""Answers about robots that take more than one query, each from one snapshot."""

from typing import Any
from uuid import UUID

from functions.services.answers.measurements import Asked, chosen, measured
from functions.store.reading import dashboard, equity, executions, strategies, trades
from functions.store.reading.rows import Reading, Row
from functions.store.reading.subjects import Subject, subject

HEADLINE_METRICS = (
    "total_return",
    "cagr",
    "volatility",
    "sharpe_ratio",
    "max_drawdown",
    "win_rate",
    "trade_count",
)
_RECENT = {"limit": 20, "offset": 0}
_MOST_ROBOTS = 100
_AT_WORK = ("active", "drifted")
View = dict[str, Any]


def strategy_detail(connection: Reading, reference: str | UUID) -> View:
    """Return a robot with its configuration and both of its runs."""
    row = strategies.detail(connection, reference)
    return {**row, "executions": executions.by_phase(connection, row["id"])}


def trade_filters(
    connection: Reading, reference: str | None, execution_id: UUID | None, rest: View
) -> tuple[Row | None, View]:
    """Return the one run that fills are asked of, if it is one, and the filters for the store."""
    if reference is not None:
        found = subject(connection, reference, execution_id)
        run = found.execution
        if run is None:
            return None, {**trades.ANY, **rest, "strategy_id": found.strategy_id}
    elif execution_id is not None:
        run = executions.by_id(connection, execution_id)
    else:
        return None, {**trades.ANY, **rest}
    whose = {"strategy_id": run["strategy_id"], "execution_id": run["id"]}
    return _without_error(run), {**trades.ANY, **rest, **whose}


def metrics(connection: Reading, reference: str, asked: Asked) -> View:
    """Return a run's metrics as they are recorded."""
    return _metrics(connection, subject(connection, reference, asked.execution_id), asked)


def performance(connection: Reading, reference: str, asked: Asked) -> View:
    """Return a run's metrics, and its account's value at both ends of the range."""
    found = subject(connection, reference, asked.execution_id)
    return {**_metrics(connection, found, asked), "equity": _ends(connection, found, asked)}


def history(connection: Reading, reference: str, asked: Asked, granularity: str) -> View:
    """Return a run's equity over time; no points where there is no run to show."""
    found = subject(connection, reference, asked.execution_id)
    points: list[Row] = []
    if found.execution_id is not None:
        points = equity.history(
            connection, found.execution_id, granularity, asked.since, asked.before
        )
    return {**found._asdict(), "granularity": granularity, "points": points}


def overview(connection: Reading) -> View:
    """Return all robots at a glance."""
    return {
        "headline": dashboard.headline(connection),
        "active_strategies": [
            _glance(row) for row in dashboard.at_work(connection, _AT_WORK, _MOST_ROBOTS)
        ],
        "recent_trades": trades.page(connection, trades.ANY, (), _RECENT),
    }


def strategy_overview(connection: Reading, reference: str, execution_id: UUID | None) -> View:
    """Return one robot at a glance, every figure of the same run."""
    found = subject(connection, reference, execution_id)
    filters = {"strategy_id": found.strategy_id, "execution_id": found.execution_id}
    return {
        "strategy": strategy_detail(connection, found.strategy_id),
        "execution": found.execution,
        "equity": _ends(connection, found, Asked()),
        "metrics": measured(connection, found.execution_id, Asked()),
        "recent_trades": trades.page(connection, {**trades.ANY, **filters}, (), _RECENT),
    }


def _metrics(connection: Reading, found: Subject, asked: Asked) -> View:
    return {
        **found._asdict(),
        "source": asked.source,
        "metrics": measured(connection, found.execution_id, asked),
    }


def _ends(connection: Reading, found: Subject, asked: Asked) -> Row | None:
    if found.execution_id is None:
        return None
    return equity.ends(connection, found.execution_id, asked.since, asked.before)


def _glance(row: Row) -> View:
    strategy = {name: row.pop(f"subject_{name}") for name in ("id", "slug", "name", "status")}
    metrics = chosen(row.pop("latest_metrics"), HEADLINE_METRICS)
    worth = row.pop("equity")
    return {
        **strategy,
        "equity": worth,
        "execution": row if row["id"] else None,
        "metrics": metrics,
    }


def _without_error(run: Row) -> Row:
    return {name: value for name, value in run.items() if name != "error"}
