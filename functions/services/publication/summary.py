"""Who a robot is, what it holds and how it measures: its summary, and its line in the league."""

from dataclasses import asdict
from decimal import Decimal

from engine.estimates import Estimate
from engine.evidence import verdict
from engine.notes import RUINED, notes_of
from functions.services.publication.documents import (
    Document,
    Standing,
    headed,
    instant,
    money,
)
from functions.store.closes import session_closed_at
from functions.store.publication import HeadRow, RobotRow, RunRow

ESTIMATE = ("value", "low", "high", "sample_size", "method", "reason")
SOME = ("dates",)


def summary_of(standing: Standing) -> Document:
    """Return who the robot is, what it holds and how both phases measure.

    notes: what must be said wherever a result of its is shown, as far as fills are not asked.
    """
    return (
        headed(standing)
        | _identity(standing.robot)
        | _state(standing)
        | {phase: _period(standing.runs.get(phase)) for phase in ("backtest", "record")}
        | {"verdict": _verdict(standing.runs.get("record"))}
    )


def _identity(robot: RobotRow) -> Document:
    config = robot.config
    return {
        "name": robot.name,
        "description": robot.description or "",
        "strategy": robot.strategy_code.removeprefix("builtin:"),
        "parameters": config["parameters"],
        "symbols": config["symbols"],
        "calendar": config["calendar"],
        "bar": config["bar"],
        "cash": config["cash"],
        "options": config["options"],
        "benchmark": config.get("benchmark"),
        "registered_at": instant(robot.registered_at) if robot.registered_at else None,
    }


def _state(standing: Standing) -> Document:
    robot, head, record = standing.robot, standing.head, standing.runs.get("record")
    drifted = record is not None and record.status == "drifted"
    as_of = head.closes_at if head else robot.registered_at
    return {
        "as_of": instant(as_of) if as_of else None,
        "slot": head.slot if head else None,
        "head": head.hash if head else None,
        "status": "drifted" if drifted else robot.status,
        "notes": [*notes_of(robot.config["options"]), *([RUINED] if _is_ruined(head) else [])],
        "equity": equity_now(standing),
        "cash_now": head.account["cash"] if head else robot.config["cash"],
        "positions": positions(standing),
    }


def _is_ruined(head: HeadRow | None) -> bool:
    return head is not None and head.account.get("ruined", False)


def equity_now(standing: Standing) -> str:
    """Return the record's newest equity; the opening cash before its first slot."""
    record = standing.runs.get("record")
    if record is None or record.equity is None:
        return str(standing.robot.config["cash"])
    return money(record.equity)


def positions(standing: Standing) -> list[Document]:
    """Return what the newest decision's account holds, marked at its raw closes, by symbol."""
    held = standing.head.account["positions"] if standing.head else {}
    equity = Decimal(equity_now(standing))
    return [
        _position(symbol, Decimal(position["quantity"]), _mark(standing, symbol), equity)
        for symbol, position in sorted(held.items())
        if Decimal(position["quantity"]) != 0
    ]


def _mark(standing: Standing, symbol: str) -> tuple[Decimal, Decimal] | None:
    """A symbol's raw close, and what one share is worth at it."""
    mark = standing.marks.get(symbol)
    if mark is None:
        return None
    instruments = standing.robot.config["options"].get("instruments", {})
    return mark, mark * Decimal(str(instruments.get(symbol, {}).get("multiplier", 1)))


def _position(
    symbol: str, quantity: Decimal, mark: tuple[Decimal, Decimal] | None, equity: Decimal
) -> Document:
    """quantity, value and weight: below zero where it is short."""
    value = None if mark is None else quantity * mark[1]
    return {
        "symbol": symbol,
        "quantity": money(quantity),
        "price": None if mark is None else money(mark[0]),
        "value": None if value is None else money(value),
        "weight": None if value is None or equity == 0 else round(float(value / equity), 6),
    }


def _period(run: RunRow | None) -> Document:
    return {
        "execution_id": str(run.id) if run else None,
        "start": session_closed_at(run.first).isoformat() if run and run.first else None,
        "end": session_closed_at(run.last).isoformat() if run and run.last else None,
        "sessions": run.sessions if run else 0,
        "trade_count": run.trade_count if run else 0,
        "metrics": _metrics(run),
    }


def _metrics(run: RunRow | None) -> Document:
    measured = (run and run.latest_metrics) or {}
    return {
        name: {part: estimate.get(part) for part in ESTIMATE}
        | {part: estimate[part] for part in SOME if estimate.get(part) is not None}
        for name, estimate in measured.items()
    }


def _verdict(record: RunRow | None) -> Document:
    """Say how much the record proves; no backtest speaks for it."""
    measured = _metrics(record)
    return asdict(verdict({name: Estimate(**parts) for name, parts in measured.items()}))
