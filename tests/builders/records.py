"""A platform on a test's own database and AWS, played on real bars one session at a time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from functions import providers
from functions.services.market.calendars import Session, sessions
from functions.services.market.collecting import collect
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.advancing import Due, advance_robot
from functions.services.record.registering import RobotDefinition, register_robot
from functions.store.records import read_records
from functions.store.session import Session as Connections

LIVE = 500
SCHEDULED_AFTER = timedelta(minutes=20)


@cache
def days() -> tuple[Session, ...]:
    """All sessions of the sample."""
    coverage = providers.get("sample").coverage()
    assert coverage is not None
    return sessions("XNYS", coverage.first, coverage.last)


def slot_at(session: Session) -> Slot:
    return Slot("XNYS", "1d", session.closes)


def scheduled(session: Session, **detail: Any) -> dict[str, Any]:
    """Scheduler's event for a session's close."""
    at = session.closes + SCHEDULED_AFTER
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "123456789012",
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": "us-east-1",
        "resources": [],
        "detail": {"calendar": "XNYS", "bar": "1d", **detail},
    }


def queued(*bodies: dict[str, Any]) -> dict[str, Any]:
    """SQS's event for messages."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "md5OfBody": "0" * 32,
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:robots",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def due_message(session: Session, *robots: UUID, **more: Any) -> dict[str, Any]:
    """The body of a robots message."""
    return {"slot": str(slot_at(session)), "robots": [str(robot) for robot in robots], **more}


def collect_until(platform: Platform, session: Session) -> None:
    collect(platform, slot_at(session), session.closes + SCHEDULED_AFTER)


def sma_robot(slug: str = "sma-cross", **changes: Any) -> RobotDefinition:
    """A robot that trades often enough to be worth a test."""
    robot = RobotDefinition(
        slug=slug,
        name="Cross",
        description="A test's robot.",
        strategy="sma_cross",
        symbols=("AAPL", "IBM", "MSFT"),
        backtest_from=date(2006, 1, 3),
        parameters={"fast": 5, "slow": 20},
    )
    return replace(robot, **changes)


def registered(
    platform: Platform, *robots: RobotDefinition, at: int = -LIVE - 1
) -> Sequence[Session]:
    """Collect and register at a session of the sample; returns the sessions that follow."""
    collect_until(platform, days()[at])
    for robot in robots:
        register_robot(platform, robot, slot_at(days()[at]))
    return days()[at + 1 :] if at != -1 else ()


def advance(platform: Platform, session: Session, *robots: UUID, deadline: bool = False) -> Any:
    """Advance robots to a session's slot, without delivering; one outcome or a list of them."""
    found = [
        advance_robot(platform.archive, record, Due(slot_at(session), deadline))
        for record in read_records(platform.connect(), robots)
    ]
    return found[0] if len(found) == 1 else found


def stored(platform: Platform, robot: UUID) -> dict[str, list[Any]]:
    """All that is recorded of a robot, but for when it was written."""
    database = platform.connect()
    queries = {
        "decisions": "seq, slot, closes_at, tape, leaf, hash",
        "trades": "id, sequence, order_id, symbol, side, quantity, price, commission, slippage, "
        "pnl, execution_time, trade_type, market_data_snapshot",
        "equity_points": "sequence, time, equity, cash",
        "segments": "number, first_seq, history, prev, code, parameters, options, opening, reason",
        "performance_metrics": "metric_name, metric_value, calculation_time, period_end",
    }
    order = {"performance_metrics": "calculation_time, metric_name", "trades": "sequence"}
    return {
        table: database.execute(
            f"""SELECT {columns} FROM {table} WHERE execution_id =
            (SELECT id FROM executions WHERE strategy_id = %s AND kind = 'paper')
            ORDER BY {order.get(table, columns.split(",")[0])}""".encode(),
            [robot],
        ).fetchall()
        for table, columns in queries.items()
    }


def tamper(database: Any, statement: str, *values: object) -> None:
    """Change what no role of the platform may change."""
    with database.connect("superuser", autocommit=True) as connection:
        connection.execute(statement, values)


def advance_elsewhere(url: str, slot: str, robot: UUID) -> int:
    """Advance in a process that has nothing but the database; how many slots it appended."""
    session = Connections(url)
    nothing: Any = None
    platform = Platform(
        session.connect, session.connect, nothing, nothing, "", "", "", "", "sample", ""
    )
    (record,) = read_records(platform.connect(), [robot])
    outcome = advance_robot(platform.archive, record, Due(Slot.parse(slot), deadline=False))
    session.connect().close()
    return outcome.appended
