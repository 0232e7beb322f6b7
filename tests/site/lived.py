"""What the sample's robots did, as rows of the platform: real runs over the sample provider."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from uuid import UUID, uuid5

from engine import Account, Market, Run, simulate
from engine.money import UNIT, to_units
from functions.local.past import market_of
from functions.services.market.calendars import sessions
from functions.services.market.slots import Slot
from functions.services.publication.documents import History, Standing
from functions.services.record.definition import resolve
from functions.services.record.leaf import GENESIS, Decision, Leaf, Terms, chain, plain
from functions.services.record.performances import Account as Measured
from functions.services.record.performances import curve_of, measurable
from functions.services.record.registering import RobotDefinition
from functions.services.record.rows import amount
from functions.services.record.showcase import ALL, SHOWCASE
from functions.store.parity import ParityRows
from functions.store.publication import HeadRow, RobotRow, RunRow
from functions.store.records import Owner
from functions.store.series import CurveRow, LeafRow, TradeRow
from functions.store.told import ToldRow
from functions.trackers._measuring import measured

BACKTEST, RECORD = 2_000, 500
LISTED = {"FB": "2012-05-18"}
ROBOTS = tuple(sorted(SHOWCASE, key=lambda robot: robot.slug))
TIMES = sessions("XNYS", date(2002, 6, 1), date(2012, 12, 31))[-(BACKTEST + RECORD) :]
SESSIONS = [one.session.isoformat() for one in TIMES]
PHASES = {"backtest": "backtest", "record": "paper"}


class Lived(NamedTuple):
    """A robot's rows, and the exact text of each of its decisions."""

    standing: Standing
    history: History
    leaves: Sequence[Leaf]


def slot_at(seq: int) -> str:
    return str(Slot("XNYS", "1d", closes_at(seq)))


def closes_at(seq: int) -> datetime:
    return TIMES[BACKTEST + seq - 1].closes


@cache
def market() -> Market:
    return market_of("sample", ALL, TIMES[-1].session)


@cache
def _run(slug: str, phase: str) -> Run:
    """The backtest knows nothing of the record's time; a record is as long as it can be."""
    robot = next(each for each in ROBOTS if each.slug == slug)
    definition = resolve(robot.strategy_code, robot.config())
    known, first = market(), 0 if phase == "backtest" else BACKTEST
    if phase == "backtest":
        known = known.head(len(known.sessions) - RECORD)
    return simulate(
        definition.strategy,
        known,
        start=TIMES[first].session,
        opening=Account.of_cash(robot.cash),
        options=definition.options,
    )


@cache
def _metrics(slug: str, phase: str, rows: int) -> Mapping[str, Mapping[str, object]]:
    robot = next(each for each in ROBOTS if each.slug == slug)
    curve = curve_of(_run(slug, phase)).head(rows)
    theirs = _run(robot.benchmark, phase).equity[:rows] if robot.benchmark else None
    first = TIMES[0 if phase == "backtest" else BACKTEST].closes
    account = Measured(_owner(robot, phase), float(robot.cash), first, "XNYS")
    found = measured(measurable(account, curve, theirs, first, lasting=False))
    parts = ("value", "low", "high", "sample_size", "method", "reason", "dates")
    return {
        name: {part: getattr(one, part) for part in parts} for name, one in found.values.items()
    }


@cache
def _leaves(slug: str) -> tuple[Leaf, ...]:
    """The whole record's chain; a shorter one begins with the same leaves."""
    robot = next(each for each in ROBOTS if each.slug == slug)
    definition, run = resolve(robot.strategy_code, robot.config()), _run(slug, "record")
    options = dict(definition.options.to_dict())
    terms = Terms(str(robot.id), 1, definition.code, definition.parameters, "1", options)
    decisions = [
        Decision(
            seq,
            slot_at(seq),
            hashlib.sha256(slot_at(seq).encode()).hexdigest(),
            plain([order.to_dict() for order in run.orders_at(run.start_row + seq - 1)]),
            plain(run.account_at(run.start_row + seq - 1).to_dict()),
        )
        for seq in range(1, RECORD + 1)
    ]
    return tuple(chain(terms, decisions, GENESIS))


def lived(number: int, seq: int, parity: ParityRows | None, status: str) -> Lived:
    """Return a robot after so many decisions; there are as many robots as anybody asks for."""
    base = ROBOTS[number % len(ROBOTS)]
    slug = base.slug if number < len(ROBOTS) else f"{base.slug}-{number}"
    robot, leaves = replace(base, slug=slug), _leaves(base.slug)[:seq]
    rows = {"backtest": BACKTEST, "record": seq}
    runs = {phase: _run_row(robot, base.slug, phase, rows[phase], status) for phase in PHASES}
    head = _head(runs["record"].id, base.slug, leaves) if leaves else None
    standing = Standing(_robot_row(robot), runs, head, _marks(seq))
    known = {phase: count for phase, count in rows.items() if count}
    history = History(
        curves={phase: _curve(runs[phase].id, base.slug, phase, rows[phase]) for phase in known},
        benchmark={
            phase: _curve(runs[phase].id, base.benchmark, phase, rows[phase])
            for phase in known
            if base.benchmark
        },
        trades={phase: _trades(runs[phase].id, base.slug, phase, rows[phase]) for phase in known},
        leaves=[LeafRow(runs["record"].id, leaf.seq, leaf.slot, leaf.hash) for leaf in leaves],
        parity=parity,
        told=_told(runs["record"].id, TIMES[BACKTEST + seq - 1].session),
    )
    return Lived(standing, history, leaves)


def _robot_row(robot: RobotDefinition) -> RobotRow:
    config, registered = robot.config(), closes_at(0)
    told = robot.name, robot.description, robot.strategy_code
    return RobotRow(robot.id, robot.slug, *told, config, registered, "active")


def run_id(slug: str, phase: str) -> UUID:
    return uuid5(next(each.id for each in ROBOTS if each.slug == slug), phase)


def _owner(robot: RobotDefinition, phase: str) -> Owner:
    return Owner(robot.id, uuid5(robot.id, phase), None, "public")


def _run_row(robot: RobotDefinition, base: str, phase: str, rows: int, status: str) -> RunRow:
    first = 0 if phase == "backtest" else BACKTEST
    run, owner = _run(base, phase), _owner(robot, phase)
    return RunRow(
        id=owner.execution_id,
        strategy_id=robot.id,
        kind=PHASES[phase],
        status="completed" if phase == "backtest" else status,
        trade_count=len(_trades(owner.execution_id, base, phase, rows)),
        latest_metrics=dict(_metrics(base, phase, rows)) if rows else None,
        first=TIMES[first].closes if rows else None,
        last=TIMES[first + rows - 1].closes if rows else None,
        sessions=rows,
        equity=amount(int(run.equity_units[rows - 1])) if rows else None,
        cash=amount(int(run.cash_units[rows - 1])) if rows else None,
        source=None,
    )


def _head(execution: UUID, slug: str, leaves: Sequence[Leaf]) -> HeadRow:
    leaf, run = leaves[-1], _run(slug, "record")
    account = run.account_at(run.start_row + leaf.seq - 1).to_dict()
    return HeadRow(
        execution, leaf.seq, leaf.slot, closes_at(leaf.seq), leaf.hash, leaf.tape, account
    )


def _marks(seq: int) -> Mapping[str, Decimal]:
    row = len(market().sessions) - RECORD + seq - 1
    closes = zip(market().symbols, market().raw.close[row].tolist(), strict=True)
    return {symbol: Decimal(str(close)) for symbol, close in closes if close == close}


def _curve(execution: UUID, slug: str, phase: str, rows: int) -> CurveRow:
    run = _run(slug, phase)
    cash = [amount(units) for units in run.cash_units[:rows].tolist()]
    equity = [units / UNIT for units in run.equity_units[:rows].tolist()]
    return CurveRow(execution, [str(each) for each in run.sessions[:rows]], equity, cash)


def _trades(execution: UUID, slug: str, phase: str, rows: int) -> list[TradeRow]:
    run = _run(slug, phase)
    return [
        TradeRow(
            execution,
            uuid5(execution, str(number)),
            datetime.fromtimestamp(fill.time, UTC),
            str(fill.session),
            fill.symbol,
            fill.side,
            amount(fill.quantity),
            amount(to_units(fill.price)),
            amount(fill.commission),
            amount(fill.slippage),
            None if fill.pnl is None else amount(fill.pnl),
            fill.order_id,
            fill.reason,
        )
        for number, fill in enumerate(run.fills, 1)
        if fill.row < run.start_row + rows
    ]


def _told(execution: UUID, last: date) -> list[ToldRow]:
    return [
        ToldRow(
            execution, each.symbol, str(each.ex_date), each.kind, Decimal(str(each.value)),
            str(each.ex_date), begun=False,
        )
        for each in market().actions
        if each.ex_date <= last
    ]  # fmt: skip
