"""Robots and runs put straight into the tables, as role jobs, for tests that read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import psycopg
from psycopg.types.json import Jsonb

from functions.store.appending import append
from functions.store.records import EquityRow, Owner
from functions.store.trades import Trade, append_trades

REGISTERED = datetime(2012, 1, 3, 21, tzinfo=UTC)
BACKTEST_FROM = datetime(2011, 1, 3, 21, tzinfo=UTC)
CONFIG = {
    "parameters": {"fast": 20, "slow": 50},
    "symbols": ["AAPL", "MSFT"],
    "calendar": "XNYS",
    "bar": "1d",
    "cash": "100000.00000000",
    "benchmark": "buy-and-hold",
    "options": {"commission_bps": 5.0, "slippage_bps": 5.0},
}
METRICS: dict[str, dict[str, Any]] = {
    "total_return": {"value": 0.1234},
    "sharpe_ratio": {"value": 0.71, "low": -0.2, "high": 1.6, "sample_size": 250, "method": "x"},
    "max_drawdown": {
        "value": -0.0812,
        "dates": {"start": "2012-01-05", "trough": "2012-01-19", "recovery": None},
    },
    "win_rate": {"value": None, "reason": "no round trip has ended"},
}


@dataclass
class Robot:
    """What was put in; runs by kind, the newest of each."""

    id: UUID
    slug: str
    visibility: str
    user_id: UUID | None
    runs: dict[str, UUID] = field(default_factory=dict)


def make_user(superuser: "psycopg.Connection[Any]", email: str = "a@b.example") -> UUID:
    """Insert a user, as only people's own routes will."""
    row = superuser.execute(
        "INSERT INTO users (email, password_hash) VALUES (%s, 'x') RETURNING id", [email]
    ).fetchone()
    assert row is not None
    return row[0]


def make_robot(
    jobs: "psycopg.Connection[Any]",
    slug: str = "sma-cross",
    *,
    visibility: str = "public",
    user_id: UUID | None = None,
    code: str = "builtin:sma_cross",
    source_public: bool = False,
    status: str = "active",
    created_at: datetime = REGISTERED,
) -> Robot:
    """Insert a robot without a run."""
    id_ = uuid5(NAMESPACE_URL, f"https://tradingrobotplug.example/robots/{slug}")
    jobs.execute(
        """
        INSERT INTO strategies (id, slug, name, description, strategy_code, config, user_id,
            visibility, source_public, status, registered_at, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            *(id_, slug, slug.title(), f"What {slug} does.", code, Jsonb(CONFIG), user_id),
            *(visibility, source_public, status, REGISTERED, created_at),
        ],
    )
    return Robot(id_, slug, visibility, user_id)


def make_run(
    jobs: "psycopg.Connection[Any]",
    robot: Robot,
    kind: str = "paper",
    *,
    start: datetime | None = None,
    days: int = 40,
    trades: int = 4,
    status: str | None = None,
    created_at: datetime = REGISTERED,
    metrics: dict[str, dict[str, Any]] | None = METRICS,
    visibility: str | None = None,
) -> UUID:
    """Insert a run with a fill every other day, a point of equity a day, and its metrics."""
    start = start or (REGISTERED if kind == "paper" else BACKTEST_FROM)
    end = start + timedelta(days=days - 1)
    owner = Owner(robot.id, uuid4(), robot.user_id, visibility or robot.visibility)
    jobs.execute(
        """
        INSERT INTO executions (id, strategy_id, user_id, visibility, kind, status, progress,
            period_start, period_end, trade_count, latest_metrics, created_at, request)
        VALUES (%s, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s, %s, %s)
        """,
        [
            *(owner.execution_id, robot.id, owner.user_id, owner.visibility, kind),
            status or ("running" if kind == "paper" else "finished"),
            *(start, end, trades, None if metrics is None else Jsonb(metrics), created_at),
            Jsonb({"options": CONFIG["options"]}),
        ],
    )
    robot.runs[kind] = owner.execution_id
    add_trades(jobs, owner, kind, (start + timedelta(days=2 * n) for n in range(trades)))
    add_equity(jobs, owner, [start + timedelta(days=n) for n in range(days)])
    for name, metric in (metrics or {}).items():
        add_metric(jobs, owner, name, metric, (end if kind == "paper" else created_at), start, end)
    return owner.execution_id


def add_trades(
    jobs: "psycopg.Connection[Any]",
    owner: Owner,
    kind: str,
    times: Iterable[datetime],
    first_sequence: int = 0,
) -> list[UUID]:
    """Append fills of AAPL, buys and sells in turn, and return their ids."""
    rows = [_trade(owner, kind, number, time) for number, time in enumerate(times, first_sequence)]
    with jobs.transaction():
        append_trades(jobs, rows)
    return [row.id for row in rows]


def _trade(owner: Owner, kind: str, sequence: int, time: datetime) -> Trade:
    sells = sequence % 2 == 1
    return Trade(
        uuid5(owner.execution_id, str(sequence)),
        *owner,
        sequence=sequence,
        order_id=f"o{sequence}",
        symbol="AAPL",
        side="sell" if sells else "buy",
        quantity=Decimal(57),
        price=Decimal("181.1"),
        commission=Decimal("5.16"),
        slippage=Decimal("0.5"),
        pnl=Decimal("12.5") if sells else None,
        execution_time=time,
        trade_type="paper" if kind == "paper" else "simulated",
        market_data_snapshot={
            "session": str(time.date()),
            "open": 181.0,
            "volume": None,
            **({"reason": "stop loss"} if sells else {}),
        },
    )


def add_equity(jobs: "psycopg.Connection[Any]", owner: Owner, times: Sequence[datetime]) -> None:
    """Append points of equity: 100,000 that grow by 100 a point."""
    points = [
        EquityRow(*owner, sequence, time, Decimal(100_000 + 100 * sequence), Decimal(5))
        for sequence, time in enumerate(times)
    ]
    with jobs.transaction():
        append(jobs, "equity_points", points)


def add_metric(
    jobs: "psycopg.Connection[Any]",
    owner: Owner,
    name: str,
    metric: dict[str, Any],
    at: datetime,
    start: datetime,
    end: datetime,
) -> None:
    """Insert one recorded measurement."""
    names = ("value", "low", "high", "sample_size", "method")
    jobs.execute(
        """
        INSERT INTO performance_metrics (strategy_id, execution_id, user_id, visibility,
            metric_name, metric_value, low, high, sample_size, method, calculation_time,
            period_start, period_end)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [*owner, name, *map(metric.get, names), at, start, end],
    )
