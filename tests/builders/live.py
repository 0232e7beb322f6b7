"""Robots with decisions put straight into the tables, for who watches them live."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import psycopg
from psycopg.types.json import Jsonb

from functions.store.appending import append
from functions.store.records import DecisionRow, EquityRow, Owner, SegmentRow
from functions.store.trades import Trade, append_trades
from tests.builders.stored import CONFIG, METRICS, REGISTERED

FIRST = datetime(2012, 1, 4, 21, tzinfo=UTC)
Jobs = psycopg.Connection[Any]


@dataclass
class LiveRobot:
    """What was put in; seq: of its newest decision."""

    owner: Owner
    slug: str
    calendar: str
    cash: int
    fills_at_the_open: bool
    segment: UUID = field(default_factory=uuid4)
    seq: int = 0

    @property
    def id(self) -> UUID:
        return self.owner.strategy_id


def live_robot(
    jobs: Jobs,
    slug: str = "sma-cross",
    *,
    decisions: int = 3,
    visibility: str = "public",
    user_id: UUID | None = None,
    cash: int = 100_000,
    calendar: str = "XNYS",
    fills_at_the_open: bool = False,
) -> LiveRobot:
    """A robot with so many decisions, each but the newest with a fill in the slot after it.

    fills_at_the_open: at the very instant at which its slot closes.
    """
    id_ = uuid5(NAMESPACE_URL, f"https://tradingrobotplug.example/robots/{slug}")
    owner = Owner(id_, uuid4(), user_id, visibility)
    jobs.execute(
        """INSERT INTO strategies (id, slug, name, strategy_code, config, user_id, visibility,
            registered_at) VALUES (%s, %s, %s, 'builtin:sma_cross', %s, %s, %s, %s)""",
        [
            *(id_, slug, slug.title(), Jsonb({**CONFIG, "calendar": calendar})),
            *(user_id, visibility, REGISTERED),
        ],
    )
    jobs.execute(
        """INSERT INTO executions (id, strategy_id, user_id, visibility, kind, status,
            latest_metrics, request) VALUES (%s, %s, %s, %s, 'paper', 'running', %s, %s)""",
        [owner.execution_id, id_, user_id, visibility, Jsonb(METRICS), Jsonb({"options": {}})],
    )
    robot = LiveRobot(owner, slug, calendar, cash, fills_at_the_open)
    segment = SegmentRow(
        *(*owner, robot.segment, 1, 1, "0" * 64, "0" * 64, "c" * 64, {}, "1", {}, {}, 1, None),
        reason="registered",
    )
    append(jobs, "segments", [segment])
    add_decisions(jobs, robot, decisions)
    return robot


def add_decisions(jobs: Jobs, robot: LiveRobot, count: int) -> Sequence[int]:
    """Append decisions as one advance would, and return their seqs."""
    seqs = range(robot.seq + 1, robot.seq + count + 1)
    first_fill = max(robot.seq, 1)
    with jobs.transaction():
        append(jobs, "decisions", [_decision(robot, seq) for seq in seqs])
        append(jobs, "equity_points", [_point(robot, seq) for seq in seqs])
        last = robot.seq + count
        append_trades(jobs, [_fill(robot, seq) for seq in range(first_fill, last)])
    robot.seq += count
    return seqs


def _closes(seq: int) -> datetime:
    return FIRST + timedelta(days=seq - 1)


def _decision(robot: LiveRobot, seq: int) -> DecisionRow:
    slot = f"{robot.calendar}/1d/{_closes(seq):%Y-%m-%dT%H:%M:%SZ}"
    leaf = json.dumps({"seq": seq, "orders": [{"symbol": "AAPL", "quantity": "1.00000000"}]})
    digest = hashlib.sha256(f"{robot.slug} {leaf}".encode()).hexdigest()
    return DecisionRow(
        *(*robot.owner, robot.segment, seq, slot, _closes(seq), "t" * 64, leaf, digest),
        backfilled=False,
        digest=None,
    )


def _point(robot: LiveRobot, seq: int) -> EquityRow:
    worth = Decimal(robot.cash + 100 * (seq - 1))
    return EquityRow(*robot.owner, seq, _closes(seq), worth, Decimal(5))


def _fill(robot: LiveRobot, seq: int) -> Trade:
    """The fill of what was decided at seq."""
    at = _closes(seq) if robot.fills_at_the_open else _closes(seq) + timedelta(hours=17)
    return Trade(
        uuid5(robot.owner.execution_id, str(seq)),
        *robot.owner,
        sequence=seq,
        order_id=f"o{seq}",
        symbol="AAPL",
        side="buy",
        quantity=Decimal(1),
        price=Decimal("181.1"),
        commission=Decimal("0.09"),
        slippage=Decimal("0.09"),
        pnl=None,
        execution_time=at,
        trade_type="paper",
        market_data_snapshot={"session": str(at.date()), "open": 181.0},
    )
